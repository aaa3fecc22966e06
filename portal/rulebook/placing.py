"""An act whose role and conditions are checked, and where its approval leaves part and item.

第十二、十九条: what `deciding` (on screen) and `on_paper` (typed in from a scan) have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, Opinion, SignaturePicture
from portal.rulebook import approvals, changing, closures, extending
from portal.rulebook.approvals import Signature
from portal.rulebook.chains import CHAINS, goes_on_beside
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import Capacity, Moment
from portal.rulebook.rule_shapes import Rule


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decides what, where, with which words.

    `values` are the form's checked values, `ink` a signature drawn for this box; what is put into
    `facts` goes into the event. `agreed` is called once the last box of the approval is signed; a
    change of the item and more time for it need none, they are applied here.
    """

    rule: Rule
    item: Item
    subject: Any
    person_id: int | None
    capacity: Capacity
    slot: ApprovalSlot | None
    opinion: Opinion | None
    moment: Moment
    values: Mapping[str, Any]
    ink: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    agreed: Callable[[], None] | None = None

    @property
    def signature(self) -> Signature:
        """The actor's own, on screen; as drawn for this box, else with his or her stored picture,
        unless it is for somebody else."""
        if self.person_id is None:
            raise ValueError("the clock signs nothing")
        own = self.capacity.on_behalf_of_id is None
        picture = (self.ink or picture_of(self.person_id)) if own else None
        return Signature(
            self.person_id, self.capacity, self.opinion_id, self.moment, picture=picture
        )

    @property
    def opinion_id(self) -> int | None:
        """The text given with the act, if any."""
        return self.opinion.id if self.opinion else None


def picture_of(person_id: int) -> str | None:
    """The SHA-256 of the picture that this person signs with now; None without one."""
    return db.session.scalars(
        select(SignaturePicture.sha256).where(
            SignaturePicture.person_id == person_id, SignaturePicture.ended_at.is_(None)
        )
    ).one_or_none()


def note_picture(decision: Decision, signature: Signature) -> None:
    """The event says with which picture a box was signed, so that nobody changes it unseen."""
    if signature.picture is not None:
        decision.facts["picture"] = signature.picture


def sign(decision: Decision, slot: ApprovalSlot, signature: Signature) -> str:
    """Fill the box and whatever it fills too; the state the item takes."""
    merged = approvals.sign_slot(slot, signature)
    note_picture(decision, signature)
    if merged:
        decision.facts["fills"] = merged
    approval = db.session.get_one(Approval, slot.approval_id)
    return placed(decision, approval, approvals.advance(approval, decision.moment))


def placed(decision: Decision, approval: Approval, state: str) -> str:
    """The chain's machine takes the state; the one the item takes."""
    chain, item = CHAINS[approval.chain], decision.item
    if approval.state == "agreed" and decision.agreed is not None:
        decision.agreed()
    if approval.beside:
        return item.state
    if chain.machine == "item":
        return state
    subject = db.session.get_one(PARTS[chain.machine], approval.subject_id)
    if approval.state == "open" and goes_on_beside(chain, subject, state):
        approval.beside, state = True, chain.agreed
    subject.state = state
    if approval.state != "agreed":
        return item.state
    if chain.machine == "change":
        subject.ended_at = decision.moment.instant
        decision.facts.update(changing.apply(item, subject, decision.moment))
    if chain.machine == "extension":
        decision.facts.update(extending.apply(item, subject, decision.moment))
        return "exempted" if subject.kind == "exempt" else item.state
    return decision.rule.carries or chain.carries or item.state


def ended(decision: Decision, approval: Approval, how: str, target: str | None) -> str:
    """The run ends as `how`, the chain's machine takes `target`; the state the item takes."""
    approvals.end(approval, how, decision.moment)
    machine, item = CHAINS[approval.chain].machine, decision.item
    if machine == "item":
        return target or item.state
    subject = db.session.get_one(PARTS[machine], approval.subject_id)
    subject.state = target or how
    if machine in ("change", "urge"):
        subject.ended_at = decision.moment.instant
    if machine == "extension":
        extending.ended(subject, decision.moment)
        closures.judge_waiting(item)
    return item.state
