"""第十六条（七）: which version of an item's archive package stands now.

A package tells of everything done on the item but of the archive's own acts: signing for a copy
changes nothing that is in it. Whatever else is done makes a new version, which both sides sign.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from portal.extensions import db
from portal.models import ArchivePackage, ArchiveRecord, Event, Item

NOT_TOLD: Final = (
    "keep_copy", "keep_ended_copy", "archive", "renew_copy", "save", "grant_knowledge",
    "end_knowledge", "ask_loan", "grant_loan", "grant_heads_loan", "refuse_loan", "lend",
    "take_back_loan", "cancel_loan", "withdraw_loan",
)  # fmt: skip
"""Acts that change nothing in a package: signatures for it, drafts, who is on the list of those
who may know, who borrowed the papers."""


def last_told(item_id: Any) -> Select[Any]:
    """The last event that a package of the item tells of now."""
    return select(func.max(Event.id)).where(Event.item_id == item_id, Event.act.not_in(NOT_TOLD))


def state_of(item: Item) -> int:
    """The same of one item; every item has its first draft."""
    found: int | None = db.session.scalar(last_told(item.id))
    if found is None:
        raise ValueError("an item without an event")
    return found


def standing(item: Item) -> ArchivePackage | None:
    """The package of the item as it is now, once it is made."""
    return db.session.scalars(
        select(ArchivePackage).where(
            ArchivePackage.item_id == item.id,
            ArchivePackage.as_of_id == state_of(item),
            ArchivePackage.state == "made",
        )
    ).one_or_none()


def is_newer(record: type[ArchiveRecord]) -> ColumnElement[bool]:
    """A later version is made than the one this copy was signed for."""
    return (
        select(ArchivePackage.id)
        .where(
            ArchivePackage.item_id == record.item_id,
            ArchivePackage.state == "made",
            ArchivePackage.id > func.coalesce(record.package_id, 0),
        )
        .exists()
    )


def shown(item: Item, seen: uuid.UUID | None) -> ArchivePackage | None:
    """The package that stands, if it is the one a person saw (None: was not shown one)."""
    found = standing(item)
    return found if found is None or seen in (None, found.public_id) else None
