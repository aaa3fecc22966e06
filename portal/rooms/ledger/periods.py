"""Spans of days that a filter may name: 本学期, 上学期, 本年度; 本周, 下周, 本月.

第二十条: the 学期 of the ledger is the 督办期 of the working calendar, which tiles the year, so
that a matter of the vacation belongs to some term (SPEC §6.1).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from portal.item.report_periods import report_period
from portal.rulebook.workdays import Calendar

CUSTOM: Final = "custom"
TERMS: Final = {"current": "本学期", "previous": "上学期", "year": "本年度", CUSTOM: "自定义"}
DUES: Final = {
    "week": "本周到期", "next_week": "下周到期", "month": "本月到期", CUSTOM: "自定义",
}  # fmt: skip
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


class Days(NamedTuple):
    """From one day to another, both included; None: no bound."""

    first: date | None
    last: date | None


def term_days(name: str, today: date, calendar: Calendar, since: str, until: str) -> Days:
    """The days of a term of TERMS; of 自定义 the two ISO days given, each of which may be empty."""
    if name == CUSTOM:
        return given_days(since, until)
    if name == "year":
        return Days(date(today.year, 1, 1), date(today.year, 12, 31))
    first, last = report_period(today, calendar)
    return Days(first, last) if name == "current" else Days(*report_period(first - DAY, calendar))


def due_days(name: str, today: date, since: str, until: str) -> Days:
    """The days of a span of DUES; weeks begin on Monday."""
    if name == CUSTOM:
        return given_days(since, until)
    if name == "month":
        first = today.replace(day=1)
        return Days(first, (first + 31 * DAY).replace(day=1) - DAY)
    monday = today - today.weekday() * DAY + (WEEK if name == "next_week" else 0 * DAY)
    return Days(monday, monday + WEEK - DAY)


def given_days(since: str, until: str) -> Days:
    """Two ISO days, each of which may be empty."""
    return Days(
        date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None
    )
