"""What may not stand in the tables of 工作日历, each with its line; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from portal.rooms.calendar.reading import Line, Wrong
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.workdays import DAY

LONGEST_HOLIDAY: Final = timedelta(days=15)
WEEKDAYS: Final = "一二三四五六日"
NEW_YEAR: Final = "元旦"
NOTHING: Final = "没有读到节假日，请粘贴放假安排或选择文件。"
LONGEST_NAME: Final = 40
A_YEAR: Final = timedelta(days=366)
YEARS: Final = range(2000, 2100)


def year_problems(lines: Sequence[Line], year: int) -> list[Wrong]:
    """A year's table: everything wrong with it, by line."""
    if not any(not line.worked for line in lines):
        return [Wrong(0, NOTHING)]
    found: list[Wrong] = []
    taken: dict[date, Line] = {}
    for line in sorted(lines, key=lambda line: line.worked):
        wrong = list(_of_line(line, year)) or list(_met(line, taken))
        found += wrong
        if not wrong:
            taken |= dict.fromkeys(_days(line), line)
    return sorted(found)


def _of_line(line: Line, year: int) -> Iterator[Wrong]:
    if line.end < line.start:
        said = "结束日期早于开始日期，跨年的请写明年份"
        yield Wrong(line.place, f"“{line.name}”{said}")
        return
    if not (_may_start(line, year) and line.end.year == year):
        where = long_date(line.start if line.start.year != year else line.end)
        yield Wrong(line.place, f"“{line.name}”的{where}不在{year}年")
        return
    if line.end - line.start >= LONGEST_HOLIDAY:
        days = (line.end - line.start).days + 1
        yield Wrong(line.place, f"“{line.name}”共{days}天，请核对起止日期")
    if len(line.name) > LONGEST_NAME:
        yield Wrong(line.place, f"名称不超过{LONGEST_NAME}个字")
    if line.worked:
        for day in _days(line):
            if day.weekday() < 5:
                said = f"{long_date(day)}是周{WEEKDAYS[day.weekday()]}，本来就是工作日"
                yield Wrong(line.place, f"{said}，调休上班应为周六或周日")


def _may_start(line: Line, year: int) -> bool:
    """元旦 may begin in the last days of the year before."""
    before = line.name.startswith(NEW_YEAR) and line.start.month == 12
    return line.start.year == year or (before and line.start.year == year - 1)


def _met(line: Line, taken: dict[date, Line]) -> Iterator[Wrong]:
    for day in _days(line):
        if day in taken:
            other = taken[day]
            said = f"{long_date(day)}与第{other.place}行“{other.name}”重复"
            if line.worked and not other.worked:
                said = (
                    f"{long_date(day)}在第{other.place}行“{other.name}”的假期内，不能又是调休上班"
                )
            yield Wrong(line.place, said)
            return


def span_problems(
    lines: Sequence[Line], what: str, *, tiled: bool = False, longest: timedelta = A_YEAR
) -> list[Wrong]:
    """Terms, vacations, local holidays, 督办期: none ends before it starts, none meets another;
    `tiled`: each begins the day after the one before."""
    found = [
        Wrong(line.place, f"“{line.name}”结束日期早于开始日期")
        for line in lines
        if line.end < line.start
    ]
    found += [
        Wrong(line.place, f"名称不超过{LONGEST_NAME}个字")
        for line in lines
        if len(line.name) > LONGEST_NAME
    ]
    found += [
        Wrong(line.place, f"“{line.name}”请核对起止日期")
        for line in lines
        if line.start.year not in YEARS
        or line.end.year not in YEARS
        or line.end - line.start >= longest
    ]
    found += [Wrong(line.place, f"{what}不能是调休上班") for line in lines if line.worked]
    if found:
        return found
    for before, after in pairwise(sorted(lines, key=lambda line: line.start)):
        if after.start <= before.end:
            said = f"“{after.name}”与第{before.place}行“{before.name}”的日期重叠"
            found.append(Wrong(after.place, said))
        elif tiled and after.start != before.end + DAY:
            said = f"“{after.name}”与“{before.name}”之间有空档，{what}应前后相接"
            found.append(Wrong(after.place, said))
    return found


def apart(terms: Sequence[Line], vacations: Sequence[Line]) -> list[Wrong]:
    """A day lies in a term or in a vacation, not in both; told at the vacation."""
    return [
        Wrong(vacation.place, f"“{vacation.name}”与学期“{term.name}”的日期重叠")
        for vacation in vacations
        for term in terms
        if vacation.start <= term.end and term.start <= vacation.end
    ]


def _days(line: Line) -> Iterator[date]:
    for n in range((line.end - line.start).days + 1):
        yield line.start + n * DAY
