"""The hand-ins of an item: which one counts, how each ended (第十六条（六）, SPEC §2.10, §3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Closure, Item
from portal.rulebook import stored_lights, verdicts, working_calendar
from portal.rulebook.approvals import open_boxes
from portal.rulebook.hand_ins import JUDGED, handed_in_at, latest, latest_day
from portal.rulebook.kept_texts import salted, salted_with
from portal.rulebook.roles import Moment

ANEW = ("not_met", "withdrawn", "accepted")
"""Outcomes after which work is taken up again: 不符合要求, 撤回, 恢复督办 of what was closed."""


def written(item: Item, text: str, person_id: int | None, **how: Any) -> Closure:
    """A new hand-in with this text; `how` says by word or on paper."""
    closure = Closure(
        item_id=item.id, result_text=text, salt=salted("")[0], written_by_id=person_id, **how
    )
    db.session.add(closure)
    db.session.flush()
    return closure


def facts_of(closure: Closure) -> dict[str, Any]:
    """What the event keeps of its text, which nobody writes anew."""
    digest = salted_with(closure.salt, closure.result_text)
    return {"closure": {"text": closure.id, "digest": digest}}


def rounds_of(item: Item) -> Sequence[Closure]:
    """The hand-ins since the work was last taken up; none before that counts, nor what the head
    gave back without handing it in."""
    rounds = _rounds(item)
    if rounds[-1].handed_in_at is None:
        rounds[-1].handed_in_at = handed_in_at(item)
    return rounds


def _rounds(item: Item) -> list[Closure]:
    rows = db.session.scalars(
        select(Closure).where(Closure.item_id == item.id).order_by(Closure.id)
    ).all()
    begins = max(
        (number for number, row in enumerate(rows, 1) if row.outcome in ANEW),
        default=0,
    )
    *before, last = rows[begins:]
    return [*(row for row in before if row.handed_in_at is not None), last]


def supplement(item: Item, moment: Moment, days: int) -> dict[str, Any]:
    """退回补正: something is missing; by its own date the first hand-in day is kept. The facts of
    the act, which may be done on screen or on paper."""
    handed_in = latest(item)
    if "confirm_close" not in {box.slot.step for box in open_boxes(item)}:
        _was_judged(item, handed_in, moment)
    handed_in.outcome = "supplement"
    until = working_calendar.current().add_workdays(moment.day, days)
    handed_in.supplement_due = item.supplement_due = until
    return {"supplement_due": until.isoformat()}


def not_met(item: Item, moment: Moment) -> None:
    """不符合办结要求: the hand-in is refused, the work goes on."""
    handed_in = latest(item)
    _was_judged(item, handed_in, moment)
    handed_in.outcome = "not_met"
    item.reset_count += 1
    item.supplement_due = None


def _was_judged(item: Item, handed_in: Closure, moment: Moment) -> None:
    """The head's hand-in has its time; no report was owed while it was being judged."""
    if handed_in.handed_in_at is None:  # 简易办结 has the time of the unit's reply
        handed_in.handed_in_at = handed_in_at(item)
    stored_lights.forgive(item, _day(handed_in), moment.day)


def judge_waiting(item: Item) -> None:
    """A closing that is being judged waits for others if it was handed in by the day that holds:
    asked again once a request for more time is decided otherwise (第十九条)."""
    if item.state in JUDGED:
        item.blue = item.due is None or counted_day(item) <= item.due


def counted_day(item: Item) -> date:
    """The day that counts of the hand-in being judged; see `completed`."""
    *before, _now = rounds = _rounds(item)
    return _counted(rounds, [*map(_day, before), latest_day(item)])


def completed(rounds: Sequence[Closure]) -> date:
    """The Shanghai day that counts: the first hand-in, as long as each supplement came in time."""
    return _counted(rounds, [_day(row) for row in rounds])


def _counted(rounds: Sequence[Closure], days: Sequence[date]) -> date:
    day, until = days[0], rounds[0].supplement_due
    for row, again in zip(rounds[1:], days[1:], strict=True):
        day = verdicts.completed_on(day, again, until)
        until = row.supplement_due
    return day


def _day(row: Closure) -> date:
    if row.handed_in_at is None:
        raise ValueError("a hand-in has its time")
    return shanghai_day(row.handed_in_at)
