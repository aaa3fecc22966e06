"""An approval as a machine of its own: opening its slots, signing them, what is open next.

It moves slots and says which state the chain's machine takes; `deciding` alone calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, Unit
from portal.rulebook.chains import CHAINS, Box, Chain, boxes, in_order, step_of
from portal.rulebook.holding import holders
from portal.rulebook.roles import LABELS, Capacity, Moment, Role, holds_directly
from portal.rulebook.slots import signed_before


@dataclass(frozen=True)
class Signature:
    """What is put into a box: who, in which capacity, with which words, when, and how.

    On paper: `paper_on` is the day on it, `entered_by_id` who typed it in from the scan, and
    `contestable_until` the last day on which the person named may object. `picture` is the
    SHA-256 of the signer's picture, of a signature on screen in one's own name.
    """

    person_id: int
    capacity: Capacity
    opinion_id: int | None
    moment: Moment
    paper_on: date | None = None
    entered_by_id: int | None = None
    scan_id: int | None = None
    contestable_until: date | None = None
    picture: str | None = None

    def put(self, slot: ApprovalSlot) -> None:
        """Fill the box."""
        slot.person_id, slot.on_behalf_of_id = self.person_id, self.capacity.on_behalf_of_id
        slot.opinion_id, slot.decided_at = self.opinion_id, self.moment.instant
        slot.via = "online" if self.paper_on is None else "paper"
        slot.paper_on, slot.entered_by_id = self.paper_on, self.entered_by_id
        slot.scan_id, slot.contestable_until = self.scan_id, self.contestable_until
        slot.contested_at = slot.answered_at = None
        slot.picture_sha256 = self.picture


def open_chain(
    chain_name: str,
    item: Item,
    moment: Moment,
    *,
    begins: str = "",
    subject: Any = None,
    beside: bool = False,
) -> Approval:
    """Open the chain over the item's present form version, its slots in order from `begins`.

    A step that merges gets no turn of its own when its holder also signs later.
    """
    chain = CHAINS[chain_name]
    steps = in_order(chain, subject)
    first = steps.index(step_of(chain_name, begins)) if begins else 0
    approval = Approval(
        item_id=item.id,
        chain=chain.name,
        subject_id=None if subject is None else subject.id,
        form_version=item.form_version,
        beside=beside,
        state="open",
        opened_at=moment.instant,
    )
    db.session.add(approval)
    db.session.flush()
    slots = [
        ApprovalSlot(
            item_id=item.id,
            approval_id=approval.id,
            position=position,
            step=step.step,
            role=box.role.value,
            unit_id=box.unit_id,
            state="waiting",
            via="online",
        )
        for position, step in enumerate(steps)
        if position >= first
        for box in _once_each(boxes(step, item, subject), item, moment)
    ]
    db.session.add_all(slots)
    db.session.flush()
    _merge(chain, item, slots, moment)
    return approval


def _once_each(asked: tuple[Box, ...], item: Item, moment: Moment) -> list[Box]:
    """Of one leader in charge of two units one signature is asked."""
    if len({box.role for box in asked}) == len(asked):
        return list(asked)
    kept: dict[object, Box] = {}
    for box in asked:
        holder = _holder(box.role, box.unit_id, item, moment)
        kept.setdefault(holder if holder is not None else box, box)
    return list(kept.values())


def _holder(role: Role, unit_id: int | None, item: Item, moment: Moment) -> int | None:
    found = holders(role, moment, item=item, unit=unit_id, directly=True)
    return found[0] if found else None


def _merge(chain: Chain, item: Item, slots: list[ApprovalSlot], moment: Moment) -> None:
    order = {step.step: place for place, step in enumerate(chain.steps)}
    for slot in slots:
        if not step_of(chain.name, slot.step).merges:
            continue
        holder = _holder(Role(slot.role), slot.unit_id, item, moment)
        for later in slots:
            if holder is None or order[later.step] <= order[slot.step]:
                continue
            clause = holds_directly(Role(later.role), holder, moment, item=item, unit=later.unit_id)
            if db.session.scalar(select(clause)):
                slot.state, slot.filled_by_id = "merged", later.id
                break
    db.session.flush()


class OpenBox(NamedTuple):
    """A box that waits for a signature now: its machine and row (None: the item itself), the state
    of that machine while it is open, and whether it is made up beside the running item."""

    slot: ApprovalSlot
    machine: str
    subject_id: int | None
    state: str
    beside: bool


def open_boxes(item: Item) -> list[OpenBox]:
    """All boxes of the item that wait for a signature now, in the order they were made."""
    rows = db.session.execute(
        select(ApprovalSlot, Approval.chain, Approval.subject_id, Approval.beside)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.state == "open",
            Approval.state == "open",
        )
        .order_by(ApprovalSlot.id)
    )
    return [
        OpenBox(
            row.ApprovalSlot,
            CHAINS[row.chain].machine,
            row.subject_id,
            step_of(row.chain, row.ApprovalSlot.step).state,
            row.beside,
        )
        for row in rows
    ]


def latest(item: Item, chain: str, subject: Any = None) -> Approval | None:
    """The latest run of the chain over this item, or over this row of it; None before the first."""
    return db.session.scalars(
        select(Approval)
        .where(
            Approval.item_id == item.id,
            Approval.chain == chain,
            Approval.subject_id.is_not_distinct_from(None if subject is None else subject.id),
        )
        .order_by(Approval.id.desc())
        .limit(1)
    ).one_or_none()


def end(approval: Approval, state: str, moment: Moment) -> None:
    """End the run: returned, refused or withdrawn. What was signed stays as history, nothing
    waits for a signature any more."""
    approval.state, approval.ended_at = state, moment.instant
    for slot in db.session.scalars(_slots(approval).where(ApprovalSlot.state == "open")):
        slot.state = "waiting"
    db.session.flush()


def refuse_slot(slot: ApprovalSlot, signature: Signature) -> None:
    """不予立项, 不同意 in this box."""
    signature.put(slot)
    slot.state = "refused"
    db.session.flush()


def step_back(slot: ApprovalSlot, moment: Moment) -> str:
    """Reopen the last signed step before this one; returns the state the machine takes.

    The signatures that are cleared stay in the events, with their opinions.
    """
    approval = db.session.get_one(Approval, slot.approval_id)
    before = signed_before(slot)
    if before is None:
        raise ValueError("no step before this one is signed")
    _clear(db.session.scalars(_slots(approval)).all(), before)
    return advance(approval, moment)


def reopen_slot(slot: ApprovalSlot, moment: Moment) -> str:
    """Take one signature out of its box again (a contested paper); the state the machine takes.

    What was signed after it stands: only this box is asked anew, also of a run that had just ended.
    It keeps when it was objected to until it is signed anew.
    """
    approval = db.session.get_one(Approval, slot.approval_id)
    resume(approval)
    for box in db.session.scalars(_slots(approval)):
        if box.id == slot.id:
            box.state = "waiting"
        if slot.id in (box.id, box.filled_by_id):
            _empty(box)
        elif box.state == "open":
            box.state = "waiting"
    slot.contested_at = moment.instant
    db.session.flush()
    return advance(approval, moment)


def take_back(slot: ApprovalSlot, moment: Moment) -> str:
    """Empty a box again, and those its signature filled too, before anybody signed after it; the
    state the machine takes. Boxes beside it stay as they are."""
    approval = db.session.get_one(Approval, slot.approval_id)
    resume(approval)
    for box in db.session.scalars(_slots(approval)):
        if box.id == slot.id or (box.state == "open" and box.position > slot.position):
            box.state = "waiting"
        if slot.id in (box.id, box.filled_by_id):
            _empty(box)
    db.session.flush()
    return advance(approval, moment)


def resume(approval: Approval) -> None:
    """A run that had ended goes on."""
    approval.state, approval.ended_at = "open", None


def _clear(slots: Any, position: int) -> None:
    """Empty every box from this position on, and those that a signature there had filled."""
    later = {box.id for box in slots if box.position >= position}
    for box in slots:
        if box.id in later and box.state != "merged":
            box.state = "waiting"
        if box.id in later or box.filled_by_id in later:
            _empty(box)
    db.session.flush()


def _empty(box: ApprovalSlot) -> None:
    box.person_id = box.on_behalf_of_id = box.opinion_id = box.decided_at = None
    box.paper_on = box.entered_by_id = box.scan_id = box.opened_at = None
    box.contestable_until = box.contested_at = box.answered_at = None
    box.picture_sha256 = None
    box.via = "online"


def sign_slot(slot: ApprovalSlot, signature: Signature) -> list[str]:
    """Fill the slot, and the merged ones that this signature fills too; returns their steps."""
    filled = db.session.scalars(
        select(ApprovalSlot).where(ApprovalSlot.filled_by_id == slot.id)
    ).all()
    for box in (slot, *filled):
        signature.put(box)
    slot.state = "agreed"
    db.session.flush()
    return [box.step for box in filled]


def advance(approval: Approval, moment: Moment) -> str:
    """Open the next step if the present one is complete; the state the machine takes.

    Boxes may be signed out of order on paper: what is open is the first that is not signed.
    """
    chain = CHAINS[approval.chain]
    slots = db.session.scalars(
        _slots(approval).order_by(ApprovalSlot.position, ApprovalSlot.id)
    ).all()
    pending = [slot for slot in slots if slot.state in ("open", "waiting")]
    if not pending:
        approval.state, approval.ended_at = "agreed", moment.instant
        db.session.flush()
        return chain.agreed
    turn = pending[0].position
    for slot in pending:
        if slot.position == turn and slot.state == "waiting":
            slot.state, slot.opened_at = "open", moment.instant
    db.session.flush()
    return step_of(chain.name, pending[0].step).state


def carry_over(approval: Approval, former: Approval, step: str, moment: Moment) -> str:
    """修改后直接送我: the boxes before `step` keep what was signed in the former run, except what
    its signer objects to, which is asked anew. An entry is objected to once: in the new run.

    Returns the state the machine takes.
    """
    signed = {
        (box.step, box.role, box.unit_id): box
        for box in db.session.scalars(_slots(former))
        if box.state == "agreed"
    }
    first = CHAINS[approval.chain].steps.index(step_of(approval.chain, step))
    for box in db.session.scalars(_slots(approval)):
        old = signed.get((box.step, box.role, box.unit_id))
        if box.position < first and box.state != "merged" and old is not None:
            if old.contested_at is not None and old.answered_at is None:
                box.contested_at = old.contested_at
            else:
                for name in KEPT:
                    setattr(box, name, getattr(old, name))
            old.contestable_until = None
    db.session.flush()
    return advance(approval, moment)


KEPT = (
    "state", "person_id", "on_behalf_of_id", "opinion_id", "opened_at", "decided_at", "paper_on",
    "via", "entered_by_id", "scan_id", "contestable_until", "contested_at", "answered_at",
    "picture_sha256",
)  # fmt: skip


def _slots(approval: Approval) -> Select[ApprovalSlot]:
    return select(ApprovalSlot).where(ApprovalSlot.approval_id == approval.id)


def label_of_box(approval: Approval, slot: ApprovalSlot) -> str:
    """The box on screen; of a step that asks several, with whose it is: 「…审定　院长」."""
    step = step_of(approval.chain, slot.step)
    if len(step.roles) > 1:
        return f"{step.label}　{LABELS[Role(slot.role)]}"
    if slot.unit_id is not None:
        return f"{step.label}　{db.session.get_one(Unit, slot.unit_id).short_name}"
    return step.label


def label_of(step: str) -> str:
    """The step's label on screen, e.g. 「分管领导审签」."""
    for chain in CHAINS.values():
        for declared in chain.steps:
            if declared.step == step:
                return declared.label
    raise KeyError(step)
