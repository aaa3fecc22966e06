"""Working days of the calendar, each counted once."""

from __future__ import annotations

from datetime import date
from functools import cache

from portal.rulebook import deadlines
from portal.rulebook.workdays import DAY, Calendar


class Days:
    """What the filling asks of a calendar, remembered: some hundred thousand items share a few
    thousand days."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.next = cache(calendar.next_workday)
        self.inner = cache(self._inner)

    def or_next(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        return self.next(day - DAY)

    def _inner(self, due: date, begun: date) -> date:
        """The inner date of a co-unit."""
        return deadlines.co_due(due, self.calendar, begun)
