"""Conditions of an act beyond state and role; each raises `Unmet` with its article.

A guard sees the situation and decides nothing else; the tables in `rules` name the guards.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from portal.extensions import db
from portal.models import (
    Appointment,
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Attachment,
    Item,
    ItemMember,
    ItemUnit,
    Unit,
)
from portal.rulebook import policy
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Moment, Role, holders, holds, in_force


@dataclass(frozen=True)
class Situation:
    """An act about to be done: the item, its part (if the act is on one), and checked values."""

    item: Item
    subject: Any
    person_id: int
    moment: Moment
    values: Mapping[str, Any] = field(default_factory=dict)
    opinion: str = ""


SHORTEST_REASON = 4
LONGEST_DAYS = 3660
"""Ten years: an explicit date beyond is a slip of the pen."""
Guard = Callable[[Situation], None]
Only = Callable[[Any], ColumnElement[bool]]
"""What narrows a row of 待办: takes the mapped class of the rule's machine, gives SQL."""


def declared(situation: Situation) -> None:
    """第二十一条: the writer has answered that nothing here is a state secret."""
    if not situation.values.get("declared"):
        raise Unmet(
            "请确认内容及附件不涉及国家秘密。",
            article="21",
            fields={"declared": "请勾选确认后再提交。"},
        )


def form_complete(situation: Situation) -> None:
    """第十六条（一）: matter, requirement, source, lead unit, level and time limit are there."""
    item = situation.item
    missing = {
        name: f"请填写{label}。"
        for name, label in (
            ("title", "事项"),
            ("requirement", "办理要求"),
            ("source_type", "事项来源"),
        )
        if not getattr(item, name).strip()
    }
    if missing:
        raise Unmet("立项内容尚不完整，请补充。", article="16(1)", fields=missing)


def period_allowed(situation: Situation) -> None:
    """第十八条: the days lie in the level's range; anything else is an explicit date with basis."""
    item = situation.item
    level = policy.CURRENT.level(item.level)
    if item.deadline_kind == "days":
        low, high = level.days_min, level.days_max
        if low is None or high is None:
            raise Unmet(
                f"{level.label}事项请填写明确日期或选择长期。",
                article=level.article,
                fields={"deadline_days": "请改填明确日期或选择长期。"},
            )
        if not low <= (item.deadline_days or 0) <= high:
            raise Unmet(
                f"{level.label}事项的办理时限为{low}至{high}天；其他时限请填写明确日期和依据。",
                article=level.article,
                fields={"deadline_days": f"请填写{low}至{high}之间的天数。"},
            )
    if item.deadline_kind == "open" and level.days_max is not None:
        raise Unmet(
            "仅四级事项可以设为长期。",
            article="18(4)",
            fields={"deadline_kind": "请选择其他时限。"},
        )
    if item.deadline_date is not None:
        _date_allowed(item.deadline_date, situation.moment.day)
    if item.deadline_kind == "date" and not item.deadline_basis.strip() and item.level != 4:
        raise Unmet(
            "填写明确日期的，请写明依据。",
            article="18(5)",
            fields={"deadline_basis": "请写明依据。"},
        )


def _date_allowed(date: datetime.date, today: datetime.date) -> None:
    if date < today:
        raise Unmet(
            "完成时限已过，请重新填写。",
            article="18(5)",
            fields={"deadline_date": "完成时限不得早于今天。"},
        )
    if date > today + datetime.timedelta(days=LONGEST_DAYS):
        raise Unmet(
            "完成时限过远，请核对年份；无期限的事项请选择长期。",
            article="18(5)",
            fields={"deadline_date": "请核对年份。"},
        )


def units_distinct(situation: Situation) -> None:
    """第八条: one lead unit, and the lead is not among the co-units."""
    leads = db.session.scalar(
        select(func.count())
        .select_from(ItemUnit)
        .where(ItemUnit.item_id == situation.item.id, ItemUnit.role == "lead")
    )
    if leads != 1:
        raise Unmet("请确定一个牵头单位。", article="8", fields={"lead_unit": "请选择牵头单位。"})


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


def own_draft(situation: Situation) -> None:
    """第六条: a unit sends its own draft to its head."""
    if situation.item.drafter_id != situation.person_id:
        raise Unmet("请由拟稿人提交。", article="6")


def not_the_head(situation: Situation) -> None:
    """第六条: the head of the unit submits without a confirmation of his own."""
    item = situation.item
    if db.session.scalar(
        select(holds(Role.UNIT_HEAD, situation.person_id, situation.moment, item=item))
    ):
        raise Unmet("您是单位负责人，请直接提交立项。", article="6")


def due_not_past(situation: Situation) -> None:
    """SPEC §3.2, case D21: an explicit date that has passed cannot be issued."""
    date = situation.item.deadline_date
    if date is not None and date < situation.moment.day:
        raise Unmet("完成时限已过，请先调整时限再下达。", article="18(5)")


def units_have_heads(situation: Situation) -> None:
    """第六条: a notice goes to a unit that has a head, or somebody acting as head."""
    item = situation.item
    rows = db.session.execute(
        select(ItemUnit.unit_id, Unit.short_name)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id)
    )
    without = [
        name
        for unit_id, name in rows
        if not db.session.scalars(
            holders(Role.UNIT_HEAD, situation.moment, item=item, unit=unit_id)
        ).first()
    ]
    if without:
        raise Unmet(f"{'、'.join(without)}尚无负责人，请先在组织机构中补充。", article="6")


def handler_belongs(situation: Situation) -> None:
    """第十六条（三）: the 承办人 is somebody of the unit."""
    chosen = situation.values.get("handler_id")
    there = db.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.person_id == chosen,
            Appointment.unit_id == situation.subject.unit_id,
            in_force(Appointment, situation.moment.day),
        )
    )
    if not there:
        raise Unmet(
            "请在本单位人员中指定承办人。",
            article="16(3)",
            fields={"handler": "请选择本单位人员。"},
        )


def result_present(situation: Situation) -> None:
    """第十六条（六）: the unit says what was achieved."""
    if not str(situation.values.get("result_text", "")).strip():
        raise Unmet("请填写办结情况。", article="16(6)", fields={"result_text": "请填写办结情况。"})


def evidence_present(situation: Situation) -> None:
    """第十六条（六）: as many 佐证材料 as the policy asks for, sent along or handed in before."""
    item, sent = situation.item, situation.values.get("files", 0)
    least = policy.of(item.policy_version).limit("closing_evidence")
    if sent >= least:
        return
    before = db.session.scalars(
        select(func.count())
        .select_from(Attachment)
        .where(
            Attachment.item_id == item.id,
            Attachment.state == "kept",
            Attachment.purpose.in_(("evidence", "report", "closing")),
        )
    ).one()
    if sent + before < least:
        reason = f"申请办结须有佐证材料，不少于{least}份。"
        raise Unmet(reason, article="16(6)", fields={"files": reason})


def handler_named(situation: Situation) -> None:
    """第十六条（三）: the lead unit has named its handler before it hands in."""
    named = db.session.scalar(
        select(func.count())
        .select_from(ItemMember)
        .where(ItemMember.item_id == situation.item.id, ItemMember.role == "handler")
    )
    if not named:
        raise Unmet("请先指定承办人。", article="16(3)")


def unit_copy_kept(situation: Situation) -> None:
    """第十六条（七）: 双备案, so the lead unit has confirmed its copy first."""
    kept = db.session.scalar(
        select(ArchiveRecord.kept_on).where(
            ArchiveRecord.item_id == situation.item.id, ArchiveRecord.keeper == "unit"
        )
    )
    if kept is None:
        raise Unmet("牵头单位尚未确认本单位存档，请待其确认后归档。", article="16(7)")


def not_kept_yet(situation: Situation) -> None:
    """A copy is confirmed once."""
    if situation.subject.kept_on is not None:
        raise Unmet("本单位存档已经确认。", article="16(7)")


def without_handler(share: type[ItemUnit]) -> ColumnElement[bool]:
    """Nobody of this unit is named yet."""
    return ~exists().where(ItemMember.item_id == share.item_id, ItemMember.unit_id == share.unit_id)


def of_filing(attachment: type[Attachment]) -> ColumnElement[bool]:
    """A file handed in with the form, before it was submitted."""
    return attachment.purpose == "filing"


def of_evidence(attachment: type[Attachment]) -> ColumnElement[bool]:
    """A file a unit handed in while it worked."""
    return attachment.purpose == "evidence"


def copy_open(record: type[ArchiveRecord]) -> ColumnElement[bool]:
    """The lead unit has not confirmed its copy yet."""
    return record.kept_on.is_(None) & (record.keeper == "unit")


def unit_copy_confirmed(item: type[Item]) -> ColumnElement[bool]:
    """The lead unit has confirmed its copy, so the office may archive."""
    return exists().where(
        ArchiveRecord.item_id == item.id,
        ArchiveRecord.keeper == "unit",
        ArchiveRecord.kept_on.is_not(None),
    )
