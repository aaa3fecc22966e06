"""时限计算: every date of a period, each with why it is that day and its article (第十八、十九条).

Pure: level, start and calendar are given. The dates are those of `deadlines`; here only the reasons
are put into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from portal.rulebook import deadlines
from portal.rulebook.deadline_changes import extension_cutoff
from portal.rulebook.deadline_texts import (
    NO_ROOM,
    PROVISIONAL,
    WARNINGS,
    cycle_text,
    long_date,
    vacation_text,
)
from portal.rulebook.deadlines import Plan
from portal.rulebook.periods import Period
from portal.rulebook.policy import CURRENT
from portal.rulebook.policy_shapes import Level, Policy
from portal.rulebook.workdays import DAY, Calendar

WEEKDAYS: Final = "一二三四五六日"
OPEN_POINTS: Final = 3
"""How many reports of 长期 are named."""


class Finding(NamedTuple):
    """A date (or several) in words, why, and the article."""

    label: str
    value: str
    reasons: tuple[str, ...]
    article: str


class Result(NamedTuple):
    """What a period comes to, and what is to be heeded."""

    findings: list[Finding]
    warnings: list[str]


def calculate(
    level: Level, start: date, period: Period, calendar: Calendar, *, policy: Policy = CURRENT
) -> Result:
    """The dates of an item handed out on `start`. DeadlineError where the articles allow none."""
    plan = deadlines.plan(
        level,
        start,
        calendar,
        days=period.days if period.kind == "days" else None,
        explicit=period.date if period.kind == "date" else None,
        open_ended=period.kind == "open",
        policy=policy,
    )
    if plan.due is None:
        return Result(_open(level, start, calendar), [])
    findings = [
        _due(level, plan, period, calendar),
        _reports(level, plan, calendar),
        *_lights(plan, plan.due, policy),
        _cutoff(plan, plan.due, calendar, policy),
        _inner(plan, plan.due, calendar, policy),
    ]
    return Result(findings, list(_warnings(plan, plan.due, calendar)))


def _due(level: Level, plan: Plan, period: Period, calendar: Calendar) -> Finding:
    due, raw = plan.due or plan.base, plan.raw or plan.base
    mark = f"（{PROVISIONAL}）" if plan.provisional else ""
    value = f"{said(due)}{mark}"
    if period.kind == "date":
        why = "有明确要求的日期，按要求执行，遇休息日不顺延"
        return Finding("完成时限", value, (why,), "18(5)")
    unit = "个工作日" if level.mode == "workday" else "天"
    reasons = [f"自{said(plan.base)}交办起，交办当日不计，第{period.days}{unit}为{said(raw)}"]
    rest = calendar.rest_name(raw)
    if due != raw:
        reasons.append(f"{short(raw)}为{rest}，顺延至下一个工作日{short(due)}")
    elif rest:
        reasons.append(f"{short(raw)}为{rest}，{level.label}事项不因休息日顺延")
    return Finding("完成时限", value, tuple(reasons), level.article)


def _reports(level: Level, plan: Plan, calendar: Calendar) -> Finding:
    value = "、".join(said(day) for day in plan.points) or "不需要期间反馈"
    reasons = tuple(_why_reports(level, plan, calendar))
    return Finding("反馈日期", value, reasons, level.article)


def _why_reports(level: Level, plan: Plan, calendar: Calendar) -> Iterator[str]:
    due, raw = plan.due or plan.base, plan.raw or plan.base
    if level.report_every is None:
        days = (due - plan.base).days
        if days <= 1:
            yield "办理期不超过1天，于完成当日反馈"
        else:
            yield f"{level.label}事项在办理期过半时反馈1次：办理期{days}天，取一半并向上取整"
        return
    unit = "个工作日" if level.mode == "workday" else "天"
    yield f"{cycle_text(level)}，从交办之日起算，办结报告代替最后一次反馈"
    for k, day in deadlines.numbered_points(level, plan.base, raw, due, calendar):
        point = _cycle_day(level, plan.base, k, calendar)
        if day != point:
            number, rest = k * level.report_every, calendar.rest_name(point)
            yield f"第{number}{unit}{short(point)}为{rest}，{_moved(day, point)}"


def _moved(day: date, point: date) -> str:
    if day > point:
        return f"顺延至下一个工作日{short(day)}"
    return f"顺延将到完成时限当日或以后，提前至之前的工作日{short(day)}"


def _cycle_day(level: Level, base: date, k: int, calendar: Calendar) -> date:
    days = k * (level.report_every or 0)
    return calendar.add_workdays(base, days) if level.mode == "workday" else base + days * DAY


def _lights(plan: Plan, due: date, policy: Policy) -> Iterator[Finding]:
    period, yellow = (due - plan.base).days, plan.yellow_from or due
    share, most = policy.limit("yellow_percent"), policy.limit("yellow_max")
    least = policy.limit("yellow_min")
    bounds = f"最少{least}天、最多{most}天"
    why = f"办理期{period}天的{share}%，向上取整，{bounds}，为到期前{(due - yellow).days}天"
    yield Finding("临期（黄灯）", f"自{said(yellow)}起", (why,), "18")
    why = "完成时限当日仍为临期，次日起为逾期"
    yield Finding("逾期（红灯）", f"自{said(due + DAY)}起", (why,), "18")


def _cutoff(plan: Plan, due: date, calendar: Calendar, policy: Policy) -> Finding:
    cutoff, period = extension_cutoff(plan.base, due, policy=policy), (due - plan.base).days
    day, short_period = cutoff.date(), policy.limit("short_period")
    if period <= 1:
        why = "办理期不超过1天，最迟为到期当日12时"
    elif period <= short_period:
        why = f"办理期不超过{short_period}天，最迟为到期前1天"
    else:
        why = f"最迟应于办理时限到期前{policy.limit('extension_notice')}天申请，按自然日计"
    reasons = [why]
    rest = calendar.rest_name(day)
    if rest:
        reasons.append(f"{short(day)}为{rest}，申请时间不顺延")
    hour = "12时" if period <= 1 else "24时"
    return Finding("最迟申请延期", f"{said(day)}{hour}前", tuple(reasons), "19")


def _inner(plan: Plan, due: date, calendar: Calendar, policy: Policy) -> Finding:
    inner = deadlines.co_due(due, calendar, plan.base, policy=policy)
    before = policy.limit("co_unit_before")
    why = f"有协办单位的，早于牵头单位时限{before}个工作日，且不早于交办次日"
    return Finding("协办单位时限", f"{said(inner)}前", (why,), "8")


def _open(level: Level, start: date, calendar: Calendar) -> list[Finding]:
    points = []
    for day in deadlines.open_points(level, start, calendar):
        points.append(day)
        if len(points) == OPEN_POINTS:
            break
    return [
        Finding("完成时限", "长期", ("长期事项没有完成时限，办结前持续反馈",), level.article),
        Finding(
            "反馈日期",
            "、".join(said(day) for day in points) + "等",
            (f"{cycle_text(level)}，从交办之日起算，遇休息日顺延至下一个工作日",),
            level.article,
        ),
    ]


def _warnings(plan: Plan, due: date, calendar: Calendar) -> Iterator[str]:
    for code in plan.warnings:
        if code != "rolled_forward":  # the due day's own reason says it
            yield WARNINGS[code]
    vacation = vacation_text(due, calendar)
    if vacation:
        yield vacation
    if extension_cutoff(plan.base, due).date() <= plan.base:
        yield NO_ROOM


def said(day: date) -> str:
    """「2026年11月24日（周二）」."""
    return f"{long_date(day)}（周{WEEKDAYS[day.weekday()]}）"


def short(day: date) -> str:
    """「11月24日」."""
    return f"{day.month}月{day.day}日"
