"""/items/<id>/notice, /units/<code>/receipt, /units/<code>/handler, /feedback …"""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, render_template
from flask.sansio.blueprints import BlueprintSetupState

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.forms import ActForm
from portal.models import Feedback, Item, ItemUnit, Unit
from portal.rulebook import offers
from portal.rulebook.scope import visible
from portal.steps.execution import commands
from portal.steps.execution.forms import HandlerForm, ReceiptForm, ReportForm
from portal.web import intent_of, item_or_404, run, viewer

blueprint = Blueprint("execution", __name__)
FOLDER = "steps/execution/"


@blueprint.record_once
def add_globals(state: BlueprintSetupState) -> None:
    """Panels name the unit they are about."""
    state.app.jinja_env.globals["unit_of"] = lambda unit_id: db.session.get_one(Unit, unit_id)


@blueprint.post("/items/<uuid:public_id>/notice")
def issue(public_id: uuid.UUID) -> Response:
    """下达交办."""
    item, form = item_or_404(public_id), ActForm()
    return run(
        item,
        form,
        FOLDER + "_issue.html",
        lambda: commands.issue(viewer(), item, intent_of(form)),
        "已下达交办",
    )


@blueprint.post("/items/<uuid:public_id>/units/<code>/receipt")
def sign_receipt(public_id: uuid.UUID, code: str) -> Response:
    """签收 of one unit."""
    item = item_or_404(public_id)
    share = _share(item, code)
    form = ReceiptForm(unit_id=share.unit_id)
    return run(
        item,
        form,
        FOLDER + "_receipt.html",
        lambda: commands.sign_receipt(
            viewer(), item, share, intent_of(form), form.handler.data or None
        ),
        "已签收",
        code=code,
    )


@blueprint.post("/items/<uuid:public_id>/units/<code>/handler")
def assign_handler(public_id: uuid.UUID, code: str) -> Response:
    """指定承办人 of one unit."""
    item = item_or_404(public_id)
    share = _share(item, code)
    form = HandlerForm(unit_id=share.unit_id)
    return run(
        item,
        form,
        FOLDER + "_handler.html",
        lambda: commands.assign_handler(viewer(), item, share, intent_of(form), form.handler.data),
        "已指定承办人",
        code=code,
    )


@blueprint.get("/items/<uuid:public_id>/feedback/new")
def new_report(public_id: uuid.UUID) -> str:
    """The form of a report, for those who may write one now."""
    item = item_or_404(public_id)
    if not offers.may_begin(viewer(), item, "submit_feedback", "report_feedback"):
        raise NotOffered("本事项当前不由您报送反馈。", article="16(5)")
    return render_template(FOLDER + "report.html", item=item, form=ReportForm(version=item.version))


@blueprint.post("/items/<uuid:public_id>/feedback")
def report(public_id: uuid.UUID) -> Response:
    """提交反馈."""
    item, form = item_or_404(public_id), ReportForm()
    return run(
        item,
        form,
        FOLDER + "_report.html",
        lambda: commands.report(
            viewer(),
            item,
            form.fields(),
            intent_of(form),
            declared=bool(form.declared.data),
            files=form.sound_files,
        ),
        "反馈已报送",
    )


@blueprint.post("/items/<uuid:public_id>/feedback/<uuid:report_id>/confirmation")
def confirm(public_id: uuid.UUID, report_id: uuid.UUID) -> Response:
    """审核上报."""
    item, form = item_or_404(public_id), ActForm()
    written = _written(item, report_id)
    return run(
        item,
        form,
        FOLDER + "_confirm.html",
        lambda: commands.confirm(viewer(), item, written, intent_of(form)),
        "已审核上报",
        report=written,
    )


@blueprint.post("/items/<uuid:public_id>/feedback/<uuid:report_id>/reading")
def read(public_id: uuid.UUID, report_id: uuid.UUID) -> Response:
    """已阅."""
    item, form = item_or_404(public_id), ActForm()
    written = _written(item, report_id)
    return run(
        item,
        form,
        FOLDER + "_read.html",
        lambda: commands.read(viewer(), item, written, intent_of(form)),
        "已阅",
        report=written,
    )


def _share(item: Item, code: str) -> ItemUnit:
    if not code.isalnum():  # the database holds no such sign as NUL
        raise NotFound
    found = db.session.scalars(
        visible(viewer(), ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id, Unit.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _written(item: Item, report_id: uuid.UUID) -> Feedback:
    found = db.session.scalars(
        visible(viewer(), Feedback).where(
            Feedback.item_id == item.id, Feedback.public_id == report_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
