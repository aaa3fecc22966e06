"""Two clocks: the working days an item is with its unit, and those it waits for a leader's or the
office's signature, which are never charged to the unit (SPEC §2.3, §3.7).

What is measured here is for 党政办 alone: it moves no date, and no count or report takes it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.clock import shanghai_day
from portal.rulebook.deadline_changes import workday_end
from portal.rulebook.policy_shapes import Policy
from portal.rulebook.workdays import DAY, Calendar


class Wait(NamedTuple):
    """One signature asked for: since when, and when it was given (None: it still waits)."""

    opened_at: datetime
    decided_at: datetime | None


class Clocks(NamedTuple):
    """Working days from 交办 on: with the unit, and waiting for leaders or the office."""

    unit: int
    waited: int


def waited_days(since: datetime, until: datetime, calendar: Calendar) -> int:
    """Working days that have passed between two instants; the day of asking is day 0, and a clock
    that was put back counts nothing."""
    return len(_workdays(shanghai_day(since), shanghai_day(until), calendar))


def long_since(limit: int, now: datetime, calendar: Calendar) -> date:
    """The last day since which more than `limit` working days have passed: what was asked for on
    it, or before, is 久未签批. The counterpart of `waited_days` for queries."""
    day, left = shanghai_day(now), limit + 1
    while left:
        left -= calendar.is_workday(day)
        day -= DAY
    return day


def is_silent(
    level: int, since: datetime, now: datetime, calendar: Calendar, edition: Policy
) -> bool:
    """Whether a signature is awaited for longer than two working days, of level 1 two office hours:
    then the signer is reminded (SPEC §2.3)."""
    if level == 1:
        hours = timedelta(hours=edition.limit("approval_reminder_hours", level))
        return calendar.add_office_time(since, hours) <= now
    return workday_end(since, edition.limit("approval_reminder"), calendar) < now


def clocks(
    issued_on: date, until: date, waits: Iterable[Wait], now: datetime, calendar: Calendar
) -> Clocks:
    """Both clocks of an item from 交办 to a day. A day on which anything waits for a signature is
    no day of the unit; several signatures on one day are one day."""
    every = _workdays(issued_on, until, calendar)
    waiting: set[date] = set()
    for wait in waits:
        last = shanghai_day(wait.decided_at or now)
        waiting |= _workdays(shanghai_day(wait.opened_at), last, calendar)
    waited = every & waiting
    return Clocks(len(every - waited), len(waited))


def _workdays(first: date, last: date, calendar: Calendar) -> set[date]:
    """The working days after `first`, up to `last`."""
    days: Sequence[date] = [first + number * DAY for number in range(1, (last - first).days + 1)]
    return {day for day in days if calendar.is_workday(day)}
