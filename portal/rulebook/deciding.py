"""第十二至十九条: what an act moves: approval, part and item. `workflow` alone calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, ItemUnit, Opinion
from portal.rulebook import approvals
from portal.rulebook.approvals import Signature
from portal.rulebook.chains import CHAINS
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import Capacity, Moment, Role
from portal.rulebook.rule_shapes import Rule

RETURNED = {"initiation": "returned", "closing": "in_progress"}
REFUSED = {"initiation": "rejected"}
"""What the item becomes when a leader returned or refused on paper."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """An act whose role and conditions are checked: who decides what, where, with which words.

    `values` are the form's checked values; what is put into `facts` goes into the event.
    `agreed` is called once the last box of the approval is signed.
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
    facts: dict[str, Any] = field(default_factory=dict)
    agreed: Callable[[], None] | None = None

    @property
    def signature(self) -> Signature:
        """The actor's own, on screen."""
        if self.person_id is None:
            raise ValueError("the clock signs nothing")
        return Signature(self.person_id, self.capacity, self._opinion_id, self.moment)

    @property
    def _opinion_id(self) -> int | None:
        return self.opinion.id if self.opinion else None

    def on_paper(self) -> Signature:
        """What the office typed in from a scan, for the person who signed the sheet."""
        return Signature(
            self.values["signer_id"],
            Capacity(Role(self.subject.role), self.values.get("signed_for_id")),
            self._opinion_id,
            self.moment,
            paper_on=self.values["paper_on"],
            entered_by_id=self.person_id,
            scan_id=self.values["scan_id"],
        )


def move(decision: Decision) -> str:
    """Move what the act is about; the state the item takes."""
    rule = decision.rule
    if rule.chain and rule.decides == "agree":
        return _open(decision)
    if rule.machine == "approval_slot":
        return _paper(decision)
    if rule.decides == "return":
        return _return(decision)
    if rule.decides in ("refuse", "withdraw"):
        return _end(decision)
    if decision.slot is not None:
        return _sign(decision, decision.slot, decision.signature)
    return _plain(decision)


def _plain(decision: Decision) -> str:
    rule, item, subject = decision.rule, decision.item, decision.subject
    _share(rule, item)
    if rule.target is None:
        return item.state
    if subject is None:
        return rule.target
    subject.state = rule.target
    return rule.carries if rule.carries and subject.role == "lead" else item.state


def _share(rule: Rule, item: Item) -> None:
    if rule.shares:
        for share in db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id)):
            share.state = rule.shares


def _open(decision: Decision) -> str:
    rule, item = decision.rule, decision.item
    former = _asked_back(decision)
    if decision.subject is None:
        item.form_version += 1
    approval = approvals.open_chain(
        rule.chain,
        item,
        decision.moment,
        begins=rule.begins,
        subject=decision.subject,
        beside=rule.beside,
    )
    if former is not None:
        state = approvals.carry_over(approval, former[0], former[1], decision.moment)
        decision.facts["straight_to"] = former[1]
    else:
        state = approvals.advance(approval, decision.moment)
    state = _sign_first(decision, approval, state)
    _share(rule, item)
    if rule.beside:
        item.supplementary = True
        return rule.target or item.state
    return _placed(decision, approval, state)


def _asked_back(decision: Decision) -> tuple[Approval, str] | None:
    """The returned run whose signer asked 「修改后直接送我」, and the step (SPEC §2.3)."""
    step = decision.values.get("straight_to")
    former = approvals.latest(decision.item, decision.rule.chain, decision.subject)
    return (former, str(step)) if step and former else None


def _sign_first(decision: Decision, approval: Approval, state: str) -> str:
    """Who hands in as the first signer has signed: no second click for the same decision."""
    opened = db.session.scalars(
        select(ApprovalSlot).where(
            ApprovalSlot.approval_id == approval.id, ApprovalSlot.state == "open"
        )
    ).all()
    for first in opened:
        if first.role == decision.capacity.role and first.unit_id is None:
            approvals.sign_slot(first, decision.signature)
            decision.facts["signed"] = first.step
            state = approvals.advance(approval, decision.moment)
    return state


def _sign(decision: Decision, slot: ApprovalSlot, signature: Signature) -> str:
    merged = approvals.sign_slot(slot, signature)
    if merged:
        decision.facts["fills"] = merged
    approval = db.session.get_one(Approval, slot.approval_id)
    return _placed(decision, approval, approvals.advance(approval, decision.moment))


def _placed(decision: Decision, approval: Approval, state: str) -> str:
    """The chain's machine takes the state; the one the item takes."""
    chain, item = CHAINS[approval.chain], decision.item
    if approval.state == "agreed" and decision.agreed is not None:
        decision.agreed()
    if approval.beside:
        return item.state
    if chain.machine == "item":
        return state
    subject = db.session.get_one(PARTS[chain.machine], approval.subject_id)
    subject.state = state
    if approval.state != "agreed":
        return item.state
    if chain.machine == "change":
        subject.ended_at = decision.moment.instant
    return decision.rule.carries or chain.carries or item.state


def _return(decision: Decision) -> str:
    slot = decision.slot
    if slot is not None and decision.values.get("to_previous"):
        decision.facts["to_previous"] = True
        approval = db.session.get_one(Approval, slot.approval_id)
        return _placed(decision, approval, approvals.step_back(slot, decision.moment))
    if slot is not None and decision.values.get("straight_back"):
        decision.facts["straight_back"] = slot.step
    _end_run(decision, "returned")
    if decision.subject is None:
        return decision.rule.target or decision.item.state
    decision.subject.state = decision.rule.target
    return decision.item.state


def _end(decision: Decision) -> str:
    rule, item, subject = decision.rule, decision.item, decision.subject
    if decision.slot is not None:
        approvals.refuse_slot(decision.slot, decision.signature)
    ended = "refused" if rule.decides == "refuse" else "withdrawn"
    _end_run(decision, ended)
    if subject is None:
        return rule.target or item.state
    subject.state = rule.target or ended
    if rule.machine == "change":
        subject.ended_at = decision.moment.instant
    return item.state


def _end_run(decision: Decision, state: str) -> None:
    """End the approval of the act's box, else the latest of its chain; of a part that is still a
    draft (取消催办) there is none."""
    subject = decision.subject
    if decision.slot is not None:
        run: Approval | None = db.session.get_one(Approval, decision.slot.approval_id)
    else:
        run = approvals.latest(decision.item, decision.rule.chain or subject.kind, subject)
    if run is not None:
        approvals.end(run, state, decision.moment)


def _paper(decision: Decision) -> str:
    """SPEC §8.4: a signature on paper is typed in, or contested by whom it names."""
    slot: ApprovalSlot = decision.subject
    approval = db.session.get_one(Approval, slot.approval_id)
    if decision.rule.act == "contest_paper":
        return _contest(decision, slot, approval)
    decided = str(decision.values.get("decided", "agree"))
    decision.facts.update(
        step=slot.step, signer_id=decision.values["signer_id"], decided=decided,
        paper_on=decision.values["paper_on"].isoformat(),
    )  # fmt: skip
    if decided == "agree":
        return _sign(decision, slot, decision.on_paper())
    if decided == "refuse":
        approvals.refuse_slot(slot, decision.on_paper())
        approvals.end(approval, "refused", decision.moment)
        return REFUSED[approval.chain]
    approvals.end(approval, "returned", decision.moment)
    return RETURNED[approval.chain]


def _contest(decision: Decision, slot: ApprovalSlot, approval: Approval) -> str:
    """An open approval asks the box again; of one that has ended only the objection is kept."""
    decision.facts["step"] = slot.step
    if approval.state != "open":
        slot.contested_at = decision.moment.instant
        return decision.item.state
    return _placed(decision, approval, approvals.reopen_slot(slot, decision.moment))
