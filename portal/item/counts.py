"""How many running items show which light: counted over what the viewer may know of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from portal.extensions import db
from portal.item.lights import LIT, Shade, shows
from portal.models import Item
from portal.rulebook.scope import Viewer, visible


def light_counts(
    viewer: Viewer, query: Select[Any] | None = None, names: tuple[Shade, ...] = LIT
) -> dict[Shade, int]:
    """The number of items by light, of all visible ones or of those of a query of items."""
    today = viewer.moment.day
    ids = (visible(viewer, Item) if query is None else query).with_only_columns(Item.id)
    row = db.session.execute(
        select(*(func.count().filter(shows(name, today)).label(name) for name in names))
        .select_from(Item)
        .where(Item.id.in_(ids.order_by(None)))
    ).one()
    return {name: row._mapping[name] for name in names}
