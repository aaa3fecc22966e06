"""/items/<id>/units/<code>/urging: 拟催办通知单 to one unit, on a page of its own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, render_template, url_for
from sqlalchemy import select

from portal.codes import is_code
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Item, ItemUnit, Unit
from portal.rulebook import offers, urging, workflow
from portal.rulebook.scope import visible
from portal.steps.urging import commands
from portal.steps.urging.forms import UrgeForm
from portal.steps.urging.pages import FOLDER, blueprint
from portal.web import intent_of, item_or_404, run, viewer

__all__ = ["blueprint"]


@blueprint.get("/items/<uuid:public_id>/units/<code>/urging")
def new(public_id: uuid.UUID, code: str) -> str:
    """The notice as generated, for whoever may urge the unit now."""
    item = item_or_404(public_id)
    unit = _unit(item, code)
    missed = urging.urgeable(item, viewer().moment.day).get(unit.id)
    if missed is None or not _offered(item, unit):
        raise NotOffered(
            "该单位当前没有应催办的情形，或已有催办正在办理，或不由您催办。", article="16(4)"
        )
    form = UrgeForm(
        version=item.version,
        subject=commands.subject_of(item, unit.id, missed, viewer().moment.day),
        limit_days=commands.limit_days_of(item),
    )
    return render_template(FOLDER + "draft.html", item=item, form=form, **_shown(item, unit))


@blueprint.post("/items/<uuid:public_id>/units/<code>/urging")
def draft(public_id: uuid.UUID, code: str) -> Response:
    """拟催办通知单."""
    item = item_or_404(public_id)
    unit, form = _unit(item, code), UrgeForm(version=item.version)
    return run(
        item,
        form,
        FOLDER + "_draft.html",
        lambda: commands.urge(
            viewer(),
            item,
            unit.id,
            intent_of(form),
            subject=form.subject.data,
            limit_days=form.limit_days.data,
            declared=bool(form.declared.data),
        ),
        "已拟催办，送领导签批",
        still=lambda item: _offered(item, unit),
        **_shown(item, unit),
    )


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


def _offered(item: Item, unit: Unit) -> bool:
    found = offers.offered(viewer(), item, among=("urge",))
    return any(offer.unit_id == unit.id for offer in found)


def _shown(item: Item, unit: Unit) -> dict[str, Any]:
    return {
        "unit": unit,
        "title": f"催办{unit.short_name}",
        "action": url_for("urging.draft", public_id=item.public_id, code=unit.code),
        "article": workflow.article_of_act("urge"),
    }
