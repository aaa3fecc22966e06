"""What the address of 指标 asks for.

| name | value |
| --- | --- |
| term | current, previous, year, month; custom with since and until (ISO days) |
| month | YYYY-MM: that month |
| by | college, unit, person |
| unit, person | code of a unit, 工号: whose rows |
| open | 1: without sensitive items |
| at | ISO day: as everything stood at its end; without it, now |
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from portal.codes import is_code
from portal.figures import By, Period
from portal.item.report_periods import report_period
from portal.rulebook.workdays import DAY, Calendar

TERMS: Final = {
    "current": "本学期", "previous": "上学期", "year": "本年度", "month": "本月",
    "custom": "自定义",
}  # fmt: skip
LONGEST: Final = timedelta(days=3660)
ORDER: Final = "截止日期早于起始日期，请重新填写。"
BOTH: Final = "请填写起止日期。"
UNREADABLE: Final = "日期无法识别，请按“2026-11-23”的格式填写。"
LATER: Final = "截至日期不能晚于今天。"
TOO_LONG: Final = "统计期间不超过十年，请缩短期间。"


class Asked(NamedTuple):
    """A reading of the address. `problem` is a sentence where its days cannot be meant: then
    `period` is None."""

    term: str
    since: str
    until: str
    by: By
    period: Period | None
    problem: str = ""
    unit: str = ""
    person: str = ""
    open: bool = False
    at: date | None = None

    def query(self, **changes: str) -> str:
        """The same question with some parts changed, as the part of an address."""
        said = {
            "term": self.term,
            "since": self.since if self.term == "custom" else "",
            "until": self.until if self.term == "custom" else "",
            "by": "" if self.by is By.COLLEGE else self.by.value,
            "unit": self.unit,
            "person": self.person,
            "open": "1" if self.open else "",
            "at": self.at.isoformat() if self.at else "",
        }
        said |= changes
        return urlencode({name: value for name, value in said.items() if value})


def read(args: Mapping[str, str], today: date, calendar: Calendar) -> Asked:
    """Read an address; days that cannot be meant are said, not guessed."""
    since, until = args.get("since", "").strip(), args.get("until", "").strip()
    given = args.get("term", "")
    term = given if given in TERMS else "current"
    if since or until or given == "custom":
        term = "custom"
    month = _month(args.get("month", ""))
    problem, period = "", None
    if month is not None and term != "custom":
        term, period = "custom", month
        since, until = (day.isoformat() for day in month)
    elif term == "custom":
        problem, period = _custom(since, until)
    else:
        period = _named(term, today, calendar)
    at, wrong = day_asked(args.get("at", ""), today)
    if wrong:
        problem, period = problem or wrong, None
    by = args.get("by", "")
    return Asked(
        term,
        since,
        until,
        By(by) if by in set(By) else By.COLLEGE,
        period,
        problem,
        unit=_code(args.get("unit", "")),
        person=_code(args.get("person", "")),
        open=args.get("open") == "1",
        at=at if at != today else None,
    )


def day_asked(given: str, today: date) -> tuple[date | None, str]:
    """The day of `at`, None for none; or a sentence why it cannot be."""
    if not given.strip():
        return None, ""
    try:
        day = date.fromisoformat(given.strip())
    except ValueError:
        return None, UNREADABLE
    return (None, LATER) if day > today else (day, "")


def _named(term: str, today: date, calendar: Calendar) -> Period:
    if term == "year":
        return Period(date(today.year, 1, 1), date(today.year, 12, 31))
    if term == "month":
        return _month_of(today)
    first, last = report_period(today, calendar)
    if term == "previous":
        first, last = report_period(first - DAY, calendar)
    return Period(first, last)


def _month_of(day: date) -> Period:
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def _month(given: str) -> Period | None:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", given) or given < "1900":
        return None
    return _month_of(date.fromisoformat(f"{given}-01"))


def _custom(since: str, until: str) -> tuple[str, Period | None]:
    if not since or not until:
        return BOTH, None
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        return UNREADABLE, None
    if last < first:
        return ORDER, None
    if last - first > LONGEST:
        return TOO_LONG, None
    return "", Period(first, last)


def _code(given: str) -> str:
    return given if is_code(given) else ""
