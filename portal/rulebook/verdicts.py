"""On time or late, days used, which report answers which point (第十六条（五）（六）, 第十八条).

Days are Shanghai days; the caller turns instants into days with `portal.clock.shanghai_day`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from portal.rulebook.workdays import DAY


class Verdict(NamedTuple):
    """Whether and by how much an item was late; None where an open-ended item has no date."""

    on_time: bool | None
    on_time_original: bool | None
    overdue_days: int


def verdict(original: date | None, effective: date | None, day: date) -> Verdict:
    """On time by the effective and by the original date, and natural days overdue.

    `day` is the day of the hand-in finally accepted (`completed_on`), or today for an open item.
    """
    return Verdict(
        None if effective is None else day <= effective,
        None if original is None else day <= original,
        0 if effective is None else max(0, (day - effective).days),
    )


def days_used(issued_on: date, completed: date) -> int:
    """办理天数: natural days from 交办 to the accepted hand-in; the same day is 0."""
    return (completed - issued_on).days


def completed_on(
    first: date, again: date | None = None, supplement_due: date | None = None
) -> date:
    """第十六条第（六）项: the hand-in day that counts.

    After 退回补正 the first day stands if the supplement (`again`) came by its own date.
    """
    if again is None or (supplement_due is not None and again <= supplement_due):
        return first
    return again


def proposed_point(
    base: date, points: Sequence[date], met: Collection[date], day: date
) -> date | None:
    """第十八条: the point a report handed in on `day` answers unless its writer chooses another.

    The earliest open one whose window has begun (the day after the previous point, the first on
    the day of issue); None: the report is an extra.
    """
    opens = base
    for point in points:
        if point not in met and opens <= day:
            return point
        opens = point + DAY
    return None


class Match(NamedTuple):
    """Reports against points: for each point the day of its report or None, and if in time."""

    matched: tuple[date | None, ...]
    on_time: tuple[bool, ...]
    extra: tuple[date, ...]


def match(base: date, points: Sequence[date], submitted: Iterable[date]) -> Match:
    """第十八条: which report answers which point when no writer chose (imports, checks)."""
    met: dict[date, date] = {}
    extra: list[date] = []
    for day in sorted(submitted):
        point = proposed_point(base, points, met, day)
        if point is None:
            extra.append(day)
        else:
            met[point] = day
    return Match(
        tuple(met.get(point) for point in points),
        tuple(point in met and met[point] <= point for point in points),
        tuple(extra),
    )
