"""The clock's rules of 问责线索 (第二十三条, 第二十五条（一）, SPEC §6.4); it decides nothing.

未按办结时限完成: on the first working day after the last one, if the head has not handed in and no
reason was accepted. 被催办仍未完成: the limit of a notice passed, the reason asked for was not
accepted or never given, and what was missed is still missed; a notice obeyed in time makes none.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Final

from flask import current_app
from sqlalchemy import Date, Select, String, cast, func, select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Case, CaseGround, Item, ItemUnit, UrgeNotice, UrgeQuestion
from portal.rulebook import cases, policy, urge_met, urging, working_calendar
from portal.rulebook.cases import Ground, Said
from portal.rulebook.roles import Moment
from portal.rulebook.scope import Viewer, everything, view_as_clock

_KEYS = uuid.UUID("4b8e0f55-3d2b-4c7e-8d4e-6f7f2a9c1e03")
NOT_HANDED_IN: Final = ("issued", "in_progress", "closing_unit")
"""The head has not handed in yet."""


def follow_cases() -> int:
    """Raise what is to be raised and end the statements nobody gave; how many acts it were.

    Each in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    done = 0
    with everything(because="提示问责线索，陈述申辩到期"):
        moment = view_as_clock(clock).moment
        if working_calendar.current().is_workday(moment.day):
            for item_id in db.session.scalars(_overdue(moment)).all():
                done += _one(clock, item_id, raise_overdue)
        for notice_id, item_id in db.session.execute(_unmet()).all():
            done += _one(clock, item_id, partial(raise_unmet, notice_id=notice_id))
        for case_id in db.session.scalars(_silent(moment)).all():
            cases.perform(view_as_clock(clock), "lapse_statement", _case(case_id), _said(case_id))
            db.session.commit()
            done += 1
    return done


def _one(clock: Clock, item_id: int, rule: Callable[[Viewer, Item], bool]) -> int:
    raised = rule(view_as_clock(clock), db.session.get_one(Item, item_id))
    db.session.commit()
    return int(raised)


def _case(case_id: int) -> Case:
    return db.session.get_one(Case, case_id)


def _said(case_id: int) -> Said:
    return Said(uuid.uuid5(_KEYS, f"lapse/{case_id}"))


def _overdue(moment: Moment) -> Select[int]:
    """Items past their day and not handed in, waiting for nobody, of which it was not noted."""
    noted = select(CaseGround.id).where(CaseGround.occasion == _occasion_of_item())
    excused = select(UrgeQuestion.id).where(
        UrgeQuestion.item_id == Item.id,
        UrgeQuestion.unit_id == Item.lead_unit_id,
        UrgeQuestion.state == "accepted",
        cast(func.timezone("Asia/Shanghai", UrgeQuestion.ruled_at), Date) > Item.due,
    )
    return (
        select(Item.id)
        .where(
            Item.lit,
            ~Item.blue,
            Item.due < moment.day,
            Item.state.in_(NOT_HANDED_IN),
            ~noted.exists(),
            ~excused.exists(),
        )
        .order_by(Item.id)
    )


def _occasion_of_item() -> object:
    return func.concat_ws("/", "A23", Item.id, Item.lead_unit_id, cast(Item.due, String))


def raise_overdue(viewer: Viewer, item: Item) -> bool:
    """第二十三条: whether a clue was raised on an item whose day has passed."""
    if item.due is None or item.state not in NOT_HANDED_IN:
        return False
    occasion = f"A23/{item.id}/{item.lead_unit_id}/{item.due.isoformat()}"
    ground = Ground("A23", occasion, due_on=item.due)
    return _raise(viewer, item, item.lead_unit_id, ground)


def _unmet() -> Select[int, int]:
    """第二十五条（一）: notices that speak against a unit and were not noted."""
    noted = select(CaseGround.id).where(CaseGround.urge_id == UrgeNotice.id)
    return (
        select(UrgeNotice.id, UrgeNotice.item_id)
        .join(UrgeQuestion, UrgeQuestion.urge_id == UrgeNotice.id)
        .join(Item, Item.id == UrgeNotice.item_id)
        .where(
            UrgeNotice.state == "ug_unmet",
            UrgeQuestion.state.in_(("refused", "unanswered")),
            Item.state.in_(NOT_HANDED_IN),
            ~noted.exists(),
        )
        .order_by(UrgeNotice.id)
    )


def raise_unmet(viewer: Viewer, item: Item, notice_id: int) -> bool:
    """第二十五条（一）: whether a clue was raised on a notice in vain."""
    notice = db.session.get_one(UrgeNotice, notice_id)
    against = [row for row in urging.unmet_notices([item.id]) if row.unit_id == notice.unit_id]
    enough = len(against) >= policy.of(item.policy_version).limit("urge_clue")
    if not enough or urge_met.done_on(item, notice, viewer.moment) is not None:
        return False
    ground = Ground("A25-1", f"A25-1/{notice.id}", urge_id=notice.id, due_on=notice.limit_on)
    return _raise(viewer, item, notice.unit_id, ground)


def _raise(viewer: Viewer, item: Item, unit_id: int, ground: Ground) -> bool:
    key = uuid.uuid5(_KEYS, ground.occasion)
    late = unit_id == item.lead_unit_id and _waits_for_co_unit(viewer, item)
    cases.begin(viewer, "raise_clue", item, unit_id, ground, Said(key), lead_note=late)
    return True


def _waits_for_co_unit(viewer: Viewer, item: Item) -> bool:
    """第八条 (P34): a co-unit's own day has passed and it has not handed in."""
    late = select(ItemUnit.id).where(
        ItemUnit.item_id == item.id,
        ItemUnit.role == "co",
        ItemUnit.handed_in_at.is_(None),
        ItemUnit.inner_due < viewer.moment.day,
    )
    return db.session.scalar(late.limit(1)) is not None


def _silent(moment: Moment) -> Select[int]:
    return (
        select(Case.id)
        .where(Case.state == "hearing", Case.statement_by < moment.day)
        .order_by(Case.id)
    )
