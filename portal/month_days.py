"""A month of the working calendar as weeks from Monday, each day with what it is; pure."""

from __future__ import annotations

import calendar as weeks
from datetime import date
from typing import Final, NamedTuple

from portal.rulebook.workdays import Calendar

MARKS: Final = {"holiday": "休", "makeup": "班"}


class Cell(NamedTuple):
    """A day: work, rest (weekend), holiday or makeup; `name` says why, `mark` prints it.

    Without a day it is a place of the grid that belongs to another month.
    """

    day: date | None
    kind: str = ""
    name: str = ""

    @property
    def mark(self) -> str:
        """休 or 班, for those who see no colours."""
        return MARKS.get(self.kind, "")


def weeks_of(calendar: Calendar, year: int, month: int) -> list[list[Cell]]:
    """The weeks of a month, seven places each."""
    return [
        [_cell(calendar, date(year, month, day)) if day else Cell(None) for day in week]
        for week in weeks.monthcalendar(year, month)
    ]


def _cell(calendar: Calendar, day: date) -> Cell:
    if day in calendar.holidays:
        return Cell(day, "holiday", calendar.holidays[day])
    if day in calendar.makeup:
        return Cell(day, "makeup", "调休上班")
    return Cell(day, "work" if calendar.is_workday(day) else "rest")
