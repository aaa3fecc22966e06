"""From the table of indicators to numbers: one statement a relation for all units or persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.types import Boolean, Float, Integer

from portal.extensions import db
from portal.figures import facts, holding, past
from portal.figures.asking import Asked, By, Period, Scope
from portal.figures.indicators import INDICATORS, Indicator
from portal.rulebook.scope import Viewer

NOTHING: Final = "—"
"""Printed where there is nothing to divide by: never 0 %, never 100 %."""


class Figure(NamedTuple):
    """A number: `part` of `whole` (per cent), the mean of `part` over `whole`, or `part` alone
    (`whole` None). `middle` is the median of a mean."""

    indicator: Indicator
    part: int
    whole: int | None = None
    middle: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        """One decimal, half away from zero; a count as it is. None: nothing to divide by."""
        if self.whole is None:
            return Decimal(self.part)
        if not self.whole:
            return None
        times = 100 if self.indicator.kind == "rate" else 1
        return rounded(Decimal(self.part * times) / self.whole)

    @property
    def printed(self) -> str:
        """The value without its unit, 「28.6」, 「3」; 「—」."""
        return NOTHING if self.value is None else str(self.value)

    @property
    def said(self) -> str:
        """The value with its unit, 「28.6%」, 「3项」; 「—」."""
        return NOTHING if self.value is None else f"{self.value}{self.indicator.unit}"

    @property
    def median(self) -> str:
        """The median of a mean with one decimal; 「—」, empty where there is none."""
        if self.indicator.kind != "mean":
            return ""
        return NOTHING if self.middle is None else str(rounded(self.middle))


class Figures(NamedTuple):
    """Figures by owner: ids of units or persons, None for all together. An owner without any row
    is not there; `of` gives what is printed then."""

    by_owner: Mapping[int | None, Mapping[str, Figure]]

    def of(self, owner: int | None = None) -> Mapping[str, Figure]:
        """The figures of an owner by the indicators' keys, in the table's order."""
        found = self.by_owner.get(owner, {})
        return {row.key: found.get(row.key, none_of(row)) for row in INDICATORS}

    @property
    def owners(self) -> frozenset[int]:
        """The units or persons that have a figure."""
        return frozenset(owner for owner in self.by_owner if owner is not None)


def none_of(indicator: Indicator) -> Figure:
    """The figure of no rows."""
    return Figure(indicator, 0, None if indicator.kind in ("count", "items") else 0)


def rounded(value: Decimal) -> Decimal:
    """One decimal, half up."""
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def of(viewer: Viewer, period: Period, as_of: date, scope: Scope = Scope()) -> Figures:  # noqa: B008 - immutable
    """All indicators of a period as of a day, of what this viewer may know of. A day before today:
    as everything stood at its end."""
    return Figures(_Counting(viewer, Asked(period, as_of), scope).found)


def rows(
    viewer: Viewer,
    indicator: Indicator,
    period: Period,
    as_of: date,
    scope: Scope = Scope(),  # noqa: B008 - immutable
) -> Select[Any]:
    """The rows behind one figure: `item_id`, `part_id`, `unit_id`, `counts` (whether it is in the
    numerator), `day` (Indicator.day), `days` (of a mean). With `scope.only`: those of these
    owners."""
    counting = _Counting(viewer, Asked(period, as_of), scope)
    query, row = counting.relation(indicator.relation, [indicator])
    days = indicator.days(row, counting.asked) if indicator.days else literal(None, Integer)
    found = query.with_only_columns(
        row.item_id,
        row.part_id,
        row.unit_id,
        cast(indicator.counts(row, counting.asked), Boolean).label("counts"),
        row[indicator.day[0]].label("day"),
        days.label("days"),
    ).where(
        indicator.belongs(row, counting.asked),
        days.is_not(None) if indicator.days else true(),
    )
    if indicator.kind == "items":  # one line an item, as it is counted: with its last row
        last = row[indicator.day[0]].desc()
        found = found.order_by(row.item_id, last, row.part_id.desc()).ext(distinct_on(row.item_id))
    return found


class _Counting:
    """One question: who asks, for when, of whom."""

    def __init__(self, viewer: Viewer, asked: Asked, scope: Scope) -> None:
        self.viewer, self.asked, self.scope = viewer, asked, scope
        self.source: Any = past if asked.as_of < viewer.moment.day else facts
        """Today's rows, or how they stood."""
        # Made once: put into the join, it is gone through anew for each row of a narrow scope.
        made = holding.workers(asked, is_past=self.source is past)
        self.workers = made.cte("workers").prefix_with("MATERIALIZED")

    def relation(self, name: str, wanted: Iterable[Indicator]) -> tuple[Select[Any], Any]:
        """The rows of a relation that any of these indicators counts, of the owners asked for, and
        its columns."""
        official = self.scope.official
        made = self.source.RELATIONS[name](self.viewer, self.asked, official=official)
        found = made.subquery()
        row = found.c
        query = select(row.item_id).where(or_(*(one.belongs(row, self.asked) for one in wanted)))
        if self.scope.by is By.PERSON:
            whose = holding.whose(self.workers.c, row, name, self.asked.as_of)
            query = query.join(self.workers, whose)
        if self.scope.only is not None:
            query = query.where(self._owner(row).in_(self.scope.only))
        return query, row

    def _owner(self, row: Any) -> Any:
        return self.workers.c.person_id if self.scope.by is By.PERSON else row.unit_id

    @cached_property
    def found(self) -> Mapping[int | None, Mapping[str, Figure]]:
        """All figures by owner and key."""
        figures: dict[int | None, dict[str, Figure]] = defaultdict(dict)
        for name in facts.RELATIONS:
            wanted = [one for one in INDICATORS if one.relation == name]
            for line in db.session.execute(self._statement(name, wanted)):
                owner = None if line.whole else line.owner
                numbers = iter(line[2:])
                for one in wanted:
                    figures[owner][one.key] = _figure(one, numbers)
        return figures

    def _statement(self, name: str, wanted: list[Indicator]) -> Select[Any]:
        query, row = self.relation(name, wanted)
        numbers = [number for one in wanted for number in self._numbers(one, row)]
        if self.scope.by is By.COLLEGE:
            alone = (true().label("whole"), literal(None, Integer).label("owner"))
            return query.with_only_columns(*alone, *numbers)
        owner = self._owner(row)
        if self.scope.by is By.PERSON:
            named = (literal(False).label("whole"), owner.label("owner"))
            return query.with_only_columns(*named, *numbers).group_by(owner)
        together = func.grouping(owner) == 1
        sets = func.grouping_sets(literal_column("()"), owner)
        named = (together.label("whole"), owner.label("owner"))
        return query.with_only_columns(*named, *numbers).group_by(sets)

    def _numbers(self, one: Indicator, row: Any) -> list[ColumnElement[Any]]:
        """What is counted of an indicator: one number, or part and whole, or those and the
        median."""
        here = one.belongs(row, self.asked)
        if one.kind == "items":
            return [func.count(distinct(row.item_id)).filter(here)]
        if one.kind == "count":
            return [func.count().filter(here)]
        if one.days is None:
            return [func.count().filter(here, one.counts(row, self.asked)), _all(here)]
        days = case((here, cast(one.days(row, self.asked), Integer)))
        middle = func.percentile_cont(0.5).within_group(cast(days, Float))
        return [func.coalesce(func.sum(days), 0), func.count(days), middle]


def _all(here: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(here)


def _figure(one: Indicator, numbers: Any) -> Figure:
    if one.kind in ("count", "items"):
        return Figure(one, next(numbers))
    part, whole = next(numbers), next(numbers)
    if one.kind == "rate":
        return Figure(one, part, whole)
    middle = next(numbers)
    return Figure(one, part, whole, None if middle is None else Decimal(str(middle)))
