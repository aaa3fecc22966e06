"""The clock's rule of 工作日历 (SPEC §3.3): dates of an earlier version are counted anew."""

from __future__ import annotations

import uuid

from flask import current_app
from sqlalchemy import select, update

from portal.clock import Clock
from portal.extensions import db
from portal.models import Item
from portal.rulebook import recounting, workflow, working_calendar
from portal.rulebook.scope import Viewer, everything, view_as_clock
from portal.rulebook.workdays import Calendar
from portal.rulebook.workflow import Effect, Intent
from portal.rulebook.working_calendar import InForce

_KEYS = uuid.UUID("7c1e0b5a-52d7-4c0e-8a43-90f6d2b1c6e8")


def recount_deadlines() -> int:
    """Count the open items anew that were counted by an earlier version of the calendar; how many
    had a date that moved.

    Each item in a transaction of its own, under a key of its own: twice, late, or killed in the
    middle changes nothing. An item issued while the calendar changed is found the next time.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="工作日历更新后重新计算时限"):
        number = working_calendar.in_force().number
        ids = db.session.scalars(
            select(Item.id).where(recounting.counted_items(number)).order_by(Item.id)
        ).all()
        db.session.commit()
        return sum(_recount(clock, item_id) for item_id in ids)


def _recount(clock: Clock, item_id: int) -> bool:
    viewer = view_as_clock(clock)
    item, version = db.session.get_one(Item, item_id), working_calendar.in_force()
    workflow.lock(viewer, item)
    by = item.counted_by
    moved = None
    if by is not None and by < version.number and item.state in recounting.OPEN:
        old, counted = working_calendar.numbered(by), recounting.counted_of(item)
        moved = recounting.outlook(counted, old, version.calendar) if counted else None
        if moved is not None:
            _perform(viewer, item, version, lambda: recounting.move(item, moved, version))
        elif _is_settled(item, old, version.calendar):
            _perform(viewer, item, version, lambda: recounting.settle(item, version))
        elif counted is not None:
            _note(item, version.number)
    db.session.commit()
    return moved is not None


def _perform(viewer: Viewer, item: Item, version: InForce, effect: Effect) -> None:
    workflow.perform(
        viewer,
        "recount_deadline",
        item,
        Intent(None, uuid.uuid5(_KEYS, f"{item.id}/{version.public_id}")),
        effect=effect,
    )


def _is_settled(item: Item, old: Calendar, new: Calendar) -> bool:
    """Whether a 暂定 date is sure now: the unit hears of it, and its notice says so no more."""
    return recounting.is_provisional(item, old) and not recounting.is_provisional(item, new)


def _note(item: Item, number: int) -> None:
    """Nothing moved: no change of the item, and nobody's open page grows stale by it."""
    db.session.execute(
        update(Item).where(Item.id == item.id).values(counted_by=number),
        execution_options={"synchronize_session": False},
    )
