"""Which sheets an item has, and in which state they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func

from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document, Event, Item
from portal.rulebook.offers import acts_on, acts_on_paper
from portal.rulebook.scope import DRAFTING, Viewer, visible

LABELS = {"filing": "立项备案单", "closing": "办结备案单"}
CHAIN = {"filing": "initiation", "closing": "closing"}
"""The approval whose boxes stand on the sheet."""


@dataclass(frozen=True)
class SheetLine:
    """A sheet as the item's page lists it: `state` is none, asked, making, made or failed."""

    kind: str
    label: str
    state: str
    size: int | None = None
    failure: str | None = None

    @property
    def in_work(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state in ("asked", "making")


def as_of(viewer: Viewer, item: Item, kind: str) -> int:
    """The event the sheet stands as of: the last act that changes what it prints.

    NotFound if the item has no such sheet now: while its form is with the drafters there is none.
    """
    if item.state in DRAFTING:
        raise NotFound
    on_paper = Event.act.in_(acts_on_paper()) & (Event.facts["chain"].astext == CHAIN[kind])
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.act.in_(acts_on(kind)) | on_paper)
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return last


def sheet_of(viewer: Viewer, item: Item, kind: str) -> Document | None:
    """The sheet as the item stands now, if it was asked for."""
    return db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id,
            Document.kind == kind,
            Document.as_of_id == as_of(viewer, item, kind),
        )
    ).one_or_none()


def sheets_of(viewer: Viewer, item: Item) -> list[SheetLine]:
    """The sheets this item can have now, in the order of the annexes."""
    lines = []
    for kind, label in LABELS.items():
        try:
            sheet = sheet_of(viewer, item, kind)
        except NotFound:
            continue
        if sheet is None:
            lines.append(SheetLine(kind, label, "none"))
        else:
            lines.append(SheetLine(kind, label, sheet.state, sheet.size, sheet.failure))
    return lines
