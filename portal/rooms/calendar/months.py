"""A year of the calendar as twelve months, each day with what it is; pure."""

from __future__ import annotations

from typing import NamedTuple

from portal.month_days import Cell, weeks_of
from portal.rulebook.workdays import Calendar, Span


class Month(NamedTuple):
    """A month: its weeks from Monday, and how many working days it has."""

    number: int
    weeks: list[list[Cell]]
    workdays: int


class Year(NamedTuple):
    """A year: its months, terms and vacations; not `published`: weekends only, dates are 暂定."""

    number: int
    published: bool
    months: list[Month]
    terms: list[Span]
    vacations: list[Span]

    @property
    def workdays(self) -> int:
        """Working days of the year."""
        return sum(month.workdays for month in self.months)


def year_of(calendar: Calendar, year: int) -> Year:
    """A year of a calendar."""
    return Year(
        year,
        calendar.is_published(year),
        [_month(calendar, year, month) for month in range(1, 13)],
        _touching(calendar.terms, year),
        _touching(calendar.vacations, year),
    )


def _month(calendar: Calendar, year: int, month: int) -> Month:
    weeks = weeks_of(calendar, year, month)
    worked = sum(cell.kind in ("work", "makeup") for week in weeks for cell in week)
    return Month(month, weeks, worked)


def _touching(spans: tuple[Span, ...], year: int) -> list[Span]:
    return [span for span in spans if span.start.year <= year <= span.end.year]
