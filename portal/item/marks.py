"""收藏 and 关注: a person's own marks on items, set and read as that person alone (SPEC §8.14)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, delete, exists
from sqlalchemy.dialects.postgresql import insert

from portal.extensions import db
from portal.models import Item, ItemMark
from portal.rulebook.scope import Viewer, visible

STAR: Final = "star"
FOLLOW: Final = "follow"
LABELS: Final = {STAR: "收藏", FOLLOW: "关注"}
"""The kinds of marks by their words."""


def marked(viewer: Viewer, kind: str) -> ColumnElement[bool]:
    """A condition on `Item`: this viewer has marked it so."""
    return exists().where(
        ItemMark.item_id == Item.id,
        ItemMark.kind == kind,
        ItemMark.person_id == viewer.person_id,
    )


def marks_of(viewer: Viewer, item: Item) -> frozenset[str]:
    """The kinds of marks that the viewer has set on the item."""
    mine = visible(viewer, ItemMark).where(
        ItemMark.item_id == item.id, ItemMark.person_id == viewer.person_id
    )
    return frozenset(db.session.scalars(mine.with_only_columns(ItemMark.kind)))


def mark(viewer: Viewer, item: Item, kind: str, *, wanted: bool) -> None:
    """Set the mark, or take it away; asked for twice it is done once. KeyError: no such kind.

    It is nothing that happens to the item: no event, and its version stays.
    """
    _ = LABELS[kind]
    if wanted:
        db.session.execute(
            insert(ItemMark)
            .values(
                person_id=viewer.person_id,
                item_id=item.id,
                kind=kind,
                at=viewer.moment.instant,
                readers=[-(viewer.person_id or 0)],
            )
            .on_conflict_do_nothing()
        )
    else:
        db.session.execute(
            delete(ItemMark).where(
                ItemMark.person_id == viewer.person_id,
                ItemMark.item_id == item.id,
                ItemMark.kind == kind,
            )
        )
    db.session.commit()
