"""What the portal keeps under a number or a hash, as far as this person may know of it.

Whoever may not know of it gets the answer for what does not exist, by the very same statements.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, func

from portal.documents import control
from portal.documents.queries import in_hand
from portal.documents.table import labels_of
from portal.errors import NotFound
from portal.extensions import db
from portal.filters import full_date
from portal.item.timeline import title_of
from portal.models import (
    Attachment,
    Brief,
    BriefSheet,
    Document,
    Event,
    Item,
    Person,
    SigningList,
    StampedCopy,
)
from portal.rulebook.briefs.acting import edition_of
from portal.rulebook.briefs.rights import readable
from portal.rulebook.briefs.table import ENDED, KINDS
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible

Stand = Literal["current", "superseded", "gone"]
"""As the item stands now; replaced by a later version; the item has no such sheet any more."""
SHEET_LABEL = "文书"
LIST_LABEL = "督办事项一览签批单"
FILE_LABEL = "附件"


class Kept(NamedTuple):
    """A sheet or file that the portal keeps: what it is called, of which item (none: of several),
    after which act and day it stands, when it was stored, whether it stands still.

    `public_id` is the row's own; `newest` is the kind to ask for, where a newer version stands;
    `brief_id`: the 学期报告 or 通报 that it is.
    """

    label: str
    item: Item | None
    as_of: str
    made_at: datetime | None
    stand: Stand
    public_id: uuid.UUID
    of: Literal["document", "attachment", "signing_list", "brief"]
    newest: str = ""
    brief_id: uuid.UUID | None = None

    @property
    def sensitive(self) -> bool:
        """Whether it is of a sensitive item."""
        return self.item is not None and self.item.classification == "sensitive"

    @property
    def code(self) -> str:
        """核验码."""
        return control.number_of(self.public_id)

    @property
    def number(self) -> str:
        """文号 of the item; empty: it has none yet."""
        number = number_of(self.item) if self.item is not None else None
        return str(number) if number else ""


class Copy(NamedTuple):
    """A stamped copy: of what, who took it, when."""

    kept: Kept
    name: str
    emp_no: str
    at: datetime


def of_number(viewer: Viewer, public_id: uuid.UUID | None) -> Kept | None:
    """What bears this number. Asks for what is no number, too: it takes the same time."""
    wanted = public_id or uuid.UUID(int=0)
    found = [
        *_sheets(viewer, Document.public_id == wanted),
        *_lists(viewer, SigningList.public_id == wanted),
        *_briefs(viewer, BriefSheet.public_id == wanted),
    ]
    return found[0] if found else None


def sheet_of_number(viewer: Viewer, public_id: uuid.UUID | None) -> tuple[Document, Item]:
    """The stored sheet itself. NotFound."""
    row = db.session.execute(
        visible(viewer, Document)
        .join(Item, Item.id == Document.item_id)
        .add_columns(Item)
        .where(Document.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.Document, row.Item


def label_of(kind: str) -> str:
    """What a kind of sheet is called."""
    return labels_of([kind]).get(kind, SHEET_LABEL)


def of_digest(viewer: Viewer, digest: str) -> list[Kept]:
    """What is stored with exactly these bytes."""
    return [
        *_sheets(viewer, Document.sha256 == digest),
        *_lists(viewer, SigningList.sha256 == digest),
        *_briefs(viewer, BriefSheet.sha256 == digest),
        *_files(viewer, (Attachment.sha256 == digest) & (Attachment.state == "kept")),
    ]


def copies_of(viewer: Viewer, digest: str) -> list[Copy]:
    """Whose stamped copies have exactly these bytes, the first first."""
    rows = db.session.execute(
        visible(viewer, StampedCopy)
        .join(Person, Person.id == StampedCopy.person_id)
        .add_columns(Person.name, Person.emp_no)
        .where(StampedCopy.sha256 == digest)
        .order_by(StampedCopy.id)
    ).all()
    found = []
    for copy, name, emp_no in rows:
        of = _sheets(viewer, Document.id == copy.subject_id)
        if copy.subject == Attachment.__tablename__:
            of = _files(viewer, Attachment.id == copy.subject_id)
        found += [Copy(kept, name, emp_no, copy.at) for kept in of]
    return found


def _sheets(viewer: Viewer, wanted: ColumnElement[bool]) -> list[Kept]:
    rows = db.session.execute(
        visible(viewer, Document)
        .join(Item, Item.id == Document.item_id)
        .outerjoin(Event, Event.id == Document.as_of_id)
        .add_columns(Item, Event.act, Event.day)
        .where(wanted)
        .order_by(Document.id)
    ).all()
    found = []
    for sheet, item, act, day in rows:
        stand = _stand(viewer, item, sheet)
        found.append(
            Kept(
                label=label_of(sheet.kind),
                item=item,
                as_of=f"{title_of(act)}，{full_date(day)}" if act else "",
                made_at=sheet.made_at,
                stand=stand,
                public_id=sheet.public_id,
                of="document",
                newest=sheet.kind if stand == "superseded" else "",
            )
        )
    return found


def _stand(viewer: Viewer, item: Item, sheet: Document) -> Stand:
    try:
        now = in_hand(viewer, item, sheet.kind).as_of_id
    except NotFound:
        return "gone"
    return "current" if now == sheet.as_of_id else "superseded"


def _lists(viewer: Viewer, wanted: ColumnElement[bool]) -> list[Kept]:
    """Lists of which this person may know every item."""
    found = []
    for row in db.session.scalars(visible(viewer, SigningList).where(wanted)):
        known = visible(viewer, Item).where(Item.id.in_(row.item_ids))
        count = db.session.scalar(known.with_only_columns(func.count()))
        if count == len(set(row.item_ids)):
            as_of = f"制单，{full_date(row.listed_on)}"
            found.append(
                Kept(LIST_LABEL, None, as_of, row.made_at, "current", row.public_id, "signing_list")
            )
    return found


def _briefs(viewer: Viewer, wanted: ColumnElement[bool]) -> list[Kept]:
    """学期报告 and 通报 that this person may read; of a released one the paper never changes."""
    rows = db.session.execute(
        readable(viewer)
        .join(BriefSheet, BriefSheet.brief_id == Brief.id)
        .add_columns(BriefSheet)
        .where(wanted)
        .order_by(BriefSheet.id)
    ).all()
    found = []
    for brief, sheet in rows:
        same = sheet.of_version == edition_of(viewer, brief)
        stand: Stand = "current" if same else "superseded"
        found.append(
            Kept(
                label=KINDS[brief.kind],
                item=None,
                as_of=f"印发，{full_date(brief.released_on)}" if brief.released_on else "草稿",
                made_at=sheet.made_at,
                stand="gone" if brief.state in ENDED else stand,
                public_id=sheet.public_id,
                of="brief",
                brief_id=brief.public_id,
            )
        )
    return found


def _files(viewer: Viewer, wanted: ColumnElement[bool]) -> list[Kept]:
    rows = db.session.execute(
        visible(viewer, Attachment)
        .join(Item, Item.id == Attachment.item_id)
        .add_columns(Item)
        .where(wanted)
        .order_by(Attachment.id)
    ).all()
    return [
        Kept(
            label=FILE_LABEL,
            item=item,
            as_of="",
            made_at=file.uploaded_at,
            stand="current" if file.state == "kept" else "gone",
            public_id=file.public_id,
            of="attachment",
        )
        for file, item in rows
    ]
