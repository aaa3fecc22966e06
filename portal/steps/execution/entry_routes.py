"""/items/<id>/feedback/entry: 代录反馈; /items/<id>/feedback/<id>/correction: 更正代录."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy import select

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Feedback, Item, Unit
from portal.part_addresses import REPORT
from portal.rulebook import offers
from portal.steps.execution import entering, queries
from portal.steps.execution.entry_forms import EntryForm
from portal.steps.execution.pages import FOLDER
from portal.steps.execution.routes import blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]

PANEL = FOLDER + "_entry.html"
ENTER, CORRECT = "代录反馈", "更正代录"


@blueprint.get("/items/<uuid:public_id>/feedback/entry")
def entry(public_id: uuid.UUID) -> str:
    """The form, for the unit asked for, else the first whose report may be typed in."""
    item = item_or_404(public_id)
    units = _units(item)
    unit = _chosen(units)
    form = EntryForm.begun(item, unit.id)
    return render_template(
        FOLDER + "entry.html", item=item, units=units, form=form, **_shown(item, unit)
    )


@blueprint.post("/items/<uuid:public_id>/feedback/entries")
def enter(public_id: uuid.UUID) -> Response:
    """代录反馈."""
    item = item_or_404(public_id)
    unit = _chosen(_units(item))
    form = EntryForm(item=item, unit_id=unit.id)
    return run(
        item,
        form,
        PANEL,
        lambda: entering.enter(
            viewer(),
            item,
            unit.id,
            form.fields(),
            form.entry(),
            intent_of(form),
            declared=bool(form.declared.data),
            point_id=form.point.data or None,
            files=form.sound_files,
        ),
        "反馈已代录",
        still=lambda item: bool(offers.offered(viewer(), item, among=entering.ACTS)),
        besides=lambda: entering.refusal(
            viewer(), item, unit.id, form.entry(), len(form.files.data or ())
        ),
        **_shown(item, unit),
    )


@blueprint.get("/items/<uuid:public_id>/feedback/<uuid:report_id>/correction")
def correction(public_id: uuid.UUID, report_id: uuid.UUID) -> str:
    """The contested report as it was typed in."""
    item = item_or_404(public_id)
    report = REPORT.find(item, report_id=report_id)
    if not offers.is_offered(viewer(), "correct_report", item, report):
        raise NotOffered("该项代录没有待答复的异议。", article="16(5)")
    form = EntryForm.corrected(item, report)
    return render_template(
        FOLDER + "entry.html", item=item, units=[], form=form, **_fixed(item, report)
    )


@blueprint.post("/items/<uuid:public_id>/feedback/<uuid:report_id>/correction")
def correct(public_id: uuid.UUID, report_id: uuid.UUID) -> Response:
    """更正代录."""
    item = item_or_404(public_id)
    report = REPORT.find(item, report_id=report_id)
    form = EntryForm(item=item, unit_id=report.unit_id)
    return run(
        item,
        form,
        PANEL,
        lambda: entering.correct(
            viewer(),
            item,
            report,
            form.fields(),
            form.entry(),
            intent_of(form),
            declared=bool(form.declared.data),
            files=form.sound_files,
        ),
        "代录已更正",
        still=lambda item: offers.is_offered(viewer(), "correct_report", item, report),
        besides=lambda: entering.refusal_of_correction(
            viewer(), item, report, form.entry(), len(form.files.data or ())
        ),
        **_fixed(item, report),
    )


def _units(item: Item) -> list[Unit]:
    """The units whose reports this person may type in now, the lead unit first."""
    found = {
        offer.unit_id
        for offer in offers.offered(viewer(), item, among=entering.ACTS)
        if offer.unit_id is not None
    }
    if not found:
        raise NotOffered("本事项当前不由您代录反馈。", article="16(5)")
    rows = db.session.scalars(select(Unit).where(Unit.id.in_(found)).order_by(Unit.sort_no))
    return sorted(rows, key=lambda unit: unit.id != item.lead_unit_id)


def _chosen(units: list[Unit]) -> Unit:
    code = request.args.get("unit", "")
    found = [unit for unit in units if unit.code == code] if code else units
    if not found:
        raise NotFound
    return found[0]


def _shown(item: Item, unit: Unit) -> dict[str, Any]:
    return {
        "action": url_for("execution.enter", public_id=item.public_id, unit=unit.code),
        "title": ENTER,
        "button": "代录",
        "unit": unit,
        "numbered": unit.id == item.lead_unit_id and queries.returned(item, unit.id) is None,
        "correcting": False,
    }


def _fixed(item: Item, report: Feedback) -> dict[str, Any]:
    return {
        "action": url_for(
            "execution.correct", public_id=item.public_id, report_id=report.public_id
        ),
        "title": CORRECT,
        "button": "更正",
        "unit": db.session.get_one(Unit, report.unit_id),
        "numbered": False,
        "correcting": True,
        "report": report,
    }
