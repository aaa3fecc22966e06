"""第十八、十九条: the plan of an issued item goes on to another last day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.models import Extension, Item, ItemUnit
from portal.rulebook import deadline_changes, deadlines, policy, stored_lights, working_calendar
from portal.rulebook.workdays import DAY


def plan_on(item: Item, before: policy.Level, raw: date, due: date, today: date) -> None:
    """Plan, lights and the co-units' own dates run to another day; `raw` is that day before it
    moved off a rest day, `before` the level under which the present plan was made."""
    edition, calendar = policy.of(item.policy_version), working_calendar.current()
    level, base = edition.level(item.level), stored_lights.counts_from(item)
    if level == before and item.due is not None:
        counted_to = _counted_to(item, level, base, item.due)
        old = deadlines.dated(level, base, counted_to, item.due, calendar, policy=edition)
        points = deadline_changes.continued(
            level, old, raw, due, today, calendar, policy=edition
        ).points
    else:
        points = deadlines.feedback_points(level, base, raw, due, calendar)
    ahead = today + DAY
    stored_lights.run_to(item, due, [day for day in points if day >= ahead], ahead=ahead)
    set_inner_dues(item, base)


def set_inner_dues(item: Item, base: date) -> None:
    """第八条: a co-unit is done some working days before the lead unit."""
    calendar, due = working_calendar.current(), item.due
    shares = select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
    for share in db.session.scalars(shares):
        share.inner_due = deadlines.co_due(due, calendar, base) if due else None


def _counted_to(item: Item, level: policy.Level, base: date, due: date) -> date:
    """The present last day before it moved off a rest day, as 交办 or the last 延期 counted it: a
    report that day would not have asked for is none that the new plan leaves out."""
    given = db.session.scalars(
        select(Extension)
        .where(
            Extension.item_id == item.id,
            Extension.state == "approved",
            Extension.due_after == due,
            Extension.asked_days.is_not(None),
        )
        .order_by(Extension.id.desc())
        .limit(1)
    ).one_or_none()
    if given is None or given.due_before is None or given.asked_days is None:
        return raw_of(item, level, base, due)
    calendar = working_calendar.current()
    return deadlines.last_day(level, given.due_before, given.asked_days, calendar)[0]


def raw_of(item: Item, level: policy.Level, base: date, due: date) -> date:
    """The last day before it moved off a rest day: no report is asked for in between."""
    if item.deadline_kind != "days" or item.deadline_days is None:
        return due
    raw, last = deadlines.last_day(level, base, item.deadline_days, working_calendar.current())
    return raw if last == due else due
