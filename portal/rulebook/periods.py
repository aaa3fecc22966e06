"""第十八条: whether a 完成时限 may stand as the drafter gave it, and at which field it may not.

The form warns by it while it is filled in, 提交立项 refuses by it. Pure: today is given.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from portal.rulebook.policy import Level

LONGEST: Final = timedelta(days=3650)
"""Ten years: a period or a date beyond is a slip of typing. Open-ended items have 长期."""
TOO_FAR: Final = "请核对日期：完成时限不超过十年；没有时限的请选择长期。"


class Problem(NamedTuple):
    """Why a time limit may not stand: the sentence, its article, the field and what to mend."""

    reason: str
    article: str
    field: str
    message: str


class Period(NamedTuple):
    """A time limit as given: `kind` is days, date or open (长期)."""

    kind: str
    days: int | None
    date: date | None
    basis: str = ""


def unfinished(level: Level, given: Period) -> Problem | None:
    """What not even a draft can hold: the kind is chosen, its number or date is not there."""
    if given.kind == "days" and given.days is None:
        return _no_days(level)
    if given.kind == "date" and given.date is None:
        return Problem("请填写完成时限。", "18(5)", "deadline_date", "请填写日期。")
    return None


def problem(level: Level, given: Period, today: date) -> Problem | None:
    """The first of the `problems`; None without any."""
    return next(iter(problems(level, given, today)), None)


def problems(level: Level, given: Period, today: date) -> tuple[Problem, ...]:
    """第十八条: the days lie in the level's range; anything else is an explicit date with basis."""
    found = unfinished(level, given)
    if found is None and given.kind == "days":
        found = _days(level, given.days or 0)
    if found is None and given.kind == "open" and level.default_days is not None:
        found = Problem("仅四级事项可以设为长期。", "18(4)", "deadline_kind", "请选择其他时限。")
    if found is None and given.date is not None:
        found = _date(given.date, today)
    dated = given.kind == "date" or given.date is not None
    without = _basis(level, given.basis) if dated else None
    return tuple(each for each in (found, without) if each is not None)


def _no_days(level: Level) -> Problem:
    return Problem(
        f"{level.label}事项请填写明确日期或选择长期。",
        level.article,
        "deadline_kind",
        "请改填明确日期或选择长期。",
    )


def _days(level: Level, days: int) -> Problem | None:
    low, high = level.days_min, level.days_max
    if low is None or high is None:
        return _no_days(level)
    if low <= days <= high:
        return None
    return Problem(
        f"{level.label}事项的办理时限为{low}至{high}天；其他时限请填写明确日期和依据。",
        level.article,
        "deadline_days",
        f"请填写{low}至{high}之间的天数。",
    )


def _date(day: date, today: date) -> Problem | None:
    if day < today:
        return Problem(
            "完成时限已过，请重新填写。", "18(5)", "deadline_date", "完成时限不得早于今天。"
        )
    if day - today > LONGEST:
        return Problem("完成时限过远，请核对年份。", "18(5)", "deadline_date", TOO_FAR)
    return None


def _basis(level: Level, basis: str) -> Problem | None:
    if not basis.strip() and level.default_days is not None:
        return Problem("填写明确日期的，请写明依据。", "18(5)", "deadline_basis", "请写明依据。")
    return None
