"""An approval as a machine of its own: opening its slots, signing them, what is open next.

It moves slots and says which state the item takes; `workflow` alone calls it.
"""

from __future__ import annotations

from sqlalchemy import select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item
from portal.rulebook.chains import CHAINS, Chain, Step, signers, step_of
from portal.rulebook.roles import Capacity, Moment, Role, holders, holds_directly


def open_chain(chain_name: str, item: Item, moment: Moment, begins: str = "") -> Approval:
    """Open the chain over the item's present form version, its slots in order from `begins`.

    A step that merges gets no turn of its own when its holder also signs later.
    """
    chain = CHAINS[chain_name]
    first = chain.steps.index(step_of(chain_name, begins)) if begins else 0
    approval = Approval(
        item_id=item.id,
        chain=chain.name,
        form_version=item.form_version,
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
            role=role.value,
            state="waiting",
            via="online",
        )
        for position, step in enumerate(chain.steps)
        if position >= first
        for role in signers(chain, step, item)
    ]
    db.session.add_all(slots)
    db.session.flush()
    _merge(chain, item, slots, moment)
    return approval


def _merge(chain: Chain, item: Item, slots: list[ApprovalSlot], moment: Moment) -> None:
    for slot in slots:
        if not step_of(chain.name, slot.step).merges:
            continue
        holder = db.session.scalars(
            holders(Role(slot.role), moment, item=item, directly=True)
        ).first()
        for later in slots:
            if holder is None or later.position <= slot.position:
                continue
            clause = holds_directly(Role(later.role), holder, moment, item=item)
            if db.session.scalar(select(clause)):
                slot.state, slot.filled_by_id = "merged", later.id
                break
    db.session.flush()


def open_slots(item: Item, step: str) -> list[ApprovalSlot]:
    """The slots of this step ("*": of any) that wait for a signature now."""
    query = (
        select(ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.state == "open",
            Approval.state == "open",
        )
    )
    if step != "*":
        query = query.where(ApprovalSlot.step == step)
    return list(db.session.scalars(query.order_by(ApprovalSlot.id)))


def latest(item: Item, chain: str) -> Approval:
    """The latest run of the chain over this item."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.item_id == item.id, Approval.chain == chain)
        .order_by(Approval.id.desc())
        .limit(1)
    ).one()


def end(approval: Approval, state: str, moment: Moment) -> None:
    """End the run: returned, refused or withdrawn. What was signed stays as history, nothing
    waits for a signature any more."""
    approval.state, approval.ended_at = state, moment.instant
    for slot in db.session.scalars(
        select(ApprovalSlot).where(
            ApprovalSlot.approval_id == approval.id, ApprovalSlot.state == "open"
        )
    ):
        slot.state = "waiting"
    db.session.flush()


def refuse_slot(
    slot: ApprovalSlot,
    capacity: Capacity,
    person_id: int,
    opinion_id: int | None,
    moment: Moment,
) -> None:
    """不予立项 in this box."""
    slot.state, slot.person_id, slot.opinion_id = "refused", person_id, opinion_id
    slot.on_behalf_of_id, slot.decided_at = capacity.on_behalf_of_id, moment.instant
    db.session.flush()


def step_back(slot: ApprovalSlot, moment: Moment) -> str:
    """Reopen the last signed step before this one; returns the state the item takes.

    The signatures that are cleared stay in the events, with their opinions.
    """
    approval = db.session.get_one(Approval, slot.approval_id)
    slots = db.session.scalars(
        select(ApprovalSlot).where(ApprovalSlot.approval_id == approval.id)
    ).all()
    before = max(
        box.position for box in slots if box.state == "agreed" and box.position < slot.position
    )
    for box in slots:
        if box.position >= before and box.state != "merged":
            box.state = "waiting"
        if box.position >= before or box.filled_by_id in {
            other.id for other in slots if other.position >= before
        }:
            box.person_id = box.on_behalf_of_id = box.opinion_id = box.decided_at = None
            box.opened_at = None
    db.session.flush()
    return advance(approval, moment)


def sign_slot(
    slot: ApprovalSlot,
    capacity: Capacity,
    person_id: int,
    opinion_id: int | None,
    moment: Moment,
) -> list[str]:
    """Fill the slot, and the merged ones that this signature fills too; returns their steps."""
    filled = db.session.scalars(
        select(ApprovalSlot).where(ApprovalSlot.filled_by_id == slot.id)
    ).all()
    for box in (slot, *filled):
        box.person_id = person_id
        box.on_behalf_of_id = capacity.on_behalf_of_id
        box.opinion_id = opinion_id
        box.decided_at = moment.instant
    slot.state = "agreed"
    db.session.flush()
    return [box.step for box in filled]


def advance(approval: Approval, moment: Moment) -> str:
    """Open the next step if the present one is complete; returns the state the item takes."""
    chain = CHAINS[approval.chain]
    slots = db.session.scalars(
        select(ApprovalSlot)
        .where(ApprovalSlot.approval_id == approval.id)
        .order_by(ApprovalSlot.position, ApprovalSlot.id)
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


def label_of(step: str) -> str:
    """The step's label on screen, e.g. 「分管领导审签」."""
    for chain in CHAINS.values():
        for declared in chain.steps:
            if declared.step == step:
                return declared.label
    raise KeyError(step)


__all__ = ["Step", "advance", "label_of", "open_chain", "open_slots", "sign_slot"]
