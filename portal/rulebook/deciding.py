"""第十二至十九条: what an act moves: approval, part and item. `workflow` alone calls it."""

from __future__ import annotations

from sqlalchemy import select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, ItemUnit
from portal.rulebook import approvals, on_paper, policy, receipts, resubmission, working_calendar
from portal.rulebook.kept_texts import keep_form
from portal.rulebook.placing import Decision, ended, note_picture, placed, sign
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import Rule


def move(decision: Decision) -> str:
    """Move what the act is about; the state the item takes."""
    rule = decision.rule
    if rule.decides == "transfer":
        return decision.item.state
    if rule.chain and rule.decides == "agree":
        return _open(decision)
    if on_paper.concerns(rule):
        return on_paper.move(decision)
    if rule.machine == "approval_slot":
        return _take_back(decision)
    if rule.decides == "return":
        return _return(decision)
    if rule.decides in ("refuse", "withdraw"):
        return _end(decision)
    if decision.slot is not None:
        return sign(decision, decision.slot, decision.signature)
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
        shares = select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
        for share in db.session.scalars(shares):
            share.state = rule.shares


def _open(decision: Decision) -> str:
    rule, item = decision.rule, decision.item
    former = _asked_back(decision)
    if decision.subject is None:
        item.form_version += 1
        if rule.chain == "initiation":
            decision.facts["form"] = keep_form(item)
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
        if rule.chain == "initiation":
            _make_up(decision)
        return rule.target or item.state
    return placed(decision, approval, state)


def _make_up(decision: Decision) -> None:
    """第十五条: signatures and number are still to come, by a day that is settled now."""
    item, edition = decision.item, policy.of(decision.item.policy_version)
    item.supplementary = True
    item.made_up_by = receipts.made_up_by(
        decision.moment.day, working_calendar.current(), policy=edition
    )


def _asked_back(decision: Decision) -> tuple[Approval, str] | None:
    """The returned run whose signer asked 「修改后直接送我」, and the step (SPEC §2.3)."""
    if decision.subject is not None:
        return None
    step = resubmission.straight_to(decision.item)
    former = approvals.latest(decision.item, decision.rule.chain, None)
    return (former, step) if step and former else None


def _sign_first(decision: Decision, approval: Approval, state: str) -> str:
    """Who hands in as the first signer has signed: no second click for the same decision. So has
    the head whose sheet the office enters."""
    by_sheet = "signer_id" in decision.values
    signature = on_paper.signature(decision, Role.UNIT_HEAD) if by_sheet else decision.signature
    opened = db.session.scalars(
        select(ApprovalSlot).where(
            ApprovalSlot.approval_id == approval.id, ApprovalSlot.state == "open"
        )
    ).all()
    for first in opened:
        if first.role == signature.capacity.role and first.unit_id is None:
            approvals.sign_slot(first, signature)
            note_picture(decision, signature)
            decision.facts["signed"] = first.step
            state = approvals.advance(approval, decision.moment)
    return state


def _return(decision: Decision) -> str:
    slot = decision.slot
    if slot is not None and decision.values.get("to_previous"):
        decision.facts["to_previous"] = True
        approval = db.session.get_one(Approval, slot.approval_id)
        return placed(decision, approval, approvals.step_back(slot, decision.moment))
    if slot is not None and decision.values.get("straight_back"):
        decision.facts["straight_back"] = slot.step
        decision.facts["as_signed"] = resubmission.essentials(decision.item)
    return _ended(decision, "returned")


def _take_back(decision: Decision) -> str:
    """撤回签批: which box, in which chain; with which words stays in the event that signed it."""
    slot: ApprovalSlot = decision.subject
    approval = db.session.get_one(Approval, slot.approval_id)
    decision.facts.update(step=slot.step, chain=approval.chain)
    return placed(decision, approval, approvals.take_back(slot, decision.moment))


def _end(decision: Decision) -> str:
    if decision.slot is not None:
        signature = decision.signature
        approvals.refuse_slot(decision.slot, signature)
        note_picture(decision, signature)
    return _ended(decision, "refused" if decision.rule.decides == "refuse" else "withdrawn")


def _ended(decision: Decision, how: str) -> str:
    """End the approval of the act's box, else the latest of its chain; of a part that is still a
    draft (取消催办) there is none. The state the item takes."""
    subject = decision.subject
    if decision.slot is not None:
        run: Approval | None = db.session.get_one(Approval, decision.slot.approval_id)
    else:
        run = approvals.latest(decision.item, decision.rule.chain or subject.kind, subject)
    if run is not None:
        return ended(decision, run, how, decision.rule.target)
    subject.state = decision.rule.target or how
    return decision.item.state
