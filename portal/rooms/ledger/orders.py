"""The ledger's orders: whitelisted, with ties that never change from page to page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case

from portal.extensions import db
from portal.item.counted import DUE, listed
from portal.item.lights import ORDER, Shade, rank, shows
from portal.models import Item, Person, Unit
from portal.rooms.ledger.conditions import times_extended, times_urged
from portal.rooms.ledger.filters import Filters
from portal.rulebook import policy
from portal.rulebook.scope import Viewer


def _placed(column: Any, ids: Sequence[str]) -> ColumnElement[int]:
    """The place of a value in one of the policy's lists."""
    return case({id_: place for place, id_ in enumerate(ids)}, value=column, else_=len(ids))


KEYS: Final[Mapping[str, Callable[[date], list[Any]]]] = {
    "light": lambda today: [rank(today)],
    "number": lambda _today: [Item.doc_year, Item.doc_seq],
    "category": lambda _today: [
        _placed(Item.category, [row.id for row in policy.CURRENT.categories])
    ],
    "method": lambda _today: [_placed(Item.method, [row.id for row in policy.CURRENT.methods])],
    "source": lambda _today: [
        _placed(Item.source_type, [row.id for row in policy.CURRENT.source_types])
    ],
    "level": lambda _today: [Item.level],
    "unit": lambda _today: [Unit.sort_no],
    "leader": lambda _today: [Person.rank_no, Person.sort_no],
    "issued": lambda _today: [Item.issued_on],
    "first": lambda _today: [Item.due_original],
    "due": lambda _today: [DUE],
    "state": lambda _today: [_placed(Item.state, [row.id for row in policy.CURRENT.states])],
    "urged": lambda _today: [times_urged()],
    "extended": lambda _today: [times_extended()],
    "closed": lambda _today: [Item.closed_on],
}
"""What each order compares; the rows of a list in the order of the policy, units and leaders in
the official one (SPEC §8.6), numbers as numbers."""
JOINS: Final[Mapping[str, tuple[Any, ColumnElement[bool]]]] = {
    "unit": (Unit, Unit.id == Item.lead_unit_id),
    "leader": (Person, Person.id == Item.responsible_leader_id),
}
LAST: Final = (DUE.asc().nulls_last(), Item.id.desc())
"""Equal ones by due day, then the newest first."""


def ordered(query: Select[Any], wanted: Filters, today: date) -> Select[Any]:
    """The query in the order asked for. What has no value comes last in both directions."""
    name = wanted.sort.removeprefix("-")
    down = wanted.sort.startswith("-")
    if name in JOINS:
        query = query.join(*JOINS[name])
    first = [(key.desc() if down else key.asc()).nulls_last() for key in KEYS[name](today)]
    return query.order_by(*first, *LAST)


class Slice(NamedTuple):
    """A stretch of a page: rows of one light, from the `offset`-th of them."""

    light: Shade
    offset: int
    limit: int


def light_slices(
    lights: Mapping[Shade, int], order: Sequence[Shade], first: int, size: int
) -> Iterator[Slice]:
    """Of which lights the rows `first` to `first + size` are, when they stand in this order."""
    for light in order:
        held = lights[light]
        if first < held and size > 0:
            taken = min(size, held - first)
            yield Slice(light, first, taken)
            first, size = 0, size - taken
        else:
            first = max(0, first - held)


def ids_in_order(
    viewer: Viewer,
    clauses: Mapping[str, ColumnElement[bool]],
    wanted: Filters,
    lights: Mapping[Shade, int],
    first: int,
    size: int,
) -> list[int]:
    """The ids of one page. By light its slices are asked for in turn: each is narrow and has an
    index, where one order over all lights would compare every row. `lights` counts them under all
    other filters."""
    today = viewer.moment.day
    query = listed(viewer).where(*clauses.values()).with_only_columns(Item.id)
    if wanted.sort.removeprefix("-") != "light":
        page = ordered(query, wanted, today).offset(first).limit(size)
        return list(db.session.scalars(page))
    order = ORDER[::-1] if wanted.sort.startswith("-") else ORDER
    order = tuple(light for light in order if wanted.light in ("", light))
    found: list[int] = []
    for light, offset, limit in light_slices(lights, order, first, size):
        rows = query.where(shows(light, today)).order_by(*LAST).offset(offset).limit(limit)
        found += db.session.scalars(rows)
    return found
