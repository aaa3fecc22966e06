"""The columns of a list of items that are to be seen to: the item, since when, what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, literal
from sqlalchemy.types import Date, String

from portal.clock import SHANGHAI
from portal.models import Item
from portal.rulebook.scope import Viewer, visible

NOTHING = cast(literal(""), String)


def day_of(instant: Any) -> ColumnElement[Any]:
    """The Shanghai day of an instant's column."""
    return cast(func.timezone(SHANGHAI.key, instant), Date)


def listed(query: Select[Any], since: Any, what: Any = NOTHING) -> Select[Any]:
    """The query of items with the columns of a list."""
    return query.with_only_columns(
        Item.id.label("item_id"), cast(since, Date).label("since"), what.label("what")
    )


def joined(viewer: Viewer, part: Any) -> Select[Any]:
    """The items this viewer may know of, each once, with rows of a part to gather."""
    return visible(viewer, Item).join(part, part.item_id == Item.id).group_by(Item.id)
