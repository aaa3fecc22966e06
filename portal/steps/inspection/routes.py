"""/items/<id>/units/<code>/inspection: 发起实地督查 of one unit; /items/<id>/inspections/<id>/plan:
a plan that came back, to be sent anew. Both are pages of their own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, render_template, url_for
from sqlalchemy import select

from portal.codes import is_code
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Inspection, Item, ItemUnit, Unit
from portal.rulebook import offers, workflow
from portal.rulebook.scope import visible
from portal.steps.inspection import commands
from portal.steps.inspection.forms import PlanForm
from portal.steps.inspection.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]
ACT = "inspect"


@blueprint.get("/items/<uuid:public_id>/units/<code>/inspection")
def new(public_id: uuid.UUID, code: str) -> str:
    """An empty plan, for whoever may have the unit inspected now."""
    item = item_or_404(public_id)
    unit = _unit(item, code)
    _must_be_offered(item, unit, None)
    return _page(item, PlanForm(version=item.version), unit, None)


@blueprint.post("/items/<uuid:public_id>/units/<code>/inspection")
def draft(public_id: uuid.UUID, code: str) -> Response:
    """The plan goes to the leader who approves it."""
    item = item_or_404(public_id)
    unit = _unit(item, code)
    return _send(item, unit, None)


@blueprint.get("/items/<uuid:public_id>/inspections/<uuid:inspection_id>/plan")
def again(public_id: uuid.UUID, inspection_id: uuid.UUID) -> str:
    """The plan as it was returned."""
    item = item_or_404(public_id)
    visit, unit = _returned(item, inspection_id)
    _must_be_offered(item, unit, visit)
    return _page(item, PlanForm.of(visit, item.version), unit, visit)


@blueprint.post("/items/<uuid:public_id>/inspections/<uuid:inspection_id>/plan")
def redraft(public_id: uuid.UUID, inspection_id: uuid.UUID) -> Response:
    """The plan is sent anew."""
    item = item_or_404(public_id)
    visit, unit = _returned(item, inspection_id)
    return _send(item, unit, visit)


def _send(item: Item, unit: Unit, visit: Inspection | None) -> Response:
    form = PlanForm(version=item.version)
    return run(
        item,
        form,
        FOLDER + "_plan.html",
        lambda: commands.plan(
            viewer(),
            item,
            unit.id,
            form.plan,
            intent_of(form),
            declared=bool(form.declared.data),
            draft=visit,
        ),
        "督查方案已送批",
        still=lambda item: _offered(item, unit, visit),
        **_shown(item, unit, visit),
    )


def _page(item: Item, form: PlanForm, unit: Unit, visit: Inspection | None) -> str:
    return render_template(FOLDER + "plan.html", item=item, form=form, **_shown(item, unit, visit))


def _unit(item: Item, code: str) -> Unit:
    if not is_code(code):
        raise NotFound
    found = db.session.scalars(
        select(Unit).where(
            Unit.code == code,
            Unit.id.in_(
                visible(viewer(), ItemUnit)
                .where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
                .with_only_columns(ItemUnit.unit_id)
            ),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _returned(item: Item, inspection_id: uuid.UUID) -> tuple[Inspection, Unit]:
    found = db.session.scalars(
        visible(viewer(), Inspection).where(
            Inspection.item_id == item.id, Inspection.public_id == inspection_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found, db.session.get_one(Unit, found.unit_id)


def _must_be_offered(item: Item, unit: Unit, visit: Inspection | None) -> None:
    if not _offered(item, unit, visit):
        raise NotOffered(
            "该单位当前不能发起实地督查，或本事项已有实地督查正在办理，或不由您发起。", article="17"
        )


def _offered(item: Item, unit: Unit, visit: Inspection | None) -> bool:
    found = offers.offered(viewer(), item, among=(ACT,))
    return any(offer.unit_id == unit.id and offer.subject is visit for offer in found)


def _shown(item: Item, unit: Unit, visit: Inspection | None) -> dict[str, Any]:
    if visit is None:
        action = url_for("inspection.draft", public_id=item.public_id, code=unit.code)
    else:
        action = url_for(
            "inspection.redraft", public_id=item.public_id, inspection_id=visit.public_id
        )
    return {
        "unit": unit,
        "title": f"实地督查方案（{unit.short_name}）",
        "action": action,
        "article": workflow.article_of_act(ACT),
    }
