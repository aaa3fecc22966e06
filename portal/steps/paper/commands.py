"""Entering signatures from a scan, objecting to one, answering and correcting; each one
transaction (SPEC §8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.errors import Done, Stale
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, Person
from portal.rulebook import approvals, on_paper, workflow
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

PENDING = ("open", "waiting")
SOME_SCAN = 1
"""Says that a scan was sent along, before it is kept: the form has looked into it."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What stands in one box of the paper. `name` is the box's on the form, for its errors."""

    name: str
    slot_id: int
    signer_id: int | None
    signed_for_id: int | None
    decided: str
    opinion: str
    paper_on: date | None
    supplement_days: int | None = None

    def values(
        self, scan_id: int, *, declared: bool, signed_before: date | None = None
    ) -> dict[str, Any]:
        """As the act checks them; `signed_before` is the last day of the boxes before it on the
        same sheet."""
        return {
            "signed_before": signed_before,
            "signer_id": self.signer_id,
            "signed_for_id": self.signed_for_id,
            "decided": self.decided,
            "paper_on": self.paper_on,
            "scan_id": scan_id,
            "supplement_days": self.supplement_days,
            "declared": declared,
        }


def enter(
    viewer: Viewer,
    item: Item,
    entries: Sequence[Entry],
    scan: Sound,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """Several boxes of one sheet, in the order of the form: as many acts, one scan, one
    transaction. Raises Stale if somebody signed one of them meanwhile, Unmet with the fields of
    all boxes that do not hold."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("enter_paper",), item):
        return
    slots = [pending(entry.slot_id) for entry in entries]
    wrong = refusal(viewer, item, entries, declared=declared)
    if wrong is not None:
        raise wrong
    scan_id = _keep(viewer, item, scan, slots[0])
    for number, (entry, slot) in enumerate(zip(entries, slots, strict=True)):
        each = intent if number == 0 else intent.also(f"enter_paper {slot.id}")
        try:
            fill(viewer, item, entry, slot, scan_id, each, declared=declared)
        except Unmet as refused:
            raise _of_box(refused, entry.name) from refused
    db.session.commit()


def refusal(
    viewer: Viewer, item: Item, entries: Sequence[Entry], *, declared: bool
) -> Unmet | None:
    """What does not hold, besides the scan, of every box that still waits; None if all do."""
    slots = {entry.slot_id: db.session.get_one(ApprovalSlot, entry.slot_id) for entry in entries}
    found = []
    for entry in entries:
        slot = slots[entry.slot_id]
        if slot.state not in PENDING:
            continue
        before = [
            other.paper_on
            for other in entries
            if other.paper_on is not None and slots[other.slot_id].position < slot.position
        ]
        last = max(before, default=None)
        refused = refusal_of(viewer, item, slot, entry, declared=declared, signed_before=last)
        if refused is not None:
            found.append(_of_box(refused, entry.name))
    return together(found)


def refusal_of(
    viewer: Viewer,
    item: Item,
    slot: ApprovalSlot,
    entry: Entry,
    *,
    declared: bool,
    signed_before: date | None = None,
) -> Unmet | None:
    """What does not hold of one box, besides the scan."""
    values = entry.values(SOME_SCAN, declared=declared, signed_before=signed_before)
    here = workflow.refusal(viewer, "enter_paper", item, slot, values, entry.opinion)
    as_on_screen = on_paper.refusal(item, slot, viewer.person_id, viewer.moment, values)
    return together([part for part in (here, as_on_screen) if part is not None])


def refusal_of_correction(
    viewer: Viewer, item: Item, entry: Entry, *, declared: bool
) -> Unmet | None:
    """What does not hold of a correction, besides its file."""
    slot = db.session.get_one(ApprovalSlot, entry.slot_id)
    values = entry.values(SOME_SCAN, declared=declared)
    refused = workflow.refusal(viewer, "correct_paper", item, slot, values, entry.opinion)
    return _of_box(refused, entry.name) if refused is not None else None


def fill(
    viewer: Viewer,
    item: Item,
    entry: Entry,
    slot: ApprovalSlot,
    scan_id: int,
    intent: Intent,
    *,
    declared: bool,
    rows: int = 0,
) -> None:
    """One box, in the caller's transaction; `rows`: it was signed on a list of so many."""
    workflow.perform(
        viewer,
        "enter_paper",
        item,
        replace(intent, opinion=entry.opinion),
        subject=slot,
        values=entry.values(scan_id, declared=declared) | {"rows": rows},
    )


def contest(viewer: Viewer, item: Item, slot: ApprovalSlot, intent: Intent) -> None:
    """对代录提出异议, by whom the paper names; the reason is the opinion."""
    workflow.perform(viewer, "contest_paper", item, intent, subject=slot)
    db.session.commit()


def answer(viewer: Viewer, item: Item, slot: ApprovalSlot, intent: Intent) -> None:
    """答复代录异议: the entry stays as it is, the reason says why."""
    workflow.perform(viewer, "answer_paper", item, intent, subject=slot)
    db.session.commit()


def correct(
    viewer: Viewer,
    item: Item,
    entry: Entry,
    scan: Sound | None,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """更正代录: the box as the paper really is, with another scan or the same."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("correct_paper",), item):
        return
    slot = db.session.get_one(ApprovalSlot, entry.slot_id, populate_existing=True)
    scan_id = _keep(viewer, item, scan, slot) if scan else slot.scan_id
    try:
        workflow.perform(
            viewer,
            "correct_paper",
            item,
            replace(intent, opinion=entry.opinion),
            subject=slot,
            values=entry.values(scan_id or 0, declared=declared),
        )
    except Unmet as refused:
        raise _of_box(refused, entry.name) from refused
    db.session.commit()


def pending(slot_id: int) -> ApprovalSlot:
    """The box, if it still waits; Stale with who signed it or ended its run."""
    slot = db.session.get_one(ApprovalSlot, slot_id, populate_existing=True)
    if slot.state not in PENDING:
        raise Stale((_signed(slot),))
    return slot


def _signed(slot: ApprovalSlot) -> Done:
    """Who signed or entered this box since the page was opened."""
    if slot.decided_at is None:
        raise ValueError("a signed box has its time")
    approval = db.session.get_one(Approval, slot.approval_id)
    label = approvals.label_of_box(approval, slot)
    on_paper = slot.via == "paper"
    person_id = slot.entered_by_id if on_paper else slot.person_id
    name = db.session.scalars(select(Person.name).where(Person.id == person_id)).one()
    return Done(name, f"{'代录纸质签批' if on_paper else '签批'}（{label}）", slot.decided_at)


def _keep(viewer: Viewer, item: Item, scan: Sound, slot: ApprovalSlot) -> int:
    """The scan belongs to the first box of its sheet; the others name it as well."""
    return keep(viewer, item, [scan], "scan", of=slot)[0]


SHARED = {"scan_id": "files", "declared": "declared"}


def _of_box(refused: Unmet, name: str) -> Unmet:
    """The refusal at the fields of its box."""
    for part in refused.each:
        part.fields = {SHARED.get(key, f"{name}-{key}"): said for key, said in part.fields.items()}
    return refused
