"""完成时限 in words, and the dates an item would have if it were issued today (第十八、十九条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from portal.rulebook import deadlines, periods, working_calendar
from portal.rulebook.deadline_changes import extension_cutoff
from portal.rulebook.deadline_texts import (
    NO_ROOM,
    PROVISIONAL,
    WARNINGS,
    cycle_text,
    deadline_text,
    long_date,
    vacation_text,
)
from portal.rulebook.deadlines import Plan
from portal.rulebook.periods import Period
from portal.rulebook.policy import Level
from portal.rulebook.proposals import Settled
from portal.rulebook.workdays import Calendar

LITTLE_ROOM: Final = "办理期较短：最迟应于{until}申请延期，交办后仅余{days}天，请确认"
LITTLE: Final = 2
"""Days from 交办 to the last day for a request, below which the form warns (第十九条)."""
NO_DATE: Final = "请填写完成日期"
MOST_POINTS: Final = 4
"""Feedback days that are named; of more only the number is said."""
BASIS_IS_ASKED_LATER: Final = "依据"
"""A text is no choice: whether the basis is written, the form's own field says."""


class Preview(NamedTuple):
    """`limit` is the field 完成时限; `dates` are (label, words) of an issue today; all in words."""

    limit: str
    cycle: str
    dates: list[tuple[str, str]]
    warnings: list[str]


def preview_of(today: date, level: Level, settled: Settled, with_co_units: bool) -> Preview:
    """The preview; what may not be submitted is said instead of dates."""
    period = Period(
        settled.deadline_kind,
        settled.deadline_days,
        settled.deadline_date,
        BASIS_IS_ASKED_LATER,
    )
    cycle = cycle_text(level)
    if periods.unfinished(level, period) is not None:
        return Preview(NO_DATE, cycle, [], [])
    limit = deadline_text(
        level, due=period.date, days=period.days, open_ended=period.kind == "open"
    )
    found = periods.problem(level, period, today)
    if found is not None:
        return Preview(limit, cycle, [], [found.reason])
    calendar = working_calendar.current()
    plan = deadlines.plan(
        level,
        today,
        calendar,
        days=period.days,
        explicit=period.date,
        open_ended=period.kind == "open",
    )
    return Preview(limit, cycle, _dates(plan, calendar, with_co_units), _warnings(plan, calendar))


def _dates(plan: Plan, calendar: Calendar, with_co_units: bool) -> list[tuple[str, str]]:
    if plan.due is None:
        return []
    sure = f"（{PROVISIONAL}）" if plan.provisional else ""
    dates = [("完成时限", f"{long_date(plan.due)}前{sure}")]
    if plan.points:
        dates.append(("反馈日期", _points(plan.points, plan.base)))
    if with_co_units:
        inner = deadlines.co_due(plan.due, calendar, plan.base)
        dates.append(("协办单位时限", f"{_short(inner, plan.base)}前"))
    cutoff = extension_cutoff(plan.base, plan.due)
    if cutoff.date() > plan.base:
        noon = "12时" if cutoff.date() == plan.due else ""
        dates.append(("最迟申请延期", _short(cutoff.date(), plan.base) + noon))
    return dates


def _points(points: Sequence[date], base: date) -> str:
    named = "、".join(_short(day, base) for day in points[:MOST_POINTS])
    return named if len(points) <= MOST_POINTS else f"{named}等，共{len(points)}次"


def _short(day: date, base: date) -> str:
    return long_date(day).removeprefix(f"{base.year}年")


def _warnings(plan: Plan, calendar: Calendar) -> list[str]:
    if plan.due is None:
        return []
    said = [WARNINGS[code] for code in plan.warnings]
    said += [text for text in [vacation_text(plan.due, calendar)] if text]
    said += _room(extension_cutoff(plan.base, plan.due), plan)
    return said


def _room(cutoff: datetime, plan: Plan) -> list[str]:
    """What the period leaves of 第十九条, where that is little or nothing."""
    left = (cutoff.date() - plan.base).days
    if left <= 0:
        return [NO_ROOM]
    if left > LITTLE:
        return []
    noon = "12时前" if cutoff.date() == plan.due else ""
    until = _short(cutoff.date(), plan.base) + noon
    return [LITTLE_ROOM.format(until=until, days=left)]
