"""The indicators counted over plain items in plain Python: the formulas of SPEC §6.2 once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import NamedTuple

from tests.figures.plain import DAY, Plain

DONE, WAITING = {"closed", "archived"}, {
    "closing_sign", "closing_check", "closing_review", "closing_report", "closing_filing",
}  # fmt: skip
SENT_BACK = {"return_feedback", "return_supplement_filing", "not_met", "not_met_filing"}


class Told(NamedTuple):
    """What a figure says: numerator, denominator, printed, median."""

    part: int
    whole: int | None
    printed: str
    middle: str = ""


class Owner(NamedTuple):
    """Whose figures: does this item, this unit's row of it, belong to it."""

    holds: Callable[[Plain, int], int]
    """How often a row of this unit on this item is counted: 0 or 1."""


WHOLE = Owner(lambda _item, _unit: 1)


def of_unit(unit: int) -> Owner:
    """A unit's own."""
    return Owner(lambda _item, at: int(at == unit))


def of_person(person: int) -> Owner:
    """承办人 of the row's unit."""
    return Owner(lambda item, at: sum((who, unit) == (person, at)
                                      for who, unit, role in item.workers
                                      if role in ("handler", "co_handler")))  # fmt: skip


def printed(value: Decimal | None) -> str:
    """One decimal, half up; 「—」."""
    if value is None:
        return "—"
    return str(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def _count(number: int) -> Told:
    return Told(number, None, str(number))


def _rate(part: int, whole: int) -> Told:
    return Told(part, whole, printed(Decimal(100 * part) / whole if whole else None))


def _mean(days: list[int]) -> Told:
    value = Decimal(sum(days)) / len(days) if days else None
    middle = Decimal(str(median(days))) if days else None
    return Told(sum(days), len(days), printed(value), printed(middle))


def count(
    items: Iterable[Plain], first: date, last: date, today: date, owner: Owner,
    shared: Iterable[Plain] | None = None,
) -> dict[str, Told]:  # fmt: skip
    """All indicators of the items; `shared`: those whose co-units' shares are known."""
    items = [item for item in items if item.filed or item.issued]
    mine = [item for item in items for _ in range(owner.holds(item, item.unit))]
    stand = [item for item in mine if item.state not in ("void", "rejected")]

    def inside(day: date | None) -> bool:
        return day is not None and first <= day <= last

    issued = [item for item in stand if inside(item.issued) and item.state != "exempted"]
    coming = [
        item for item in stand if item.issued and inside(item.due) and item.state != "exempted"
    ]
    due = [
        item for item in coming
        if item.state in DONE or (item.due < today and item.state not in WAITING)
    ]  # fmt: skip
    done = [item for item in due if item.state in DONE]
    red = [item for item in stand if item.light == "red"]
    owed = [
        (answers and min(answers) <= day)
        for item in stand if item.issued
        for day, answers in item.reports
        if inside(day) and _owed(item, day, min(answers, default=None), today)
    ]  # fmt: skip
    standing = [item for item in items if item.state not in ("void", "rejected")]
    notices = [
        item for item in standing for unit, day, state in item.notices
        if state != "ug_void" and inside(day) for _ in range(owner.holds(item, unit))
    ]  # fmt: skip
    parts = [
        (item, inner, answered)
        for item in (items if shared is None else shared)
        if item.issued and item.state not in ("void", "rejected")
        for unit, state, inner, answered in item.shares
        if state in ("issued", "received", "handed_in")
        for _ in range(owner.holds(item, unit))
    ]
    answers = [
        answered is not None and answered <= inner for item, inner, answered in parts
        if inner and inside(inner) and _owed(item, inner, answered, today)
    ]  # fmt: skip
    used = [
        (item.level, (_completed(item) - item.issued) // DAY) for item in stand
        if item.state in DONE and inside(item.closed) and item.issued and _completed(item)
    ]  # fmt: skip
    return {
        "filed": _count(sum(inside(item.filed) and item.state != "void" for item in mine)),
        "closed": _rate(sum(item.state in DONE for item in issued), len(issued)),
        "due_closed": _rate(len(done), len(due)),
        "pending": _count(sum(item.state in WAITING for item in coming)),
        "on_time": _rate(sum(_by(item, item.due) for item in done), len(due)),
        "on_time_original": _rate(sum(_by(item, item.original) for item in done), len(due)),
        "feedback": _rate(sum(map(bool, owed)), len(owed)),
        "urged": _count(len(notices)),
        "items_urged": _count(len({item.id for item in notices})),
        "extended": _count(sum(
            (kind, state) == ("extend", "approved") and inside(day)
            for item in stand for kind, state, day in item.extensions
        )),
        "returned": _count(sum(
            inside(day) and _sent_back(act, before)
            for item in stand for act, day, before in item.returns
        )),
        "days_used": _mean([days for level, days in used if level != 4]),
        "days_used_open": _mean([days for level, days in used if level == 4]),
        "overdue": _count(len(red)),
        "overdue_days": _mean([
            (today - item.due) // DAY for item in red if item.due and item.due < today
        ]),
        "shared": _count(sum(inside(item.issued) for item, _inner, _answered in parts)),
        "shared_on_time": _rate(sum(answers), len(answers)),
    }  # fmt: skip


def _sent_back(act: str, before: str) -> bool:
    return act in SENT_BACK or (act in ("return_supplement", "enter_paper") and before in WAITING)


def _completed(item: Plain) -> date | None:
    accepted = [day for outcome, day in item.closures if outcome == "accepted"]
    return accepted[-1] if accepted else None


def _by(item: Plain, due: date | None) -> bool:
    completed = _completed(item)
    return completed is not None and due is not None and completed <= due


def _end(item: Plain) -> date | None:
    if item.state in DONE:
        return _completed(item)
    if item.state == "exempted":
        given = [day for kind, state, day in item.extensions
                 if (kind, state) == ("exempt", "approved")]  # fmt: skip
        return max(given, default=None)
    return item.handed_in if item.state in WAITING else None


def _owed(item: Plain, day: date, answered: date | None, today: date) -> bool:
    end = _end(item)
    early = answered is not None and answered <= day
    return early or (day < today and (end is None or day <= end))
