"""A year of the calendar as twelve months, each day with what it is; pure."""

from __future__ import annotations

import calendar as weeks_of
from datetime import date
from typing import NamedTuple

from portal.rulebook.workdays import Calendar, Span

MARKS = {"holiday": "休", "makeup": "班"}


class Cell(NamedTuple):
    """A day: work, rest (weekend), holiday or makeup; `name` says why, `mark` prints it."""

    day: date | None
    kind: str = ""
    name: str = ""

    @property
    def mark(self) -> str:
        """休 or 班, for those who see no colours."""
        return MARKS.get(self.kind, "")


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
    weeks = [
        [_cell(calendar, date(year, month, day)) if day else Cell(None) for day in week]
        for week in weeks_of.monthcalendar(year, month)
    ]
    worked = sum(cell.kind in ("work", "makeup") for week in weeks for cell in week)
    return Month(month, weeks, worked)


def _cell(calendar: Calendar, day: date) -> Cell:
    if day in calendar.holidays:
        return Cell(day, "holiday", calendar.holidays[day])
    if day in calendar.makeup:
        return Cell(day, "makeup", "调休上班")
    return Cell(day, "work" if calendar.is_workday(day) else "rest")


def _touching(spans: tuple[Span, ...], year: int) -> list[Span]:
    return [span for span in spans if span.start.year <= year <= span.end.year]
