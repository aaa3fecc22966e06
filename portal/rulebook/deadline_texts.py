"""Deadlines in words: 完成时限 as the annexes print it, feedback cycles, warnings at entry."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from portal.rulebook.deadlines import Warn
from portal.rulebook.policy import Level
from portal.rulebook.workdays import Calendar, Span

PROVISIONAL: Final = "暂定"
NO_ROOM: Final = "办理期过短：最迟申请延期的时间不晚于交办当日，交办后不能再按第十九条申请延期"

WARNINGS: Final[dict[Warn, str]] = {
    "rolled_forward": "期限最后一日为休息日，已顺延至下一工作日",
    "due_on_rest_day": "该日为休息日",
    "calendar_missing": "该年节假日表尚未维护，日期暂定",
}


def long_date(day: date) -> str:
    """「2026年11月3日」: full year, no zero padding."""
    return f"{day.year}年{day.month}月{day.day}日"


def deadline_text(
    level: Level, *, due: date | None = None, days: int | None = None, open_ended: bool = False
) -> str:
    """The field 完成时限 of the annexes.

    After 交办 and for explicit dates give `due`; before 交办 give `days` (None: the default).
    """
    if due is not None:
        return f"{long_date(due)}前"
    if open_ended or level.default_days is None:
        return f"长期（{cycle_text(level).removesuffix('1次')}）"
    unit = "个工作日" if level.mode == "workday" else "天"
    return f"自交办之日起{days or level.default_days}{unit}"


def cycle_text(level: Level) -> str:
    """第十八条: how often the unit reports, 「每5天反馈1次」."""
    if level.report_every is None:
        return "办理期间至少反馈1次"
    unit = "个工作日" if level.mode == "workday" else "天"
    return f"每{level.report_every}{unit}反馈1次"


def span_text(span: Span) -> str:
    """「2027年1月18日—2月28日」: the year of the end only where it differs."""
    end = long_date(span.end)
    if span.end.year == span.start.year:
        end = end.removeprefix(f"{span.end.year}年")
    return f"{long_date(span.start)}—{end}"


def vacation_text(due: date, calendar: Calendar) -> str | None:
    """The warning at 立项 when a due date lies in a vacation; None when it does not."""
    vacation = calendar.vacation_of(due)
    if vacation is None:
        return None
    name = re.sub(r"^\d+年", "", vacation.name)
    return f"完成时限在{name}期间（{span_text(vacation)}），请确认"
