"""第十八条, SPEC §3.3: dates counted by days are counted anew when the calendar changes.

Open items of levels 2 and 3 that were issued by a number of days. A date may only move later; one
that somebody named (an explicit date, 延期, 调整事项要素, 重新确定期限, a notice issued again)
stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select

from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemUnit
from portal.rulebook import deadlines, policy, stored_lights, working_calendar
from portal.rulebook.chains import CHAINS, RUNNING
from portal.rulebook.deadlines import Plan
from portal.rulebook.policy_shapes import Level, Policy
from portal.rulebook.workdays import DAY, Calendar
from portal.rulebook.working_calendar import InForce

LEVELS = (2, 3)
OPEN = (*RUNNING, *(step.state for step in CHAINS["closing"].steps))
"""Handed out, and the result not yet accepted."""


class Counted(NamedTuple):
    """An item's dates as they stand: counted `days` from `base`; `points` are its instalments."""

    level: int
    policy_version: str
    base: date
    days: int
    due: date
    points: tuple[date, ...]


class Moved(NamedTuple):
    """What a calendar would make of an item: its dates now, and then."""

    counted: Counted
    before: Plan
    after: Plan

    @property
    def days(self) -> int:
        """By how many days the due day moves; 0 where only instalments do."""
        return (_day(self.after.due) - _day(self.before.due)).days

    @property
    def points(self) -> int:
        """How many of the feedback days move."""
        if len(self.before.points) != len(self.after.points):
            return len(set(self.after.points) - set(self.before.points))
        return sum(
            one != other for one, other in zip(self.before.points, self.after.points, strict=True)
        )


def outlook(counted: Counted, old: Calendar, new: Calendar) -> Moved | None:
    """What the calendar `new` would make of an item counted by `old`; None if no date moves.

    Only the difference of the two calendars moves anything: what was forgiven, merged or left later
    by an earlier version stays so.
    """
    edition = policy.of(counted.policy_version)
    level = edition.level(counted.level)
    if not level.roll and level.mode != "workday":
        return None
    was, then = (_plan(counted, level, calendar, edition) for calendar in (old, new))
    if (was.due, was.points) == (then.due, then.points):
        return None
    due, points = max(counted.due, _day(then.due)), _points(counted.points, was, then)
    if (due, points) == (counted.due, counted.points):
        return None
    now = was._replace(due=counted.due, points=counted.points)
    now, after = (
        plan._replace(yellow_from=deadlines.yellow_from(counted.base, _day(plan.due), edition))
        for plan in (now, then._replace(due=due, points=points))
    )
    return Moved(counted, now, after)


def _plan(counted: Counted, level: Level, calendar: Calendar, edition: Policy) -> Plan:
    raw, due = deadlines.last_day(level, counted.base, counted.days, calendar)
    return deadlines.dated(level, counted.base, raw, due, calendar, counted=True, policy=edition)


def _points(stored: tuple[date, ...], was: Plan, then: Plan) -> tuple[date, ...]:
    """Each stored instalment at its new day, none earlier, also where there is another number of
    them; unless somebody had changed them since: then those stay."""
    if len(was.points) != len(then.points):
        return _later(stored, then.points) if stored == was.points else stored
    if len(stored) == len(then.points):
        return tuple(max(pair) for pair in zip(stored, then.points, strict=True))
    to = dict(zip(was.points, then.points, strict=True))
    return tuple(max(day, to.get(day, day)) for day in stored)


def _later(stored: tuple[date, ...], then: tuple[date, ...]) -> tuple[date, ...]:
    """The n-th report is never asked for earlier than it was; those beyond follow the last."""
    kept = tuple(max(pair) for pair in zip(stored, then, strict=False))
    return kept + tuple(day for day in then[len(kept) :] if not kept or day > kept[-1])


def counted_items(number: int) -> ColumnElement[bool]:
    """Open items whose dates were counted by an earlier version of the calendar than `number`."""
    return and_(
        Item.lit,
        Item.state.in_(OPEN),
        Item.counted_by < number,
        Item.level.in_(LEVELS),
        Item.deadline_kind == "days",
        Item.due_effective == Item.due_original,
        Item.due_reset.is_(None),
    )


def counted_of(item: Item) -> Counted | None:
    """The dates of an item that were counted by days from 交办; None of any other item."""
    if not _is_counted(item) or item.issued_on is None or item.due_effective is None:
        return None
    points = db.session.scalars(
        select(FeedbackPoint.due)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= item.issued_on)
        .order_by(FeedbackPoint.due, FeedbackPoint.id)
    )
    return Counted(
        item.level,
        item.policy_version,
        item.issued_on,
        item.deadline_days or 0,
        item.due_effective,
        tuple(points),
    )


def _is_counted(item: Item) -> bool:
    """The same as `counted_items`, of one item, whichever version it was counted by."""
    named_anew = item.due_reset is not None or item.due_effective != item.due_original
    return item.counted_by is not None and item.level in LEVELS and not named_anew


def is_provisional(item: Item, calendar: Calendar | None = None) -> bool:
    """暂定: counted over a year whose holidays are not known yet, so that the due day may move."""
    if not (item.lit and _is_counted(item) and item.issued_on and item.due_effective):
        return False
    known = calendar or working_calendar.current()
    years = range(item.issued_on.year, item.due_effective.year + 1)
    return not all(known.is_published(year) for year in years)


def move(item: Item, moved: Moved, version: InForce) -> Mapping[str, Any]:
    """Let the item's dates be those of `moved`; what the event keeps of it."""
    before, due = item.due_effective, _day(moved.after.due)
    item.due_original = item.due_effective = item.due = due
    item.counted_by = version.number
    _move_points(item, moved)
    for share in db.session.scalars(
        select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
    ):
        inner = deadlines.co_due(due, version.calendar, moved.counted.base)
        share.inner_due = max(inner, share.inner_due) if share.inner_due else inner
    stored_lights.refresh(item)
    facts = {"calendar": version.number, "before": before.isoformat() if before else None}
    return facts | {"due": due.isoformat()}


def settle(item: Item, version: InForce) -> Mapping[str, Any]:
    """The date stays as it was, and is 暂定 no more; what the event keeps of it."""
    item.counted_by = version.number
    due = item.due_effective.isoformat() if item.due_effective else None
    return {"calendar": version.number, "before": due, "due": due}


def _move_points(item: Item, moved: Moved) -> None:
    """Each instalment moves, with what it covers; one that was reported on stays as it was."""
    reported = set(
        db.session.scalars(
            select(Feedback.point_id).where(
                Feedback.item_id == item.id, Feedback.point_id.is_not(None)
            )
        )
    )
    rows = db.session.scalars(
        select(FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= moved.counted.base)
        .order_by(FeedbackPoint.due, FeedbackPoint.id)
    ).all()
    days = moved.after.points
    if len(rows) == len(days):
        for row, day in zip(rows, days, strict=True):
            row.due = row.due if row.id in reported else day
    else:
        answered = [row.due for row in rows if row.id in reported]
        _replace(item, [row.due for row in rows], answered, days)
    db.session.flush()


def _replace(
    item: Item, stored: Sequence[date], answered: Collection[date], days: Sequence[date]
) -> None:
    """Another number of instalments: those after the last report give way to the new ones. What was
    reported on is not asked for again at its new day."""
    last = max(answered, default=_day(item.issued_on))
    past = sum(day <= last for day in stored)
    ahead = last + DAY
    stored_lights.run_to(item, item.due, [day for day in days[past:] if day >= ahead], ahead=ahead)


def _day(day: date | None) -> date:
    if day is None:
        raise ValueError("a date counted by days is a date")
    return day


__all__ = [
    "Counted",
    "Moved",
    "counted_items",
    "counted_of",
    "is_provisional",
    "move",
    "outlook",
    "settle",
]
