"""Which sheets an item has, and in which state they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, tuple_

from portal.documents import notices, requests, urges
from portal.documents.kinds import LABELS, NOTICES, NOTICES_LABEL, notice_label, urge_of
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Document, Event, Item
from portal.rulebook.offers import acts_on, acts_on_paper, acts_opening
from portal.rulebook.scope import DRAFTING, Viewer, visible

CHAIN = {"filing": "initiation", "closing": "closing"}
"""The approval whose boxes stand on an annex."""


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


class Standing(NamedTuple):
    """What a stored sheet is of: the event it stands as of, and the unit whose part it is.

    A sheet is filled with the eyes of who asks first and kept for all who may have it. So what a
    co-unit's people read less of than others is the lead unit's, and they have no such sheet.
    """

    as_of_id: int
    unit_id: int | None = None


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """As of which event the sheet stands now: the last act that changes what it prints.

    NotFound if the item has no such sheet now, or not for this person: while its form is with the
    drafters there is none.
    """
    if item.state in DRAFTING:
        raise NotFound
    if requests.concerns(kind):
        return Standing(requests.last_act(viewer, item, kind), requests.owner_of(item, kind))
    if urge_of(kind) is not None:
        notice = urges.notice_of(viewer, item, kind)
        return Standing(urges.last_act(viewer, item, notice), notice.unit_id)
    if kind not in CHAIN:
        found = notices.told_of(viewer, item, kind)
        return Standing(
            notices.last_acts(viewer, item, found)[kind], notices.owner_of(item, kind, found)
        )
    if kind == "closing" and notices.part_of(viewer, item) is not None:
        raise NotFound
    changes = Event.act.in_(acts_on_paper()) & (Event.facts["chain"].astext == CHAIN[kind])
    if kind == "closing":  # 完成时限, with the extensions: annex 1 is frozen at filing
        changes |= Event.facts.has_key("due") & (Event.subject == "extension")
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            Event.act.in_([*acts_on(kind), *acts_opening(CHAIN[kind])]) | changes,
        )
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return Standing(last, item.lead_unit_id if kind == "closing" else None)


def sheet_of(viewer: Viewer, item: Item, kind: str) -> Document | None:
    """The sheet as the item stands now, if it was asked for."""
    return db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id,
            Document.kind == kind,
            Document.as_of_id == standing(viewer, item, kind).as_of_id,
        )
    ).one_or_none()


def sheets_of(viewer: Viewer, item: Item) -> list[SheetLine]:
    """The sheets this item can have now: annex 1, the notices, annex 2, what was asked since,
    annex 3."""
    return [
        *_annex(viewer, item, "filing"),
        *_notices(viewer, item),
        *(
            _line(kind, label, sheet_of(viewer, item, kind))
            for kind, label in urges.drawn_up(viewer, item)
        ),
        *_requests(viewer, item),
        *_annex(viewer, item, "closing"),
    ]


def _annex(viewer: Viewer, item: Item, kind: str) -> list[SheetLine]:
    try:
        return [_line(kind, LABELS[kind], sheet_of(viewer, item, kind))]
    except NotFound:
        return []


def _notices(viewer: Viewer, item: Item) -> list[SheetLine]:
    found = [] if item.state in DRAFTING else notices.told(viewer, item)
    if not found:
        return []
    labels = {one.kind: notice_label(one.unit.short_name) for one in found}
    if len(found) > 1:
        labels[NOTICES] = NOTICES_LABEL
    acts = notices.last_acts(viewer, item, found)
    rows = db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id,
            tuple_(Document.kind, Document.as_of_id).in_([(kind, acts[kind]) for kind in labels]),
        )
    )
    sheets = {row.kind: row for row in rows}
    return [_line(kind, label, sheets.get(kind)) for kind, label in labels.items()]


def _requests(viewer: Viewer, item: Item) -> list[SheetLine]:
    labels = {} if item.state in DRAFTING else requests.labels_of(viewer, item)
    acts = {kind: requests.last_act(viewer, item, kind) for kind in labels}
    rows = db.session.scalars(
        visible(viewer, Document).where(
            Document.item_id == item.id, tuple_(Document.kind, Document.as_of_id).in_(acts.items())
        )
    )
    sheets = {row.kind: row for row in rows} if labels else {}
    return [_line(kind, label, sheets.get(kind)) for kind, label in labels.items()]


def _line(kind: str, label: str, sheet: Document | None) -> SheetLine:
    if sheet is None:
        return SheetLine(kind, label, "none")
    return SheetLine(kind, label, sheet.state, sheet.size, sheet.failure)
