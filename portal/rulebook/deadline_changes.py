"""第十九条, 第十六条第（三）（六）项 as pure date functions: extension, new date, receipt.

Instants are aware; what they return is Shanghai time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from portal.clock import SHANGHAI, shanghai_day
from portal.rulebook.deadlines import DeadlineError, Plan, dated, last_day, numbered_points
from portal.rulebook.policy import CURRENT, Level, Policy
from portal.rulebook.workdays import DAY, Calendar

LAST_SECOND: Final = time(23, 59, 59)
NOON: Final = time(12)


def extension_cutoff(base: date, due: date, *, policy: Policy = CURRENT) -> datetime:
    """第十九条: the last second for a timely application: five days before the due day, 24:00.

    It does not move off a rest day. A period of at most five days: the end of the day before the
    due day; of at most one day: noon of the due day.
    """
    period = (due - base).days
    if period <= 1:
        return datetime.combine(due, NOON, SHANGHAI)
    short = period <= policy.limit("short_period")
    before = 1 if short else policy.limit("extension_notice")
    return datetime.combine(due - before * DAY, LAST_SECOND, SHANGHAI)


def timely(applied_at: datetime, cutoff: datetime) -> bool:
    """第十九条: whether an application came by the cut-off, to the second."""
    return applied_at.astimezone(SHANGHAI).replace(microsecond=0) <= cutoff


def extended_due(
    level: Level,
    due: date,
    calendar: Calendar,
    *,
    days: int | None = None,
    explicit: date | None = None,
) -> date:
    """第十九条: the new due date, the old one plus `days`, or the `explicit` one (never moved).

    Levels 2 and 3 move off a rest day. DeadlineError not_later if it is no later than the old.
    """
    return _extended(level, due, calendar, days, explicit)[1]


def _extended(
    level: Level, due: date, calendar: Calendar, days: int | None, explicit: date | None
) -> tuple[date, date]:
    if explicit is not None:
        raw = new = explicit
    elif days is None or days < 1:
        raise DeadlineError("not_later")
    else:
        raw, new = last_day(level, due, days, calendar)
    if new <= due:
        raise DeadlineError("not_later")
    return raw, new


def extended_plan(
    level: Level,
    old: Plan,
    decided_on: date,
    calendar: Calendar,
    *,
    days: int | None = None,
    explicit: date | None = None,
    policy: Policy = CURRENT,
) -> Plan:
    """第十九条: the plan after an extension approved on `decided_on`; see `continued`.

    DeadlineError needs_due for an open-ended item without an `explicit` date, not_later.
    """
    if old.due is not None:
        raw, due = _extended(level, old.due, calendar, days, explicit)
    elif explicit is not None:
        raw = due = explicit
    else:
        raise DeadlineError("needs_due")
    counted = explicit is None
    return continued(level, old, raw, due, decided_on, calendar, counted=counted, policy=policy)


def continued(
    level: Level,
    old: Plan,
    raw: date,
    due: date,
    decided_on: date,
    calendar: Calendar,
    *,
    counted: bool = False,
    policy: Policy = CURRENT,
) -> Plan:
    """The plan to a new last day (第十九条, or `reset`): same base, same step.

    Reports due up to the day of the decision stay as they were; none is asked for after the fact,
    and none twice.
    """
    new = dated(level, old.base, raw, due, calendar, counted=counted, policy=policy)
    # Beyond this day no report of an open-ended item can have been due yet.
    horizon = decided_on + 100 * DAY
    before = numbered_points(level, old.base, old.raw or horizon, old.due or horizon, calendar)
    past = {k: day for k, day in before if day <= decided_on}
    after = numbered_points(level, old.base, raw, due, calendar)
    ahead = {day for k, day in after if day > decided_on and k not in past}
    kept = {day for day in old.points if day <= decided_on} if old.due else set(past.values())
    return new._replace(points=tuple(sorted(kept | ahead)))


class Reset(NamedTuple):
    """重新确定办结期限: `effective` decides on-time, `light_due` the lights and the plan."""

    effective: date
    light_due: date


def reset(effective: date, new_due: date, decided_on: date) -> Reset:
    """第十六条第（六）项: a new date after a result was refused.

    Decided up to the due day it replaces the date; decided later the old one still judges.
    DeadlineError past if the new date lies before the decision.
    """
    if new_due < decided_on:
        raise DeadlineError("past")
    return Reset(new_due if decided_on <= effective else effective, new_due)


def receipt_until(
    level: Level, issued_at: datetime, calendar: Calendar, *, policy: Policy = CURRENT
) -> datetime:
    """第十六条第（三）项: when a notice nobody signed for counts as received (视同签收).

    Level 1: two office hours after issue; others: the end of the next working day.
    """
    if level.number == 1:
        hours = timedelta(hours=policy.limit("receipt_hours", 1))
        return calendar.add_office_time(issued_at, hours)
    return workday_end(issued_at, policy.limit("receipt", level.number), calendar)


def workday_end(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The last second of the `days`-th working day after a moment."""
    day = calendar.add_workdays(shanghai_day(moment), days)
    return datetime.combine(day, LAST_SECOND, SHANGHAI)
