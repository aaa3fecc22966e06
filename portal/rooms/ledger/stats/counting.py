"""The numbers of 统计分析: each one with the address of the ledger that shows its rows.

What is counted and by which day stands in `portal/item/counted.py`; a number and its rows are the
same filters, read twice. Only what the viewer may know of is counted (SPEC §6.2, §7.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select

from portal.extensions import db
from portal.item import counted
from portal.item.counted import listed
from portal.item.lights import ORDER, rank
from portal.models import Item, Unit
from portal.rooms.ledger.conditions import conditions
from portal.rooms.ledger.filters import Filters, states_of
from portal.rooms.ledger.periods import CUSTOM, Days, term_days
from portal.rulebook import working_calendar
from portal.rulebook.scope import Viewer
from portal.rulebook.workdays import DAY

MOST_MONTHS: Final = 24
"""Months of the trend: the last ones of the period."""


class Number(NamedTuple):
    """How many, and the ledger's address that shows them. None: the days are still to come."""

    n: int | None
    href: str


class Month(NamedTuple):
    """A month of the trend, as far as it lies in the period."""

    days: Days
    filed: Number
    closed: Number


VALUES: Final[Mapping[str, Callable[[Any], str]]] = {
    "state": lambda row: row.state,
    "light": lambda row: ORDER[row.place],
    "level": lambda row: str(row.level),
    "category": lambda row: row.category,
    "unit": lambda row: row.unit,
}
"""Filters of the ledger by which the rows of a period are told apart, and a row's value of each."""


@dataclass(frozen=True)
class Tally:
    """The items of a period, counted by all that `VALUES` tells apart at once."""

    period: Filters
    rows: Sequence[Any]
    sums: dict[tuple[str, ...], Counter[tuple[str, ...]]] = field(default_factory=dict)
    """By some of the filters together, by their values: added up once, then looked up."""

    def number(self, **asked: str) -> Number:
        """How many items of the period these filters find."""
        found = self._by(tuple(asked))
        meant = (states_of(value) if name == "state" else (value,) for name, value in asked.items())
        return Number(sum(found[values] for values in product(*meant)), self.period.href(**asked))

    def occurring(self, name: str) -> set[str]:
        """The values that a column (`state`, `unit`) has among the items."""
        return {value for (value,) in self._by((name,))}

    def _by(self, names: tuple[str, ...]) -> Counter[tuple[str, ...]]:
        if names not in self.sums:
            counted: Counter[tuple[str, ...]] = Counter()
            read = [VALUES[name] for name in names]
            for row in self.rows:
                counted[tuple([of(row) for of in read])] += row.n
            self.sums[names] = counted
        return self.sums[names]


def days_of(period: Filters, today: date) -> Days:
    """The days of a period; a bound that was not given is None."""
    calendar = working_calendar.current()
    return term_days(period.term, today, calendar, period.since, period.until)


def tally(viewer: Viewer, period: Filters) -> Tally:
    """Count the items of a period."""
    clauses = conditions(viewer, period, ()).values()
    rows = (
        listed(viewer)
        .join(Unit, Unit.id == Item.lead_unit_id)
        .where(*clauses)
        .with_only_columns(
            Item.state,
            rank(viewer.moment.day).label("place"),
            Item.level,
            Item.category,
            Unit.code.label("unit"),
        )
        .subquery()
    )
    by = list(rows.c)
    found = db.session.execute(select(*by, func.count().label("n")).group_by(*by)).all()
    return Tally(period, found)


def units(codes: Collection[str]) -> list[tuple[str, str]]:
    """Code and name of units in the official order, ended ones too."""
    named = select(Unit.code, Unit.short_name).where(Unit.code.in_(codes))
    rows = db.session.execute(named.order_by(Unit.sort_no, Unit.id))
    return [(row.code, row.short_name) for row in rows]


class Course(NamedTuple):
    """立项 and 销号 of a period (销号 whenever the item was filed), and month by month."""

    filed: Number
    closed: Number
    months: list[Month]


def course(viewer: Viewer, days: Days, today: date) -> Course:
    """Count them: two statements, the whole being the sum of its months."""
    begun = _by_month(viewer, Item.filed_on, counted.filed(*days))
    done = _by_month(viewer, Item.closed_on, counted.closed(*days))
    return Course(
        Number(sum(begun.values()), _address("filed", days)),
        Number(sum(done.values()), _address("closed", days)),
        _months(begun, done, months_of(days, today), today),
    )


def _months(
    begun: Mapping[date, int], done: Mapping[date, int], months: Sequence[Days], today: date
) -> list[Month]:

    def number(name: str, found: Mapping[date, int], month: Days) -> Number:
        first = month.first or today
        to_come = first > today
        n = None if to_come else found.get(first.replace(day=1), 0)
        return Number(n, _address(name, month))

    return [
        Month(month, number("filed", begun, month), number("closed", done, month))
        for month in months
    ]


def months_of(days: Days, today: date) -> list[Days]:
    """The months of a period, cut to it, at most the last `MOST_MONTHS` of them. Without an end it
    ends today; it never goes on beyond next year."""
    last = min(days.last or today, date(today.year + 1, 12, 31))
    first = days.first or date.min
    if first > last:
        return []
    newest = last.year * 12 + last.month - 1
    oldest = max(first.year * 12 + first.month - 1, newest - MOST_MONTHS + 1)
    return [
        Days(max(first, _month(number)), min(last, _month(number + 1) - DAY))
        for number in range(oldest, newest + 1)
    ]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _by_month(viewer: Viewer, day: Any, counts: ColumnElement[bool]) -> dict[date, int]:
    rows = listed(viewer).where(counts).with_only_columns(func.date_trunc("month", day).label("m"))
    found = rows.subquery()
    query = select(found.c.m, func.count().label("n")).group_by(found.c.m)
    return {row.m.date(): row.n for row in db.session.execute(query)}


def _address(name: str, days: Days) -> str:
    """The ledger's address of what was filed or closed on these days."""
    bounds = {
        f"{name}_from": days.first.isoformat() if days.first else "",
        f"{name}_to": days.last.isoformat() if days.last else "",
    }
    return Filters(**{name: CUSTOM, **bounds}).href()  # type: ignore[arg-type]  # by name
