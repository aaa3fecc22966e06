"""第十八条 as pure date functions: due date, feedback plan, first yellow day, co-unit's date.

All dates are Shanghai days. 「天」 are natural days unless the level's `mode` says otherwise; the
day of issue is day 0. Nothing here reads a clock, a request or a table.
Changes of a date: `deadline_changes`; lights: `lights`; on time or late: `verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Final, Literal, NamedTuple

from portal.rulebook.policy import CURRENT, Level, Policy
from portal.rulebook.workdays import DAY, Calendar

Warn = Literal["rolled_forward", "due_on_rest_day", "calendar_missing"]

PROBLEMS: Final = {
    "due_before_issue": "完成时限早于交办日期，请重新确定完成时限后再下达交办通知。",
    "days_out_of_range": "办理天数不在该等级的规定范围内，请改填具体完成日期并写明依据。",
    "days_not_allowed": "四级事项不按天数计算，请填写完成日期或选择长期。",
    "needs_due": "该等级事项应有完成时限，请填写办理天数或完成日期。",
    "not_later": "新的完成时限应晚于现行时限，请重新填写。",
    "past": "新的完成时限不得早于当日，请重新填写。",
}


class DeadlineError(ValueError):
    """A deadline the articles do not allow; `code` is a key of PROBLEMS, the text its sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(PROBLEMS[code])
        self.code = code


class Plan(NamedTuple):
    """The dates of an issued item. `raw` is the last day before it moved off a rest day.

    An open-ended item (长期) has neither `raw`, `due` nor `yellow_from`, and no `points`:
    `open_points` yields them one by one. `provisional`: counted over a year whose holidays are
    not known yet (「暂定」).
    """

    base: date
    raw: date | None
    due: date | None
    points: tuple[date, ...]
    yellow_from: date | None
    warnings: tuple[Warn, ...]
    provisional: bool


def plan(
    level: Level,
    base: date,
    calendar: Calendar,
    *,
    days: int | None = None,
    explicit: date | None = None,
    open_ended: bool = False,
    policy: Policy = CURRENT,
) -> Plan:
    """第十八条: the dates of an item issued on `base` (交办).

    Give `days`, or an `explicit` date (第十八条第（五）项: never moved), or `open_ended` (长期),
    or nothing for the level's default. Only level 4 is open-ended, and is so by default.
    Raises DeadlineError: due_before_issue, days_out_of_range, days_not_allowed, needs_due.
    """
    if explicit is not None:
        return dated(level, base, explicit, explicit, calendar, policy=policy)
    if open_ended or (level.default_days is None and days is None):
        if level.default_days is not None:
            raise DeadlineError("needs_due")
        return Plan(base, None, None, (), None, (), False)
    raw, due = last_day(level, base, _checked_days(level, days), calendar)
    return dated(level, base, raw, due, calendar, counted=True, policy=policy)


def _checked_days(level: Level, days: int | None) -> int:
    """第十八条: the days asked for, or the level's default."""
    if level.default_days is None or level.days_min is None or level.days_max is None:
        raise DeadlineError("days_not_allowed")
    if days is None:
        return level.default_days
    if not level.days_min <= days <= level.days_max:
        raise DeadlineError("days_out_of_range")
    return days


def last_day(level: Level, start: date, days: int, calendar: Calendar) -> tuple[date, date]:
    """The day `days` after `start`, raw and moved off a rest day where the level says so."""
    raw = _add(start, days, level, calendar)
    return raw, calendar.roll_forward(raw) if level.roll else raw


def dated(
    level: Level,
    base: date,
    raw: date,
    due: date,
    calendar: Calendar,
    *,
    counted: bool = False,
    policy: Policy = CURRENT,
) -> Plan:
    """The plan of an item whose last day is settled, by counting days or by name.

    DeadlineError due_before_issue.
    """
    if due < base:
        raise DeadlineError("due_before_issue")
    warnings: list[Warn] = []
    if due != raw:
        warnings.append("rolled_forward")
    if not calendar.is_workday(due):
        warnings.append("due_on_rest_day")
    known = all(calendar.is_published(year) for year in range(base.year, due.year + 1))
    if not known:
        warnings.append("calendar_missing")
    points = feedback_points(level, base, raw, due, calendar)
    movable = counted and (level.roll or level.mode == "workday")
    return Plan(
        base,
        raw,
        due,
        points,
        yellow_from(base, due, policy),
        tuple(warnings),
        provisional=movable and not known,
    )


def _add(base: date, days: int, level: Level, calendar: Calendar) -> date:
    if level.mode == "workday":
        return calendar.add_workdays(base, days)
    return base + days * DAY


def feedback_points(
    level: Level, base: date, raw: date, due: date, calendar: Calendar
) -> tuple[date, ...]:
    """第十八条: the days on which a progress report is due, ascending, none twice.

    Level 1: one, half-way, at the latest the due day. Others: every 5, 10 or 30 days from the base,
    before the raw due date; off rest days, and always after the base and before the due day,
    because the 办结 report is the last one.
    """
    return tuple(sorted({day for _, day in numbered_points(level, base, raw, due, calendar)}))


def numbered_points(
    level: Level, base: date, raw: date, due: date, calendar: Calendar
) -> Iterator[tuple[int, date]]:
    """第十八条: (k, day) of each report; two may fall on one day after a long holiday."""
    if level.report_every is None:
        yield 1, _halfway(level, base, due, calendar)
        return
    for k, point in _cycle(level, base, calendar):
        if point >= raw:
            return
        day = calendar.roll_forward(point)
        if day >= due:
            day = calendar.previous_workday(due)
        if day > base:
            yield k, day


def _halfway(level: Level, base: date, due: date, calendar: Calendar) -> date:
    if level.mode == "workday":
        days = sum(calendar.is_workday(base + n * DAY) for n in range(1, (due - base).days + 1))
    else:
        days = (due - base).days
    if days <= 1:
        return due
    return _add(base, -(-days // 2), level, calendar)


def _cycle(level: Level, base: date, calendar: Calendar) -> Iterator[tuple[int, date]]:
    """(k, raw day) of a level's reports, without end; from the base, so they do not drift."""
    if level.report_every is None:
        raise ValueError(f"level {level.number} has no cycle")
    for k in count(1):
        yield k, _add(base, k * level.report_every, level, calendar)


def open_points(level: Level, base: date, calendar: Calendar) -> Iterator[date]:
    """第十八条第（四）项: the report days of an open-ended item, ascending, without end."""
    last = base
    for _, point in _cycle(level, base, calendar):
        day = calendar.roll_forward(point)
        if day > last:
            last = day
            yield day


def yellow_from(base: date, due: date, policy: Policy = CURRENT) -> date:
    """The first day of 「临期」: 30 % of the period before the due day, 1 to 10 days."""
    share = -(-(due - base).days * policy.limit("yellow_percent") // 100)
    days = min(policy.limit("yellow_max"), max(policy.limit("yellow_min"), share))
    return max(base, due - days * DAY)


def co_due(lead_due: date, calendar: Calendar, base: date, *, policy: Policy = CURRENT) -> date:
    """第八条: inner date of a co-unit, two working days before the lead's.

    Never before the day after issue, never after the lead's own date.
    """
    inner = calendar.add_workdays(lead_due, -policy.limit("co_unit_before"))
    return min(lead_due, max(inner, base + DAY))


def recomputed(old: Plan, new: Plan) -> Plan:
    """`new` (the same item on a calendar now published) with no date earlier than in `old`.

    Points are compared one by one where both plans have as many; otherwise the new ones stand.
    """
    if old.due is None or new.due is None:
        return new
    points = new.points
    if len(old.points) == len(new.points):
        points = tuple(max(pair) for pair in zip(old.points, new.points, strict=True))
    if old.due <= new.due or old.yellow_from is None:
        return new._replace(points=points)
    return new._replace(points=points, due=old.due, yellow_from=old.yellow_from)
