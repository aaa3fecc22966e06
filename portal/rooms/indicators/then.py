"""时点台账 as a list: the items of a past day, their state, day and light of then."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, not_, select

from portal.extensions import db
from portal.figures.ledger import then
from portal.figures.past import red
from portal.frame import Light
from portal.item.lights import LIT, light_of
from portal.models import Item, Standing, Unit
from portal.rulebook import policy
from portal.rulebook.numbering import Number
from portal.rulebook.scope import Viewer

PAGE: Final = 50
OTHER: Final = "other"
"""What has no light: not handed out yet, or ended."""


class Row(NamedTuple):
    """An item as it stood; `title` is what it is called today."""

    item_id: int
    public_id: uuid.UUID
    title: str
    sensitive: bool
    number: str
    unit: str
    state: str
    due: date | None
    light: Light


class Ledger(NamedTuple):
    """A page of a day's ledger; how many of each light there were, and how many are shown of."""

    rows: list[Row]
    counts: Mapping[str, int]
    total: int


def ledger_of(viewer: Viewer, at: date, light: str, page: int) -> Ledger:
    """The ledger at the end of a day, of one light or (empty) of all; in the order of numbers."""
    shade = _shade(at)
    known = then(viewer, at).with_only_columns(shade.label("shade")).subquery()
    counted = select(known.c.shade, func.count().label("n")).group_by(known.c.shade)
    counts: dict[str, int] = {row.shade: row.n for row in db.session.execute(counted)}
    query = then(viewer, at).join(Unit, Unit.id == Standing.unit_id)
    if light:
        query = query.where(shade == light)
    columns: tuple[Any, ...] = (
        Standing, Item.public_id, Item.title, Item.classification, Unit.short_name,
    )  # fmt: skip
    order = (
        Standing.doc_year.desc().nulls_first(),
        Standing.doc_seq.desc(),
        Standing.item_id.desc(),
    )
    rows = db.session.execute(
        query.with_only_columns(*columns).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    )
    total = counts.get(light, 0) if light else sum(counts.values())
    return Ledger([_row(row, at) for row in rows], counts, total)


def _shade(at: date) -> ColumnElement[str]:
    """The light of then by its name (SPEC §3.5)."""
    lit = and_(Standing.lit, Standing.yellow_from.is_not(None), Standing.red_from.is_not(None))
    return case(
        (not_(lit), OTHER),
        (Standing.blue, "blue"),
        (red(at), "red"),
        (Standing.yellow_from <= at, "yellow"),
        else_="green",
    )


def _row(found: Any, at: date) -> Row:
    stood: Any = found.Standing
    number = ""
    if stood.doc_seq is not None:
        number = str(Number(stood.doc_word, stood.doc_year, stood.doc_seq))
    return Row(
        stood.item_id,
        found.public_id,
        found.title,
        found.classification == "sensitive",
        number,
        found.short_name,
        policy.CURRENT.state(stood.state).label,
        stood.due_reset or stood.due_effective,
        light_of(stood, at),
    )


SHADES: Final = (*LIT, OTHER)
