"""Making a list, and typing in the signed one: all its rows in one transaction (SPEC §8.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.errors import NotFound, NotOffered, PortalError
from portal.extensions import db
from portal.models import Appointment, ApprovalSlot, Item, SigningList
from portal.rooms.signing_lists.making import LISTS
from portal.rooms.signing_lists.queries import (
    MOST,
    Row,
    must_enter_papers,
    open_boxes,
    rows_of,
)
from portal.rulebook import workflow
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent
from portal.steps.paper import commands as paper
from portal.steps.paper.commands import Entry, fill

SENSITIVE = "敏感事项不能与其他事项列入同一签批单，请逐项代录。"
NOT_ALL = "本单所列事项已有变动，不能整单代录，请逐项代录，或另行打印签批单。"
ENTERED = "本单已经代录。"
SHARED = {
    "signer_id": "signer_id",
    "paper_on": "paper_on",
    "scan_id": "files",
    "files": "files",
    "declared": "declared",
}
"""Fields of a box that all rows of the sheet have in common."""


@dataclass(eq=False)
class MovedOn(PortalError):
    """Rows of the list were signed or ended since the page was opened: nothing was typed in."""

    rows: tuple[Row, ...]
    status = 409


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What stands on the signed list: who signed (for whom), when, and the opinion by row."""

    signer_id: int | None
    signed_for_id: int | None
    paper_on: date | None
    opinions: Mapping[int, str]


def make_list(
    viewer: Viewer, signer_id: int, slot_ids: Sequence[int], key: uuid.UUID
) -> SigningList:
    """A list of these boxes for this signer, to be printed. The same form twice is one list.

    Unmet if a box does not wait any more, for a sensitive item, or for too many.
    """
    must_enter_papers(viewer)
    earlier = db.session.scalars(
        visible(viewer, SigningList).where(SigningList.key == key)
    ).one_or_none()
    if earlier is not None:
        return earlier
    slots = _boxes(viewer, signer_id, slot_ids)
    found = SigningList(
        signer_id=signer_id,
        slot_ids=[slot.id for slot in slots],
        item_ids=[slot.item_id for slot in slots],
        key=key,
        asked_by_id=viewer.person_id,
        asked_at=datetime.now(UTC),  # real time, as the sweep counts
        listed_on=viewer.moment.day,
        readers=[_office(viewer)],
    )
    db.session.add(found)
    db.session.flush()
    list_id = found.id
    db.session.commit()
    LISTS.ask(list_id)
    return db.session.scalars(visible(viewer, SigningList).where(SigningList.id == list_id)).one()


def _boxes(viewer: Viewer, signer_id: int, slot_ids: Sequence[int]) -> list[ApprovalSlot]:
    if not slot_ids:
        raise Unmet("请勾选要列入签批单的事项。", article="12")
    if len(slot_ids) > MOST:
        raise Unmet(f"一张签批单最多列{MOST}项，请分次打印。", article="12")
    found = {box.slot.id: box for box in open_boxes(viewer) if box.signer_id == signer_id}
    if not found.keys() >= set(slot_ids):
        raise Unmet("所选事项中有的已经签批，请刷新页面后重新勾选。", article="12")
    chosen = [found[slot_id] for slot_id in dict.fromkeys(slot_ids)]
    if any(box.line.sensitive for box in chosen):
        raise Unmet(SENSITIVE, article="21")
    return [box.slot for box in chosen]


def _office(viewer: Viewer) -> int:
    """党政办, whose people all may go on with the list."""
    unit_id = db.session.scalars(
        select(Appointment.unit_id)
        .where(
            Appointment.person_id == viewer.person_id,
            Appointment.role == Role.OFFICE_STAFF.value,
            Appointment.unit_id.is_not(None),
            in_force(Appointment, viewer.moment.day),
        )
        .limit(1)
    ).one_or_none()
    return unit_id if unit_id is not None else -(viewer.person_id or 0)


def enter(
    viewer: Viewer,
    found: SigningList,
    sheet: Sheet,
    scan: Sound,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """代录 of every row that has an opinion in `sheet`, each an act of its own on its item, with
    the one scan; all or nothing. Sent twice it is done once.

    MovedOn names the rows that others were first with; Unmet says at each row what does not hold.
    """
    must_enter_papers(viewer)
    db.session.refresh(found, with_for_update=True)
    if workflow.done_before(viewer, intent, ("enter_paper",)) is not None:
        return
    if found.entered_at is not None:
        raise NotOffered(ENTERED, article="12")
    items = _locked(viewer, found)
    rows = [row for row in rows_of(viewer, found) if row.number in sheet.opinions]
    late = tuple(row for row in rows if row.moved_on)
    if late:
        raise MovedOn(late)
    refused = refusal(viewer, found, sheet, declared=declared)
    if refused is not None:
        raise refused
    for count, row in enumerate(rows):
        each = intent if count == 0 else intent.also(f"enter_paper {row.slot.id}")
        _enter_row(viewer, items[row.slot.item_id], found, row, sheet, scan, each, declared)
    found.entered_at = viewer.moment.instant
    db.session.commit()


def refusal(viewer: Viewer, found: SigningList, sheet: Sheet, *, declared: bool) -> Unmet | None:
    """What does not hold of the sheet, besides its scan: once what all rows have in common, then
    row by row; None if all holds."""
    asked = (("signer_id", "签批人", sheet.signer_id), ("paper_on", "签批日期", sheet.paper_on))
    missing = {name: f"请填写{label}。" for name, label, given in asked if not given}
    refused = []
    if missing:
        refused.append(Unmet("代录内容尚不完整，请补充。", article="12", fields=missing))
    rows = [row for row in rows_of(viewer, found) if row.number in sheet.opinions]
    if not rows:
        refused.append(Unmet("请至少录入一项。", article="12"))
    for row in rows:
        if row.moved_on:
            continue
        item = db.session.get_one(Item, row.slot.item_id)
        of_row = paper.refusal_of(viewer, item, row.slot, _entry(row, sheet), declared=declared)
        for part in of_row.each if of_row is not None else ():
            said = {name: text for name, text in part.fields.items() if name not in missing}
            if said or not part.fields:
                refused.append(_of_row(Unmet(part.reason, article=part.article, fields=said), row))
    return together(refused)


def _locked(viewer: Viewer, found: SigningList) -> dict[int, Item]:
    """All items of the list, held in one order: two lists never wait for each other."""
    items = {}
    for item_id in sorted(set(found.item_ids)):
        item = db.session.get(Item, item_id)
        if item is None:
            raise NotOffered(NOT_ALL, article="21")
        try:
            workflow.lock(viewer, item)
        except NotFound as unknown:
            raise NotOffered(NOT_ALL, article="21") from unknown
        if item.classification == "sensitive":
            raise NotOffered(SENSITIVE, article="21")
        items[item_id] = item
    return items


def _enter_row(
    viewer: Viewer,
    item: Item,
    found: SigningList,
    row: Row,
    sheet: Sheet,
    scan: Sound,
    intent: Intent,
    declared: bool,
) -> None:
    """One box; every item has a row of its own for the scan, shown to who knows all of them."""
    try:
        [scan_id] = keep(
            viewer, item, [scan], "scan", of=row.slot, with_items=sorted(set(found.item_ids))
        )
        fill(
            viewer,
            item,
            _entry(row, sheet),
            row.slot,
            scan_id,
            intent,
            declared=declared,
            rows=len(found.slot_ids),
        )
    except Unmet as refused:
        raise _of_row(refused, row) from refused


def _entry(row: Row, sheet: Sheet) -> Entry:
    """What the sheet says in this row."""
    return Entry(
        name=row.name,
        slot_id=row.slot.id,
        signer_id=sheet.signer_id,
        signed_for_id=sheet.signed_for_id,
        decided="agree",
        opinion=sheet.opinions[row.number],
        paper_on=sheet.paper_on,
    )


def _of_row(refused: Unmet, row: Row) -> Unmet:
    """The refusal with its row; at the row's opinion, or at what all rows share."""
    where = f"第{row.number}项“{row.line.title}”："
    fields = {
        SHARED.get(name, f"{row.name}-{name}"): f"{where}{said}"
        for name, said in refused.fields.items()
    }
    return Unmet(f"{where}{refused.reason}", article=refused.article, fields=fields)
