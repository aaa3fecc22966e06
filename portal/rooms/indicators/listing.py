"""The rows behind one figure, as lines of items."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal import figures
from portal.extensions import db
from portal.figures import Indicator, Period, Scope
from portal.item.lines import Line, lines, read_lines
from portal.models import Item
from portal.rulebook.scope import Viewer

PAGE = 50


class Row(NamedTuple):
    """An item's line, the day of the row, whether it is in the numerator, its days."""

    line: Line
    day: date | None
    counts: bool
    days: int | None


class Listing(NamedTuple):
    """A page of the rows, and how many there are in all."""

    rows: list[Row]
    total: int


def listing(
    viewer: Viewer, indicator: Indicator, period: Period, as_of: date, scope: Scope, page: int
) -> Listing:
    """One page of the rows behind a figure, by their day."""
    found = figures.rows(viewer, indicator, period, as_of, scope).subquery()
    total = db.session.scalar(select(func.count()).select_from(found)) or 0
    order = (found.c.day.nulls_last(), found.c.item_id, found.c.part_id)
    query = select(found).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    rows = db.session.execute(query).all()
    named = _lines(viewer, {row.item_id for row in rows})
    return Listing([Row(named[row.item_id], row.day, row.counts, row.days) for row in rows], total)


def _lines(viewer: Viewer, ids: set[Any]) -> dict[int, Line]:
    rows = db.session.execute(lines(viewer).where(Item.id.in_(ids)))
    return {line.item_id: line for line in read_lines(rows, viewer.moment.day)}
