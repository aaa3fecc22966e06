"""减负: at 交办, 催办 and 退回补充 党政办 is told where it asks much of a unit in one week.

A hint and no condition: what is due is asked for all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, ItemUnit, Unit
from portal.rulebook import asking
from portal.rulebook.scope import visible
from portal.web import viewer


class Asked(NamedTuple):
    """A unit, and how often something was asked of it this week."""

    unit: Unit
    times: int


def asked_much(units: Collection[int]) -> list[Asked]:
    """Those of the units of which much is asked this week, in the official order."""
    found = asking.much_asked(viewer(), units, viewer().moment.day)
    if not found:
        return []
    rows = db.session.scalars(
        select(Unit).where(Unit.id.in_(found)).order_by(Unit.sort_no, Unit.id)
    )
    return [Asked(unit, found[unit.id]) for unit in rows]


def asked_much_of(item: Item) -> list[Asked]:
    """The same of every unit of an item."""
    shares = visible(viewer(), ItemUnit).where(
        ItemUnit.item_id == item.id, ItemUnit.role != "former"
    )
    return asked_much(db.session.scalars(shares.with_only_columns(ItemUnit.unit_id)).all())


def init_hints(app: Flask) -> None:
    """What the templates of the three acts ask for."""
    app.jinja_env.globals.update(asked_much=asked_much, asked_much_of=asked_much_of)
