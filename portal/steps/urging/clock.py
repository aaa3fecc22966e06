"""The clock's rules of 催办 (SPEC §2.8): a question without an answer, 视同签收, a notice obeyed or
not by the day after its limit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import Select, select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Item, UrgeNotice, UrgeQuestion
from portal.rulebook import urge_met, workflow
from portal.rulebook.scope import Viewer, everything, view_as_clock
from portal.rulebook.workflow import Intent

_KEYS = uuid.UUID("8f1c7b52-5a0e-4a0f-9d35-2f7f0c1e6b94")
RUNNING = ("ug_issued", "ug_signed", "ug_replied")


def follow_urging() -> int:
    """Deem receipts, end the notices that were obeyed or whose limit has passed, and lapse the
    questions nobody answered; how many rows were moved.

    Each in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    moved = 0
    with everything(because="催办的签收、期限和说明"):
        for due, rule in ((_unreceived, _deem), (_running, _end), (_silent, _lapse)):
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
        select(UrgeQuestion.id, UrgeQuestion.item_id)
        .join(UrgeNotice, UrgeNotice.id == UrgeQuestion.urge_id)
        .where(
            UrgeQuestion.state == "asked",
            UrgeQuestion.answer_by <= clock.now(),
            UrgeNotice.state.not_in(("ug_met", "ug_void")),
        )
        .order_by(UrgeQuestion.id)
    )


def _unreceived(clock: Clock) -> Select[int, int]:
    return (
        select(UrgeNotice.id, UrgeNotice.item_id)
        .where(UrgeNotice.state == "ug_issued", UrgeNotice.receipt_by <= clock.now())
        .order_by(UrgeNotice.id)
    )


def _running(_clock: Clock) -> Select[int, int]:
    """Issued and not over: few at a time, each is looked at."""
    return (
        select(UrgeNotice.id, UrgeNotice.item_id)
        .where(UrgeNotice.state.in_(RUNNING))
        .order_by(UrgeNotice.id)
    )


def _lapse(viewer: Viewer, item: Item, question_id: int) -> bool:
    question = db.session.get_one(UrgeQuestion, question_id, with_for_update=True)
    notice = db.session.get_one(UrgeNotice, question.urge_id)
    # Else somebody answered while this round was under way.
    if question.state != "asked" or notice.state in ("ug_met", "ug_void"):
        return False
    workflow.perform(viewer, "lapse_reason", item, _intent("lapse", question), subject=question)
    return True


def _deem(viewer: Viewer, item: Item, notice_id: int) -> bool:
    notice = db.session.get_one(UrgeNotice, notice_id, with_for_update=True)
    if notice.state != "ug_issued" or _obeyed(viewer, item, notice):
        return False  # `_end` finds it met; what was done later it ends as unmet, once received

    def effect() -> None:
        notice.deemed, notice.received_at = True, viewer.moment.instant

    workflow.perform(
        viewer, "deem_urge_receipt", item, _intent("deem", notice), subject=notice, effect=effect
    )
    return True


def _obeyed(viewer: Viewer, item: Item, notice: UrgeNotice) -> bool:
    done = urge_met.done_on(item, notice, viewer.moment)
    return done is not None and notice.limit_on is not None and done <= notice.limit_on


def _end(viewer: Viewer, item: Item, notice_id: int) -> bool:
    """Obeyed by the limit: met, whenever the clock finds it; else unmet from the day after."""
    notice = db.session.get_one(UrgeNotice, notice_id, with_for_update=True)
    if notice.state not in RUNNING or notice.limit_on is None:
        return False
    met = _obeyed(viewer, item, notice)
    over = notice.limit_on < viewer.moment.day and notice.state != "ug_issued"
    if not (met or over):
        return False

    def effect() -> dict[str, Any]:
        notice.ended_at = viewer.moment.instant
        return {"nth": notice.nth}

    act = "meet_urge" if met else "expire_urge"
    workflow.perform(viewer, act, item, _intent("end", notice), subject=notice, effect=effect)
    return True


def _intent(what: str, row: UrgeNotice | UrgeQuestion) -> Intent:
    return Intent(None, uuid.uuid5(_KEYS, f"{what}/{row.id}"))
