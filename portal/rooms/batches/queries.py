"""A batch as one person may know it: its paper, its items in the paper's order, the open acts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import func

from portal.errors import NotFound
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Batch, BatchItem, Item, Person
from portal.rulebook import offers
from portal.rulebook.chains import CHAINS
from portal.rulebook.offers import Position
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

SUBMITTING: Final = ("submit", "submit_unit")
SIGNING: Final = tuple(step.act for step in CHAINS["initiation"].steps)
WAITING: Final = frozenset(step.state for step in CHAINS["initiation"].steps)
FILING: Final = ("file",)
JOINT: Final = (*SUBMITTING, *SIGNING, *FILING)
MOST: Final = 15
"""Matters of one paper: their page stays below 100 KB."""
PAPERS: Final = 50
"""Papers that are listed, the newest first."""


class Entry(NamedTuple):
    """An item of a batch: its place, its words in the paper, and which of the joint acts this
    person may do on it now. `seen` is the version that the person's page showed."""

    seq: int
    words: str
    item: Item
    line: Line
    acts: frozenset[str]
    positions: tuple[Position, ...]
    seen: int | None

    @property
    def name(self) -> str:
        """How the form's fields are called."""
        return f"row{self.seq}"

    def may(self, acts: Collection[str]) -> bool:
        """Whether one of these acts is open to this person."""
        return bool(self.acts & set(acts))


class Paper(NamedTuple):
    """A paper in the list: who read it in, how many items it has."""

    batch: Batch
    by: str
    items: int


def paper_of(viewer: Viewer, batch_id: uuid.UUID) -> Batch | None:
    """The paper, if this person may read it."""
    return db.session.scalars(
        visible(viewer, Batch).where(Batch.public_id == batch_id)
    ).one_or_none()


def entries_of(viewer: Viewer, batch_id: uuid.UUID) -> list[Entry]:
    """The items of the batch that this person may know of. Sensitive ones are acted on one by one:
    they stand in the list without a joint act."""
    rows = db.session.execute(
        visible(viewer, BatchItem)
        .add_columns(Item)
        .join(Item, Item.id == BatchItem.item_id)
        .where(BatchItem.batch_uuid == batch_id)
        .order_by(BatchItem.seq)
    ).all()
    ids = [row.Item.id for row in rows]
    found = db.session.execute(lines(viewer).where(Item.id.in_(ids)))
    known = {line.item_id: line for line in read_lines(found, viewer.moment.day)}
    return [_entry(viewer, row.BatchItem, row.Item, known[row.Item.id]) for row in rows]


def _entry(viewer: Viewer, place: BatchItem, item: Item, line: Line) -> Entry:
    open_ = [] if line.sensitive else offers.offered(viewer, item, among=JOINT)
    acts = frozenset(offer.act for offer in open_)
    signed = next((act for act in SIGNING if act in acts), None)
    held = offers.positions(viewer, signed, item, None) if signed else ()
    return Entry(place.seq, place.quotation, item, line, acts, held, item.version)


def must_see(viewer: Viewer, batch_id: uuid.UUID) -> tuple[Batch | None, list[Entry]]:
    """Paper and items; NotFound for who knows of neither."""
    paper, entries = paper_of(viewer, batch_id), entries_of(viewer, batch_id)
    if paper is None and not entries:
        raise NotFound
    return paper, entries


def may_print(viewer: Viewer, entries: Sequence[Entry]) -> bool:
    """Whether something of it waits for a signature that this person may type in from paper."""
    waits = any(entry.item.state in WAITING and not entry.line.sensitive for entry in entries)
    return waits and Role.OFFICE_STAFF.value in viewer.roles


def papers_of(viewer: Viewer) -> list[Paper]:
    """The papers this person may read, newest first."""
    rows = db.session.execute(
        visible(viewer, Batch)
        .add_columns(Person.name)
        .join(Person, Person.id == Batch.made_by_id)
        .order_by(Batch.id.desc())
        .limit(PAPERS)
    ).all()
    counts = _counts(viewer, [row.Batch.id for row in rows])
    return [Paper(row.Batch, row.name, counts.get(row.Batch.id, 0)) for row in rows]


def _counts(viewer: Viewer, batch_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        visible(viewer, BatchItem)
        .where(BatchItem.batch_id.in_(batch_ids))
        .with_only_columns(BatchItem.batch_id, func.count().label("items"))
        .group_by(BatchItem.batch_id)
    )
    return {row.batch_id: row.items for row in rows}
