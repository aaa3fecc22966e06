"""The working calendar: rest days, make-up working days, terms and vacations.

第十八条 counts 「天」; this module knows which of them are working days. The tables are data: the
State Council's yearly notice, local holidays the college has confirmed, terms typed by the office.
A year whose notice is not published yet has weekends only, and dates in it are 「暂定」.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from portal.clock import SHANGHAI

DAY = timedelta(days=1)


class Span(NamedTuple):
    """A named run of days, both ends included; `code` for terms only."""

    name: str
    start: date
    end: date
    code: str = ""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def days(self) -> Iterator[date]:
        """Each day of the span."""
        for n in range((self.end - self.start).days + 1):
            yield self.start + n * DAY


@dataclass(frozen=True)
class Calendar:
    """The working calendar of one college.

    `published`: years with a holiday table; `holidays`: rest days with their names;
    `makeup`: weekend days worked (调休); `office`: office hours of a working day;
    `night` (from evening to morning) and `noon`: 免打扰, when nobody is called (SPEC §8.10).
    """

    published: frozenset[int]
    holidays: Mapping[date, str]
    makeup: frozenset[date]
    terms: tuple[Span, ...] = ()
    vacations: tuple[Span, ...] = ()
    report_periods: tuple[Span, ...] = ()
    office: tuple[tuple[time, time], ...] = ()
    night: tuple[time, time] = (time(21), time(7, 30))
    noon: tuple[time, time] | None = (time(12), time(14))

    def is_published(self, year: int) -> bool:
        """Whether the holiday table of a year is known; without it only weekends rest."""
        return year in self.published

    def is_workday(self, day: date) -> bool:
        """Whether the college works on a day."""
        if day in self.holidays:
            return False
        return day in self.makeup or day.weekday() < 5

    def rest_name(self, day: date) -> str | None:
        """Why a day is a rest day (「国庆节」, 「周六」); None on a working day."""
        if self.is_workday(day):
            return None
        return self.holidays.get(day) or ("周六" if day.weekday() == 5 else "周日")

    def next_workday(self, day: date) -> date:
        """The first working day after a day."""
        return self.roll_forward(day + DAY)

    def previous_workday(self, day: date) -> date:
        """The last working day before a day."""
        day -= DAY
        while not self.is_workday(day):
            day -= DAY
        return day

    def roll_forward(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        while not self.is_workday(day):
            day += DAY
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after a day (before it, if negative); 0 gives the day."""
        step = self.next_workday if count > 0 else self.previous_workday
        for _ in range(abs(count)):
            day = step(day)
        return day

    def term_of(self, day: date) -> Span | None:
        """The term a day lies in, None in vacations."""
        return _containing(self.terms, day)

    def vacation_of(self, day: date) -> Span | None:
        """The vacation a day lies in, None in terms."""
        return _containing(self.vacations, day)

    def report_period_of(self, day: date) -> Span | None:
        """第二十条: the 督办期 a day belongs to; the periods tile the year."""
        return _containing(self.report_periods, day)

    def add_office_time(self, moment: datetime, span: timedelta) -> datetime:
        """The instant at which `span` of office hours has passed since an aware `moment`.

        Returns a Shanghai time. ValueError if the calendar has no office hours.
        """
        if not self.office:
            raise ValueError("the calendar has no office hours")
        local = moment.astimezone(SHANGHAI)
        day = local.date()
        while True:
            for opens, closes in self.office if self.is_workday(day) else ():
                start = max(local, datetime.combine(day, opens, SHANGHAI))
                end = datetime.combine(day, closes, SHANGHAI)
                if start + span <= end:
                    return start + span
                span -= max(end - start, timedelta(0))
            day += DAY


def _containing(spans: Sequence[Span], day: date) -> Span | None:
    return next((span for span in spans if day in span), None)


def _span(row: Mapping[str, str]) -> Span:
    start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    if end < start:
        raise ValueError(f"{row['name']} ends before it starts")
    return Span(row["name"], start, end, row.get("code", ""))


def _spans(rows: Sequence[Mapping[str, str]]) -> tuple[Span, ...]:
    return tuple(_span(row) for row in rows)


def _hours(text: str) -> tuple[time, time]:
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _quiet(row: Mapping[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    noon = row.get("noon")
    return {
        "night": (time.fromisoformat(row["start"]), time.fromisoformat(row["end"])),
        "noon": (time.fromisoformat(noon[0]), time.fromisoformat(noon[1])) if noon else None,
    }


def holiday_name(name: str) -> str:
    """A name without the note in brackets behind it, 「元旦（2024）」."""
    return re.sub(r"（.*）$", "", name)


def from_data(data: Mapping[str, Any], *, local: bool | None = None) -> Calendar:
    """A calendar from its tables (the shape of `data/calendar.json`).

    `local` switches the local holidays on or off; None takes the table's own `enabled`.
    Tables of unpublished years are left aside. ValueError for a day that cannot be read.
    """
    years = {int(year): table for year, table in data["national"].items() if table["published"]}
    spans = [_span(row) for table in years.values() for row in table["holidays"]]
    places = data.get("local", {"enabled": False, "holidays": []})
    if places["enabled"] if local is None else local:
        spans += [_span(row) for row in places["holidays"]]
    return Calendar(
        published=frozenset(years),
        holidays={day: holiday_name(span.name) for span in spans for day in span.days()},
        makeup=frozenset(
            date.fromisoformat(day) for table in years.values() for day in table["makeup_workdays"]
        ),
        terms=_spans(data.get("terms", [])),
        vacations=_spans(data.get("vacations", [])),
        report_periods=_spans(data.get("report_periods", [])),
        office=tuple(_hours(text) for text in data.get("office_hours", {}).get("workday", [])),
        **_quiet(data.get("quiet_hours")),
    )


@cache
def shipped() -> Mapping[str, Any]:
    """The tables that come with the portal: the first version of the calendar takes the national
    part and the hours, the sample college the rest."""
    text = files("portal.rulebook").joinpath("data/calendar.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def built_in(*, local: bool | None = None) -> Calendar:
    """The calendar of the shipped tables. What is in force, `working_calendar` knows."""
    return from_data(shipped(), local=local)
