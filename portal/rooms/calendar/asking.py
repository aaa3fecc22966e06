"""What 时限计算 is asked, read from the address; whether the articles allow it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from portal.rulebook import periods
from portal.rulebook.periods import Period
from portal.rulebook.policy import CURRENT
from portal.rulebook.policy_shapes import Level

KINDS: Final = {"days": "按天数", "date": "明确日期", "open": "长期"}
FIRST_YEAR, LAST_YEAR = 2000, 2099
NO_START: Final = "请填写交办日期。"
BASIS: Final = "依据"
"""A text is no date: whether the basis of a named date is written, the form of 立项 asks."""


class Asked(NamedTuple):
    """What the calculator was asked; `wrong` says why it cannot be answered, at `field`."""

    level: Level
    start: date | None
    period: Period
    wrong: str = ""
    field: str = ""


def asked_of(given: Mapping[str, str], today: date) -> Asked:
    """The question in an address; an empty one asks for level 2 from today on."""
    level = CURRENT.level(_level(given.get("level", "")))
    start = _date(given.get("start", "")) if given else today
    period = _period(given, level)
    if start is None or not FIRST_YEAR <= start.year <= LAST_YEAR:
        return Asked(level, None, period, NO_START, "start")
    problem = periods.unfinished(level, period) or periods.problem(level, period, start)
    if problem is not None:
        return Asked(level, start, period, problem.reason, problem.field)
    return Asked(level, start, period)


def range_of(level: Level) -> str:
    """「7至15天」."""
    if level.default_days is None:
        return "填写完成日期或选择长期"
    return f"{level.days_min}至{level.days_max}天"


def _level(text: str) -> int:
    return int(text) if text in ("1", "2", "3", "4") else 2


def _period(given: Mapping[str, str], level: Level) -> Period:
    kind = given.get("kind", "days")
    if kind == "date":
        return Period("date", None, _date(given.get("date", "")), BASIS)
    if kind == "open":
        return Period("open", None, None)
    return Period("days", _days(given.get("days", ""), level), None)


def _days(text: str, level: Level) -> int | None:
    """The number typed; nothing typed is the level's own number of days."""
    if not text.strip():
        return level.default_days
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
