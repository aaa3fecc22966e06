"""Conditions of signing, returning and refusing, on screen and on paper (SPEC §2.3, §8.4)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Change, Item
from portal.rulebook import policy, workdays
from portal.rulebook.guards.situation import LONGEST_DAYS, Situation
from portal.rulebook.refusals import Unmet

SHORTEST_REASON = 4


def reason_given(situation: Situation) -> None:
    """SPEC §2.3: 退回 and 不予立项 say why, in four characters at least."""
    if len(situation.opinion.strip()) < SHORTEST_REASON:
        raise Unmet(
            "请写明理由，不少于4个字。",
            article="12",
            fields={"opinion": "请写明理由，不少于4个字。"},
        )


def place_to_return(situation: Situation) -> None:
    """SPEC §2.3: 「退回拟稿人」 or 「退回上一环节」, where there is one that was signed."""
    if situation.values.get("to_previous") and not db.session.scalar(
        _decided(situation.item, "agreed").limit(1)
    ):
        raise Unmet("没有可退回的上一环节，请退回拟稿人。", article="12")


def nobody_acted(situation: Situation) -> None:
    """SPEC §2.3: 撤回 is possible until somebody of the present step has acted."""
    turn = (
        select(ApprovalSlot.position)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == situation.item.id,
            Approval.state == "open",
            ApprovalSlot.state == "open",
        )
        .limit(1)
        .scalar_subquery()
    )
    acted = _decided(situation.item, "agreed").where(ApprovalSlot.position == turn)
    if db.session.scalar(acted.limit(1)):
        raise Unmet("本环节已有领导签批，不能撤回；可请其退回修改。", article="12")


def _decided(item: Item, state: str) -> Select[int]:
    """The boxes of the open approval in this state."""
    return (
        select(ApprovalSlot.id)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            Approval.state == "open",
            ApprovalSlot.state == state,
        )
    )


def words_given(situation: Situation) -> None:
    """第四条: a 批示, its reply, a yearly judgment say something."""
    if not situation.opinion.strip():
        raise Unmet("请填写内容。", article="4", fields={"opinion": "请填写内容。"})


def paper_complete(situation: Situation) -> None:
    """SPEC §8.4: who signed, the words as written, the day on the paper, and the scan."""
    missing = {
        name: f"请填写{label}。"
        for name, label in (
            ("signer_id", "签批人"),
            ("paper_on", "签批日期"),
            ("scan_id", "扫描件"),
        )
        if not situation.values.get(name)
    }
    if not situation.opinion.strip():
        missing["opinion"] = "请照录签批意见。"
    if missing:
        raise Unmet("代录内容尚不完整，请补充。", article="12", fields=missing)


def paper_in_order(situation: Situation) -> None:
    """SPEC §8.4: not after today, not before the signature before it, not after the next one."""
    slot: ApprovalSlot = situation.subject
    day: date = situation.values["paper_on"]
    if day > situation.moment.day:
        raise Unmet(
            "签批日期不得晚于今天。", article="12", fields={"paper_on": "签批日期不得晚于今天。"}
        )
    others = db.session.scalars(
        select(ApprovalSlot).where(
            ApprovalSlot.approval_id == slot.approval_id, ApprovalSlot.state == "agreed"
        )
    ).all()
    before = [_signed_on(box) for box in others if box.position < slot.position]
    after = [_signed_on(box) for box in others if box.position > slot.position]
    if (before and day < max(before)) or (after and day > min(after)):
        raise Unmet(
            "签批日期与前后环节的签批日期不符，请核对。",
            article="12",
            fields={"paper_on": "不得早于上一环节，也不得晚于下一环节的签批日期。"},
        )


def _signed_on(slot: ApprovalSlot) -> date:
    if slot.paper_on is not None:
        return slot.paper_on
    if slot.decided_at is None:
        raise ValueError("a signed box has its time")
    return shanghai_day(slot.decided_at)


def paper_contestable(situation: Situation) -> None:
    """SPEC §8.4: the person named may object within five working days."""
    slot: ApprovalSlot = situation.subject
    if slot.person_id != situation.person_id:
        raise Unmet("仅被代录的签批人可以提出异议。", article="12")
    if slot.decided_at is None:
        raise ValueError("a signed box has its time")
    days = policy.CURRENT.limit("paper_objection")
    last = workdays.built_in().add_workdays(shanghai_day(slot.decided_at), days)
    if situation.moment.day > last:
        raise Unmet(f"代录满{days}个工作日，异议期限已过。", article="12")


def no_other_change(situation: Situation) -> None:
    """One change of an item waits for consent at a time."""
    pending = select(Change.id).where(Change.item_id == situation.item.id, Change.state == "open")
    if db.session.scalar(pending.limit(1)):
        raise Unmet("本事项另有调整正在报批，请待其办结后再提出。", article="19")


def new_due_given(situation: Situation) -> None:
    """第十六条（六）: a new deadline, not in the past and not out of reach."""
    day = situation.values.get("new_due")
    if day is None:
        raise Unmet("请填写新的办结期限。", article="16(6)", fields={"new_due": "请填写日期。"})
    today = situation.moment.day
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        raise Unmet(
            "新的办结期限不得早于今天，也不得超过十年。",
            article="16(6)",
            fields={"new_due": "请核对日期。"},
        )


def supplement_dated(situation: Situation) -> None:
    """SPEC §2.10: 补正期限 of one to three working days."""
    days = situation.values.get("supplement_days")
    low, high = (policy.CURRENT.limit(f"supplement_{end}") for end in ("min", "max"))
    if days is None or not low <= days <= high:
        raise Unmet(
            f"补正期限为{low}至{high}个工作日。",
            article="16(6)",
            fields={"supplement_days": f"请填写{low}至{high}之间的天数。"},
        )
