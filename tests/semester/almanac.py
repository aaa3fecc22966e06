"""The dates of 第十八、十九条 worked out a second time, from SPEC §3 and the holiday table alone.

Nothing of the portal's own arithmetic is used; `test_almanac` holds it against the cases of SPEC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import portal

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
CYCLES = {2: 5, 3: 10, 4: 30}
OFFICE = ((time(8, 30), time(12)), (time(14, 30), time(18)))
LAST_SECOND = time(23, 59, 59)


@cache
def _rest_and_make_up() -> tuple[frozenset[date], frozenset[date]]:
    path = Path(portal.__file__).parent / "rulebook/data/calendar.json"
    years = json.loads(path.read_text(encoding="utf-8"))["national"].values()
    rest: set[date] = set()
    worked: set[date] = set()
    for year in years:
        for span in year.get("holidays", ()):
            first, last = (date.fromisoformat(span[end]) for end in ("start", "end"))
            rest |= {first + n * DAY for n in range((last - first).days + 1)}
        worked |= {date.fromisoformat(day) for day in year.get("makeup_workdays", ())}
    return frozenset(rest), frozenset(worked)


def works(day: date) -> bool:
    """Whether the college works on a day: weekends but the make-up days, and holidays, are rest."""
    rest, worked = _rest_and_make_up()
    return day not in rest and (day.weekday() < 5 or day in worked)


def forward(day: date) -> date:
    """The day, or the next working day."""
    while not works(day):
        day += DAY
    return day


def workday_after(day: date, number: int = 1) -> date:
    """The n-th working day after a day, before it if negative."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not works(day):
            day += step
    return day


def workdays(first: date, last: date) -> set[date]:
    """The working days after `first` up to `last`."""
    days = (first + n * DAY for n in range(1, (last - first).days + 1))
    return {day for day in days if works(day)}


def last_day(level: int, base: date, days: int) -> tuple[date, date]:
    """The raw last day, and where it falls: levels 2 and 3 move off a rest day."""
    raw = base + days * DAY
    return raw, forward(raw) if level in (2, 3) else raw


def instalments(level: int, base: date, raw: date, due: date) -> dict[int, date]:
    """SPEC §3.4: the k-th report's day, for all raw points before the raw last day."""
    if level == 1:
        days = (due - base).days
        return {1: due if days <= 1 else base + -(-days // 2) * DAY}
    found: dict[int, date] = {}
    for k in count(1):
        point = base + k * CYCLES[level] * DAY
        if point >= raw:
            return found
        day = forward(point)
        if day >= due:
            day = workday_after(due, -1)
        if day > base:
            found[k] = day
    raise AssertionError("the numbers do not end")


def endless(base: date) -> Iterator[date]:
    """Every thirty days, for 长期."""
    last = base
    for k in count(1):
        day = forward(base + k * CYCLES[4] * DAY)
        if day > last:
            last = day
            yield day


def yellow_from(base: date, due: date) -> date:
    """SPEC §3.5: the first day of 临期."""
    share = -(-(due - base).days * 3 // 10)
    return max(base, due - min(10, max(1, share)) * DAY)


def cutoff(base: date, due: date) -> datetime:
    """SPEC §3.6: the last second for a request."""
    period = (due - base).days
    if period <= 1:
        return datetime.combine(due, time(12), SHANGHAI)
    before = 1 if period <= 5 else 5
    return datetime.combine(due - before * DAY, LAST_SECOND, SHANGHAI)


def end_of_workday(moment: datetime, number: int) -> datetime:
    """The last second of the n-th working day after a moment."""
    return datetime.combine(workday_after(moment.date(), number), LAST_SECOND, SHANGHAI)


def office_hours_after(moment: datetime, hours: int) -> datetime:
    """When so many office hours have passed."""
    left, day = timedelta(hours=hours), moment.date()
    while True:
        for opens, closes in OFFICE if works(day) else ():
            start = max(moment, datetime.combine(day, opens, SHANGHAI))
            end = datetime.combine(day, closes, SHANGHAI)
            if start + left <= end:
                return start + left
            left -= max(end - start, timedelta(0))
        day += DAY
