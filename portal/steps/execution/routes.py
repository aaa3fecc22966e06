"""/items/<id>/feedback: the report, on a page of its own, with its draft kept on the server."""

from __future__ import annotations

import uuid

from flask import Response, render_template, request
from sqlalchemy import select

from portal.codes import is_code
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Item, Unit
from portal.rulebook import offers
from portal.steps.execution import commands
from portal.steps.execution.forms import ReportForm
from portal.steps.execution.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]


@blueprint.get("/items/<uuid:public_id>/feedback/new")
def new_report(public_id: uuid.UUID) -> str:
    """The form of a report, with the draft if there is one, for those who may write it now."""
    item = item_or_404(public_id)
    unit = _unit(item)
    form = ReportForm.begun(item, unit.id)
    return render_template(FOLDER + "report.html", item=item, form=form, unit=unit)


@blueprint.post("/items/<uuid:public_id>/feedback")
def report(public_id: uuid.UUID) -> Response:
    """提交反馈, or 保存草稿 (button 「保存草稿」)."""
    item = item_or_404(public_id)
    unit = _unit(item)
    form = ReportForm(item=item, unit_id=unit.id)
    if "save" in request.form:
        form.loosen()
        keep, said = _keep, "草稿已保存"
    else:
        keep, said = _send, "反馈已报送"
    return run(
        item,
        form,
        FOLDER + "_report.html",
        lambda: keep(item, unit.id, form),
        said,
        unit=unit,
    )


def _keep(item: Item, unit_id: int, form: ReportForm) -> None:
    commands.save_draft(viewer(), item, unit_id, form.fields())


def _send(item: Item, unit_id: int, form: ReportForm) -> None:
    commands.report(
        viewer(),
        item,
        unit_id,
        form.fields(),
        intent_of(form),
        declared=bool(form.declared.data),
        with_it=form.with_it(),
    )


def _unit(item: Item) -> Unit:
    """The unit the person reports for: the one asked for, else the first offered."""
    units = [
        offer.unit_id
        for offer in offers.offered(viewer(), item, among=commands.HANDING_IN)
        if offer.unit_id is not None
    ]
    if not units:
        raise NotOffered("本事项当前不由您报送反馈。", article="16(5)")
    code = request.args.get("unit", "")
    if not code:
        return db.session.get_one(Unit, units[0])
    if not is_code(code):
        raise NotFound
    found = db.session.scalars(
        select(Unit).where(Unit.code == code, Unit.id.in_(units))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
