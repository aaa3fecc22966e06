"""Conditions of 代录: a signature typed in from a scan, and an objection to it (SPEC §8.4)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Approval, ApprovalSlot
from portal.models.entered import Entered
from portal.rulebook import policy
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.signers import signers_on


def paper_box_open(situation: Situation) -> None:
    """A box of a run that has ended is not filled any more."""
    approval = db.session.get_one(Approval, situation.subject.approval_id)
    if approval.state != "open":
        raise Unmet("该项签批已经结束，不再代录。", article="12")


def paper_complete(situation: Situation) -> None:
    """Who signed, the words as written, the day on the paper, and the scan."""
    missing = {
        name: f"请填写{label}。"
        for name, label in (("signer_id", "签批人"), ("paper_on", "签批日期"))
        if not situation.values.get(name)
    }
    if not situation.values.get("scan_id"):
        missing["scan_id"] = "请上传扫描件。"
    if not situation.opinion.strip():
        missing["opinion"] = "请照录签批意见。"
    if missing:
        raise Unmet("代录内容尚不完整，请补充。", article="12", fields=missing)


def paper_by_holder(situation: Situation) -> None:
    """SPEC §1.5: who signed held the box's role that day, or stood in for the holder."""
    slot, values = situation.subject, situation.values
    day: date | None = values.get("paper_on")
    if day is None or not values.get("signer_id"):
        return  # `paper_complete` says so
    signed = (values["signer_id"], values.get("signed_for_id"))
    found = {(who.person_id, who.for_id) for who in signers_on(day, situation.item, slot)}
    if signed not in found:
        raise Unmet(
            f"所选签批人{long_date(day)}不承担本环节签批，请核对签批人和日期。",
            article="12",
            fields={"signer_id": f"{long_date(day)}不由其签批，请核对。"},
        )


def paper_in_order(situation: Situation) -> None:
    """Not after today, not before the signature before it, not after the next one; of a form handed
    in again not before that day, for the earlier text was another; nor of a closing before it was
    applied for, by which on time is judged. `signed_before` is the last day of the boxes before
    it on the same sheet."""
    slot: ApprovalSlot = situation.subject
    day: date | None = situation.values.get("paper_on")
    if day is None:
        return  # `paper_complete` says so
    if day > situation.moment.day:
        raise _wrong_day("签批日期不得晚于今天。")
    approval = db.session.get_one(Approval, slot.approval_id)
    handed_in = shanghai_day(approval.opened_at)
    if day < handed_in and (approval.chain == "closing" or _handed_in_before(approval)):
        raise _wrong_day(f"本次表单于{long_date(handed_in)}提交，签批日期不得早于该日。")
    others = db.session.scalars(
        select(ApprovalSlot).where(
            ApprovalSlot.approval_id == slot.approval_id,
            ApprovalSlot.state == "agreed",
            ApprovalSlot.id != slot.id,
        )
    ).all()
    before = [_signed_on(box) for box in others if box.position < slot.position]
    if situation.values.get("signed_before") is not None:
        before.append(situation.values["signed_before"])
    after = [_signed_on(box) for box in others if box.position > slot.position]
    if before and day < max(before):
        raise _wrong_day(f"签批日期不得早于上一环节的{long_date(max(before))}。")
    if after and day > min(after):
        raise _wrong_day(f"签批日期不得晚于下一环节的{long_date(min(after))}。")


def _wrong_day(said: str) -> Unmet:
    return Unmet(said, article="12", fields={"paper_on": said})


def _handed_in_before(approval: Approval) -> bool:
    earlier = select(Approval.id).where(
        Approval.item_id == approval.item_id,
        Approval.chain == approval.chain,
        Approval.subject_id.is_not_distinct_from(approval.subject_id),
        Approval.id < approval.id,
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _signed_on(slot: ApprovalSlot) -> date:
    if slot.paper_on is not None:
        return slot.paper_on
    if slot.decided_at is None:
        raise ValueError("a signed box has its time")
    return shanghai_day(slot.decided_at)


def paper_contestable(situation: Situation) -> None:
    """The person named may object once, within five working days."""
    entry: Entered = situation.subject
    if entry.via == "online" or entry.named_id != situation.person_id:
        raise Unmet("仅被代录人可以提出异议。", article="12")
    if entry.contested_at is not None:
        raise Unmet("您已对该项代录提出异议。", article="12")
    if entry.contestable_until is None:
        raise Unmet("该签批已转入新的一次签批，请对新的一次提出异议。", article="12")
    if situation.moment.day > entry.contestable_until:
        days = policy.CURRENT.limit("paper_objection")
        raise Unmet(f"代录满{days}个工作日，异议期限已过。", article="12")


def paper_contested(situation: Situation) -> None:
    """There is an objection that nobody has answered yet."""
    entry: Entered = situation.subject
    settled = entry.answered_at is not None or entry.contestable_until is None
    if entry.contested_at is None or settled:
        raise Unmet("该项代录没有待答复的异议。", article="12")
