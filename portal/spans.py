"""The weeks and months that an address asks for (`?week=2026-W48`, `?month=2026-10`)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from portal.errors import NotFound
from portal.filters import full_date, short_date
from portal.rulebook.workdays import DAY

WEEK, MONTH = "week", "month"
WEEKS: Final = re.compile(r"(\d{4})-W(\d{2})")
MONTHS: Final = re.compile(r"(\d{4})-(\d{2})")
FIRST_YEAR: Final = 2000
SATURDAY: Final = 5
"""Weekday on which the week of 每周情况 begins: it ends on Friday."""


class Span(NamedTuple):
    """Days from `first` to `last`; `name` as addresses say it, `said` in words; the names of the
    spans beside it (`earlier` is empty before 2000, `later` where that has not begun)."""

    first: date
    last: date
    name: str
    said: str
    earlier: str
    later: str


def read(kind: str, asked: str, today: date) -> Span:
    """The week or month asked for; of "" the one of today. NotFound: it is none, or to come."""
    if kind == WEEK:
        return _week(_monday(asked) if asked else today - today.weekday() * DAY, today)
    return _month(_first(asked) if asked else today.replace(day=1), today)


def to_friday(week: Span) -> Span:
    """The same week as 每周情况 counts it: from Saturday to Friday."""
    first = week.first - (7 - SATURDAY) * DAY
    last = week.first + (SATURDAY - 1) * DAY
    return week._replace(first=first, last=last, said=_said(first, last))


def _monday(asked: str) -> date:
    found = WEEKS.fullmatch(asked)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    return _known(monday)


def _first(asked: str) -> date:
    found = MONTHS.fullmatch(asked)
    try:
        first = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        first = None
    return _known(first)


def _known(day: date | None) -> date:
    if day is None or day.year < FIRST_YEAR:
        raise NotFound
    return day


def _week(monday: date, today: date) -> Span:
    if monday > today:
        raise NotFound
    last, before, after = monday + 6 * DAY, monday - 7 * DAY, monday + 7 * DAY
    earlier = _week_name(before) if before.year >= FIRST_YEAR else ""
    later = _week_name(after) if after <= today else ""
    return Span(monday, last, _week_name(monday), _said(monday, last), earlier, later)


def _month(first: date, today: date) -> Span:
    if first > today:
        raise NotFound
    before, after = first - DAY, (first + 31 * DAY).replace(day=1)
    earlier = f"{before:%Y-%m}" if before.year >= FIRST_YEAR else ""
    later = f"{after:%Y-%m}" if after <= today else ""
    said = f"{first.year}年{first.month}月"
    return Span(first, after - DAY, f"{first:%Y-%m}", said, earlier, later)


def _week_name(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def _said(first: date, last: date) -> str:
    """「2026年11月23日—29日」."""
    if first.year != last.year:
        return f"{full_date(first)}—{full_date(last)}"
    if first.month != last.month:
        return f"{full_date(first)}—{short_date(last)}"
    return f"{full_date(first)}—{last.day}日"
