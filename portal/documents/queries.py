"""Which sheets an item has, and in which state they are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import tuple_

from portal.documents.sorts import inspections
from portal.documents.sorts.shape import Listed, Standing
from portal.documents.table import SORTS, sort_of
from portal.documents.word import copies
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document, Item
from portal.rulebook.readers import DRAFTING
from portal.rulebook.scope import Viewer, visible


@dataclass(frozen=True)
class SheetLine:
    """A sheet as the item's page lists it: `state` is none, asked, making, made or failed; `word`
    whether there is a Word copy of it."""

    kind: str
    label: str
    state: str
    size: int | None = None
    failure: str | None = None
    word: bool = False

    @property
    def in_work(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state in ("asked", "making")


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """As of which event the sheet stands now: the last act that changes what it prints.

    NotFound if the item has no such sheet now, or not for this person: while its form is with the
    drafters there is none.
    """
    if item.state in DRAFTING:
        raise NotFound
    return sort_of(kind).standing(viewer, item, kind)


def in_hand(viewer: Viewer, item: Item, kind: str) -> Standing:
    """The same for who holds the sheet on paper already. NotFound: it stands no longer."""
    if item.state in DRAFTING:
        raise NotFound
    sort = sort_of(kind)
    return (sort.in_hand or sort.standing)(viewer, item, kind)


def sheet_of(viewer: Viewer, item: Item, kind: str) -> Document | None:
    """The sheet as the item stands now, if it was asked for."""
    return db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id,
            Document.kind == kind,
            Document.as_of_id == standing(viewer, item, kind).as_of_id,
        )
    ).one_or_none()


def version_of(viewer: Viewer, item: Item, kind: str, public_id: uuid.UUID) -> Document | None:
    """The sheet as it stood when this version of it was set, for who was shown which it is."""
    return db.session.scalars(
        visible(viewer, Document).filter_by(item_id=item.id, kind=kind, public_id=public_id)
    ).one_or_none()


def sheets_of(viewer: Viewer, item: Item) -> list[SheetLine]:
    """The sheets this item can have now for this person, in the order of the table."""
    if item.state in DRAFTING:
        return []
    listed = listed_of(viewer, item)
    rows = db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id,
            tuple_(Document.kind, Document.as_of_id).in_(
                [(kind, one.as_of_id) for kind, one in listed.items()]
            ),
        )
    )
    sheets = {row.kind: row for row in rows} if listed else {}
    return [_line(kind, one.label, sheets.get(kind)) for kind, one in listed.items()]


def label_of(viewer: Viewer, item: Item, kind: str) -> str | None:
    """What the item's list calls this sheet; None if the list has it not."""
    listed = sort_of(kind).listed(viewer, item).get(kind)
    return listed.label if listed else None


def signed_on(viewer: Viewer, item: Item, document: str, part: Any = None) -> SheetLine | None:
    """The sheet that an act's signature is printed on (`Rule.document`), of the act's part if it
    has one: the one that bears its id, else the latest. None: there is none for this person."""
    own = [line for line in sheets_of(viewer, item) if line.kind.partition("-")[0] == document]
    if part is not None:
        own.sort(key=lambda line: part.public_id.hex in line.kind)
    return own[-1] if own and document else None


def listed_of(viewer: Viewer, item: Item, *, once: bool = False) -> dict[str, Listed]:
    """The sheets the item has for this person, by kind, in the order of the table; `once`: without
    those that print others again, and those that no archive package holds: a plan to inspect that
    nobody approved is none of them."""
    listed: dict[str, Listed] = {}
    for sort in SORTS:
        if not (once and (sort.collects or not sort.archived)):
            listed |= sort.listed(viewer, item)
    if once:
        for kind in inspections.kept_plans(item):
            listed.pop(kind, None)
    return listed


def _line(kind: str, label: str, sheet: Document | None) -> SheetLine:
    word = sort_of(kind).form in copies.FORMS
    if sheet is None:
        return SheetLine(kind, label, "none", word=word)
    return SheetLine(kind, label, sheet.state, sheet.size, sheet.failure, word)


def word_copy(viewer: Viewer, item: Item, kind: str, college: str, stamp: str = "") -> bytes:
    """The Word copy of the sheet as the item stands now, read as this person, `stamp` at its head.

    NotFound as `standing`, or there is none of this sort. DocumentError: it cannot be made.
    """
    as_of_id = standing(viewer, item, kind).as_of_id
    sort = sort_of(kind)
    if sort.form not in copies.FORMS:
        raise NotFound
    return copies.write(sort.form, sort.fill(viewer, item, kind, as_of_id, college), stamp)
