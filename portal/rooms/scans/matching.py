"""Which sheet of which item a scanned one is, and which of its boxes wait (SPEC §8.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import func

from portal.documents.sorts import annexes, requests, urges
from portal.documents.table import labels_of
from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    Approval,
    Change,
    Document,
    Event,
    Extension,
    Item,
    ScanSheet,
    SigningList,
    UrgeNotice,
)
from portal.rulebook import approvals
from portal.rulebook.offers import acts_opening
from portal.rulebook.scope import Viewer, visible
from portal.steps.paper import queries as paper
from portal.steps.paper.queries import PaperBox

UNREAD: Final = "未识别到核验码。请对照纸件左下角填写；不是签批件的，请选择不归件。"
UNKNOWN: Final = "没有找到这一核验码对应的文书，请核对后重新填写。"
NOTHING: Final = "这种文书没有需要代录的签批。"
FILLED: Final = "各栏均已签批或报批已结束，无需代录。"
EARLIER: Final = "本单打印后事项已退回重报，所签内容不是现在报批的内容，不能归件。"
NOT_YOURS: Final = "本事项当前没有由您代录的签批。"


class Match(NamedTuple):
    """A scanned sheet: what it is of, and the boxes to be entered. `trouble` says why there are
    none; `signing_list` is the list whose own page enters it."""

    sheet: ScanSheet
    label: str = ""
    item: Item | None = None
    run: Approval | None = None
    boxes: Sequence[PaperBox] = ()
    trouble: str = ""
    signing_list: SigningList | None = None

    @property
    def waits(self) -> bool:
        """Whether it is neither filed nor set aside."""
        return self.sheet.entered_at is None and self.sheet.aside_at is None


def match(viewer: Viewer, sheet: ScanSheet, typed: Mapping[str, date] | None = None) -> Match:
    """The sheet held against what this person may know of; `typed` are days on the paper by the
    name of the box."""
    if sheet.found_id is None:
        return Match(sheet, trouble=UNREAD)
    row = db.session.execute(
        visible(viewer, Document)
        .join(Item, Item.id == Document.item_id)
        .add_columns(Item)
        .where(Document.public_id == sheet.found_id)
    ).one_or_none()
    if row is not None:
        return _of_item(viewer, sheet, row.Document, row.Item, typed or {})
    found = _list(viewer, sheet.found_id)
    if found is not None:
        return Match(sheet, "督办事项一览签批单", signing_list=found)
    return Match(sheet, trouble=UNKNOWN)


def _of_item(
    viewer: Viewer, sheet: ScanSheet, document: Document, item: Item, typed: Mapping[str, date]
) -> Match:
    label = labels_of([document.kind]).get(document.kind, "文书")
    try:
        chain, subject = _signed(viewer, item, document.kind)
    except NotFound:
        return Match(sheet, label, item, trouble=NOTHING)
    run = approvals.latest(item, chain, subject)
    if run is None or run.state != "open":
        return Match(sheet, label, item, trouble=FILLED)
    if document.as_of_id < _opened(viewer, item, chain, subject):
        return Match(sheet, label, item, trouble=EARLIER)
    if run.id not in {one.approval.id for one in paper.runs_of(viewer, item)}:
        return Match(sheet, label, item, trouble=NOT_YOURS)
    boxes = paper.boxes_of(viewer, item, run, typed)
    return Match(sheet, label, item, run, boxes, "" if boxes else FILLED)


def _signed(
    viewer: Viewer, item: Item, kind: str
) -> tuple[str, Change | Extension | UrgeNotice | None]:
    """The chain whose boxes the sheet prints, and the row it is over. NotFound: it prints none."""
    if kind in annexes.CHAIN:
        return annexes.CHAIN[kind], None
    if urges.concerns(kind):
        return "urge", urges.notice_of(viewer, item, kind)
    if requests.concerns(kind):
        row = requests.asked(viewer, item, kind)
        return ("extension" if isinstance(row, Extension) else row.kind), row
    raise NotFound


def _opened(
    viewer: Viewer, item: Item, chain: str, subject: Change | Extension | UrgeNotice | None
) -> int:
    """The event that opened the latest run: what was printed before it shows another text."""
    acts = visible(viewer, Event).where(
        Event.item_id == item.id, Event.act.in_(acts_opening(chain))
    )
    if subject is not None:
        acts = acts.where(Event.subject == subject.__tablename__, Event.subject_id == subject.id)
    return db.session.scalar(acts.with_only_columns(func.max(Event.id))) or 0


def _list(viewer: Viewer, public_id: uuid.UUID) -> SigningList | None:
    """A list of which this person may know every item."""
    found = db.session.scalars(
        visible(viewer, SigningList).where(SigningList.public_id == public_id)
    ).one_or_none()
    if found is None:
        return None
    known = visible(viewer, Item).where(Item.id.in_(found.item_ids))
    count = db.session.scalar(known.with_only_columns(func.count()))
    return found if count == len(set(found.item_ids)) else None
