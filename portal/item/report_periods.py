"""第二十条: the 督办期 of a day, which tile the year (SPEC §6.1)."""

from __future__ import annotations

from datetime import date

from portal.rulebook.workdays import DAY, Calendar

SPRING, AUTUMN = 2, 8
"""Months in which the 督办期 begin, where the calendar has none for a day."""


def report_period(day: date, calendar: Calendar) -> tuple[date, date]:
    """The first and the last day of the 督办期 of a day; where the calendar does not reach, August
    to January or February to July."""
    known = calendar.report_period_of(day)
    if known is not None:
        return known.start, known.end
    if SPRING <= day.month < AUTUMN:
        return date(day.year, SPRING, 1), date(day.year, AUTUMN, 1) - DAY
    year = day.year if day.month >= AUTUMN else day.year - 1
    return date(year, AUTUMN, 1), date(year + 1, SPRING, 1) - DAY
