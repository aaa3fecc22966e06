"""减负台账: a month's asks by unit, and the rows behind each number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from portal.accounts.queries import units_in_order
from portal.errors import NotFound
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.item.offices import LEADER, OFFICE, offices_of
from portal.models import Item, Unit
from portal.rulebook.asking import ASKS, Ask, counts
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

OWN: Final = frozenset({Role.UNIT_HEAD.value, Role.UNIT_DEPUTY.value, Role.LIAISON.value})
LISTED: Final = 200


class OfUnit(NamedTuple):
    """A unit and its numbers, in the order of ASKS."""

    unit: Unit
    counts: tuple[int, ...]


class Row(NamedTuple):
    """An ask: the item, and the day."""

    line: Line
    day: date


def units_of(viewer: Viewer) -> list[Unit]:
    """The units whose 减负台账 this person reads: 党政办 and 校领导 that of all, the people who
    answer for a unit its own. NotFound: none."""
    units = list(units_in_order(viewer.moment.day))
    if offices_of(viewer) & (OFFICE | LEADER):
        return units
    own = {unit_id for role, unit_id in viewer.units if role in OWN}
    found = [unit for unit in units if unit.id in own]
    if not found:
        raise NotFound
    return found


def by_unit(viewer: Viewer, units: Collection[Unit], first: date, last: date) -> list[OfUnit]:
    """Their numbers between two days; a unit of which nothing was asked is not named."""
    found = counts(viewer, first, last)
    return [
        OfUnit(unit, tuple(found[unit.id].get(name, 0) for name in ASKS))
        for unit in units
        if unit.id in found
    ]


def rows_of(viewer: Viewer, ask: Ask, unit: Unit, first: date, last: date) -> Sequence[Row]:
    """The asks of one sort of one unit, the earliest first: LISTED at most."""
    found = ask.rows(viewer, first, last).subquery()
    query: Any = (
        lines(viewer)
        .join(found, found.c.item_id == Item.id)
        .where(found.c.unit_id == unit.id)
        .add_columns(found.c.day)
        .order_by(found.c.day, Item.id)
        .limit(LISTED)
    )
    rows = db.session.execute(query).all()
    shown = read_lines(rows, viewer.moment.day)
    return [Row(line, row.day) for row, line in zip(rows, shown, strict=True)]


def unit_among(units: Collection[Unit], code: str) -> Unit:
    """The unit of that code. NotFound: none of these."""
    found = next((unit for unit in units if unit.code == code), None)
    if found is None:
        raise NotFound
    return found
