"""Which signature boxes wait for whom, and what a list holds (第十二条, SPEC §8.4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.errors import NotFound
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Approval, ApprovalSlot, BatchItem, Extension, Item, Person, SigningList
from portal.rulebook import approvals
from portal.rulebook.chains import CHAINS
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.roles import Moment, Role, holds_directly
from portal.rulebook.scope import Viewer, visible

MOST = 30
"""Rows of one list: a sheet that a leader can still read through."""
REQUESTS: Final = "extension"
LISTABLE = (*(name for name, chain in CHAINS.items() if chain.machine == "item"), REQUESTS)
"""立项, 办结 and 延期, whose day and reason fit a row; what else is signed has contents of its own
that a row does not show."""
REASON_SHOWN: Final = 60
"""Characters of the reason for more time that a row shows; the rest stands on its form."""
STEPS = {step.step: step.label for name in LISTABLE for step in CHAINS[name].steps}
ROLES = tuple(
    dict.fromkeys(role for name in LISTABLE for step in CHAINS[name].steps for role in step.roles)
)


class Waiting(NamedTuple):
    """A box that waits: whose, and of which item; `asked` is the step in words, `matter` what is
    asked for where the item does not say it."""

    slot: ApprovalSlot
    line: Line
    asked: str
    matter: str
    signer_id: int
    signer: str
    signer_no: int


class Choices(NamedTuple):
    """What waits under the filters: at most one sheet full, and how many more there are; the
    signers and steps to choose from; how many sensitive items wait besides; how many boxes
    that may be listed wait for whom."""

    rows: tuple[Waiting, ...]
    more: int
    signers: dict[int, str]
    steps: dict[str, str]
    sensitive: int
    counts: Mapping[int, int]


class Row(NamedTuple):
    """A row of a list: its place on the sheet, its box and item, and why it is not to be entered
    (empty: it still waits)."""

    number: int
    slot: ApprovalSlot
    line: Line
    asked: str
    matter: str
    moved_on: str

    @property
    def name(self) -> str:
        """How the form's fields are called."""
        return f"row{self.number}"


def must_enter_papers(viewer: Viewer) -> None:
    """NotFound for whoever types in no papers (paper.enter)."""
    if Role.OFFICE_STAFF.value not in viewer.roles:
        raise NotFound


def waiting(
    viewer: Viewer, signer_id: int | None, step: str, batch_id: uuid.UUID | None = None
) -> Choices:
    """What may be put on a list for this signer, longest waiting first, and what to choose from;
    of one batch only, then in the order of its paper."""
    boxes = open_boxes(viewer)
    if batch_id is not None:
        places = _places(viewer, batch_id)
        boxes = [box for box in boxes if box.slot.item_id in places]
        boxes.sort(key=lambda box: places[box.slot.item_id])
    mine = [
        box for box in boxes if box.signer_id == signer_id and (not step or box.slot.step == step)
    ]
    common = [box for box in mine if not box.line.sensitive]
    steps = {box.slot.step for box in boxes}
    return Choices(
        tuple(common[:MOST]),
        max(len(common) - MOST, 0),
        {box.signer_id: box.signer for box in sorted(boxes, key=lambda box: box.signer_no)},
        {name: label for name, label in STEPS.items() if name in steps},
        len(mine) - len(common),
        Counter(box.signer_id for box in boxes if not box.line.sensitive),
    )


def _places(viewer: Viewer, batch_id: uuid.UUID) -> dict[int, int]:
    """The items of a batch with their places in the paper."""
    rows = db.session.execute(
        visible(viewer, BatchItem)
        .where(BatchItem.batch_uuid == batch_id)
        .with_only_columns(BatchItem.item_id, BatchItem.seq)
    )
    return {row.item_id: row.seq for row in rows}


def open_boxes(viewer: Viewer) -> list[Waiting]:
    """Every open box that may be listed of items this person may know of, once for each holder."""
    found = db.session.execute(_open_boxes(viewer.moment).order_by(ApprovalSlot.opened_at)).all()
    known = _lines(viewer, {row.ApprovalSlot.item_id for row in found})
    return [
        Waiting(
            row.ApprovalSlot,
            known[row.ApprovalSlot.item_id],
            STEPS[row.ApprovalSlot.step],
            matter_words(row.Extension),
            row.id,
            row.name,
            row.sort_no,
        )
        for row in found
        if row.ApprovalSlot.item_id in known
    ]


def _open_boxes(moment: Moment) -> Select[ApprovalSlot, Extension | None, int, str, int]:
    """Every open box of these chains with whoever holds its role now. 免于督办, which ends the
    item, is signed on its own form."""
    unit = func.coalesce(ApprovalSlot.unit_id, Item.lead_unit_id)
    held = (
        and_(
            ApprovalSlot.role == role.value,
            holds_directly(role, Person.id, moment, item=Item, unit=unit),
        )
        for role in ROLES
    )
    return (
        select(ApprovalSlot, Extension, Person.id, Person.name, Person.sort_no)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .outerjoin(Extension, _of_request())
        .join(Item, Item.id == ApprovalSlot.item_id)
        .join(Person, or_(*held))
        .where(
            ApprovalSlot.state == "open",
            Approval.state == "open",
            Approval.chain.in_(LISTABLE),
            or_(Approval.chain != REQUESTS, Extension.kind == "extend"),
            Person.active,
        )
    )


def _of_request() -> ColumnElement[bool]:
    return (Approval.chain == REQUESTS) & (Approval.subject_id == Extension.id)


def matter_words(request: Extension | None) -> str:
    """「申请由2026年11月25日延至2026年12月5日。理由：……」; empty without a request."""
    if request is None or request.due_before is None or request.asked_due is None:
        return ""
    reason = request.reason.replace("\n", " ")
    if len(reason) > REASON_SHOWN:
        reason = f"{reason[:REASON_SHOWN]}……"
    days = f"{long_date(request.due_before)}延至{long_date(request.asked_due)}"
    return f"申请由{days}。理由：{reason}"


def lists_of(viewer: Viewer) -> list[tuple[SigningList, str]]:
    """The lists that are not typed in yet, newest first, each with its signer's name; those with
    an item that this person may not know of are not shown."""
    rows = db.session.execute(
        visible(viewer, SigningList)
        .add_columns(Person.name)
        .join(Person, Person.id == SigningList.signer_id)
        .where(SigningList.entered_at.is_(None))
        .order_by(SigningList.id.desc())
        .limit(MOST)
    ).all()
    wanted = {id_ for row in rows for id_ in row.SigningList.item_ids}
    known = set(
        db.session.scalars(
            visible(viewer, Item).where(Item.id.in_(wanted)).with_only_columns(Item.id)
        )
    )
    return [
        (row.SigningList, row.name) for row in rows if known.issuperset(row.SigningList.item_ids)
    ]


def rows_of(viewer: Viewer, found: SigningList) -> tuple[Row, ...]:
    """The list's rows as they stand now. NotFound unless this person may know of every item."""
    slots = {
        row.ApprovalSlot.id: row
        for row in db.session.execute(
            visible(viewer, ApprovalSlot)
            .add_columns(Approval, Extension)
            .join(Approval, Approval.id == ApprovalSlot.approval_id)
            .outerjoin(Extension, _of_request())
            .where(ApprovalSlot.id.in_(found.slot_ids))
            .execution_options(populate_existing=True)
        )
    }
    known = _lines(viewer, found.item_ids)
    if slots.keys() != set(found.slot_ids) or known.keys() != set(found.item_ids):
        raise NotFound
    names = _names([row.ApprovalSlot for row in slots.values()])
    return tuple(
        Row(
            number,
            slots[slot_id].ApprovalSlot,
            known[item_id],
            STEPS[slots[slot_id].ApprovalSlot.step],
            matter_words(slots[slot_id].Extension),
            moved_on(slots[slot_id].ApprovalSlot, slots[slot_id].Approval, names),
        )
        for number, (slot_id, item_id) in enumerate(
            zip(found.slot_ids, found.item_ids, strict=True), start=1
        )
    )


def moved_on(slot: ApprovalSlot, run: Approval, names: dict[int, str]) -> str:
    """Why the box cannot be filled from the list any more; empty if it can."""
    if slot.state in ("agreed", "refused"):
        on_paper = slot.via == "paper"
        who = names.get((slot.entered_by_id if on_paper else slot.person_id) or 0, "")
        return f"已由{who}{'代录' if on_paper else '签批'}"
    return "" if run.state == "open" else "该次报批已结束"


def _names(slots: Sequence[ApprovalSlot]) -> dict[int, str]:
    wanted = {id_ for slot in slots for id_ in (slot.person_id, slot.entered_by_id)}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _lines(viewer: Viewer, item_ids: Collection[int]) -> dict[int, Line]:
    found = db.session.execute(lines(viewer).where(Item.id.in_(item_ids)))
    return {line.item_id: line for line in read_lines(found, viewer.moment.day)}


def label_of(slot: ApprovalSlot) -> str:
    """The box in words, with whose it is where a step asks several."""
    return approvals.label_of_box(db.session.get_one(Approval, slot.approval_id), slot)
