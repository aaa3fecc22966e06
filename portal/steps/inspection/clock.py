"""The clock's rules of 整改 (第十七条): silence is no objection, a point is overdue from the day
after its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import Select, select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Inspection, Item, Rectification
from portal.rulebook import inspecting, workflow
from portal.rulebook.scope import Viewer, everything, view_as_clock
from portal.rulebook.workflow import Intent, states_during

_KEYS = uuid.UUID("c0a6f2b6-0f0d-4f5f-8d6f-6d8f1f6b7a31")


def follow_rectifying() -> int:
    """Deem opinions signed and mark points overdue; how many rows were moved.

    Each in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    moved = 0
    with everything(because="整改意见的签收和整改期限"):
        for due, rule in ((_silent, _deem), (_late, _expire)):
            for row in db.session.execute(due(clock)).all():
                moved += _one(clock, row.item_id, row.id, rule)
    return moved


def _one(clock: Clock, item_id: int, row_id: int, rule: Callable[[Viewer, Item, int], bool]) -> int:
    viewer = view_as_clock(clock)
    item = db.session.get_one(Item, item_id)
    workflow.lock(viewer, item)
    moved = rule(viewer, item, row_id)
    db.session.commit()
    return int(moved)


def _silent(clock: Clock) -> Select[int, int]:
    return (
        select(Inspection.id, Inspection.item_id)
        .join(Item, Item.id == Inspection.item_id)
        .where(
            Inspection.state == "opinion_issued",
            Inspection.objected_at.is_(None),
            Inspection.objection_until <= clock.now(),
            Item.state.in_(states_during("deem_opinion")),
        )
        .order_by(Inspection.id)
    )


def _late(clock: Clock) -> Select[int, int]:
    return (
        select(Rectification.id, Rectification.item_id)
        .join(Inspection, Inspection.id == Rectification.inspection_id)
        .join(Item, Item.id == Rectification.item_id)
        .where(
            Rectification.state == "open",
            Rectification.withdrawn.is_(False),
            Rectification.due < clock.today(),
            Inspection.state == "rectifying",
            Item.state.in_(states_during("expire_point")),
        )
        .order_by(Rectification.id)
    )


def _deem(viewer: Viewer, item: Item, visit_id: int) -> bool:
    visit = db.session.get_one(Inspection, visit_id, with_for_update=True)
    # Else somebody answered while this round was under way.
    if visit.state != "opinion_issued" or visit.objected_at is not None:
        return False

    def effect() -> dict[str, Any]:
        visit.deemed, visit.answered_at = True, viewer.moment.instant
        return {"inspected": inspecting.unit_name(visit.unit_id)}

    intent = _intent(f"deem/{visit.issued_at}", visit.id)
    workflow.perform(viewer, "deem_opinion", item, intent, subject=visit, effect=effect)
    return True


def _expire(viewer: Viewer, item: Item, point_id: int) -> bool:
    point = db.session.get_one(Rectification, point_id, with_for_update=True)
    if point.state != "open" or point.due >= viewer.moment.day:
        return False
    intent = _intent(f"expire/{point.due}", point.id)
    workflow.perform(
        viewer, "expire_point", item, intent, subject=point, effect=lambda: {"nth": point.nth}
    )
    return True


def _intent(what: str, row_id: int) -> Intent:
    return Intent(None, uuid.uuid5(_KEYS, f"{what}/{row_id}"))
