"""Conditions of 交办, 承办, 办结 and 归档 (第六条、第十四条、第十六条（二）至（七）)."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from portal.extensions import db
from portal.models import (
    Appointment,
    ArchiveRecord,
    Attachment,
    Feedback,
    Item,
    ItemMember,
    ItemUnit,
    Unit,
)
from portal.rulebook import packages, policy, receipts, working_calendar
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.holding import holders
from portal.rulebook.refusals import Unmet
from portal.rulebook.reviews import LONG_RUNNING, OUTCOMES
from portal.rulebook.roles import Role, holds, holds_directly, in_force


def due_not_past(situation: Situation) -> None:
    """SPEC §3.2, case D21: a date that has passed cannot be issued; nor the one kept when the
    units were changed."""
    date = situation.item.due_effective or situation.item.deadline_date
    if date is not None and date < situation.moment.day:
        raise Unmet("完成时限已过，请先调整时限再下达。", article="18(5)")


def released(situation: Situation) -> None:
    """SPEC T14: where the college releases notices separately, 党政办主任 does it."""
    if not situation.values.get("separate"):
        return
    held = holds(Role.OFFICE_HEAD, situation.person_id, situation.moment, item=situation.item)
    if not db.session.scalar(select(held)):
        raise Unmet("交办通知由党政办主任下达。", article="16(2)")


def objection_in_time(situation: Situation) -> None:
    """SPEC §2.5: within one working day of the notice."""
    issued_on = situation.item.issued_on
    if issued_on is None:
        raise Unmet("本事项尚未交办。", article="8")
    last = receipts.objection_until(issued_on, working_calendar.current())
    if situation.moment.day > last:
        raise Unmet(f"承办异议应于{long_date(last)}前提出，期限已过。", article="8")


def plan_sound(situation: Situation) -> None:
    """SPEC §2.6: two to eight milestones, each between the notice and the unit's own date."""
    plan = situation.values.get("plan", ())
    low, high = (policy.CURRENT.limit(f"milestones_{end}") for end in ("min", "max"))
    if not low <= len(plan) <= high:
        raise Unmet(
            f"工作计划应有{low}至{high}个节点。",
            article="16(3)",
            fields={"title_1": f"请填写{low}至{high}个节点。"},
        )
    item = situation.item
    last = situation.subject.inner_due or item.due
    for number, step in enumerate(plan, start=1):
        if item.issued_on is not None and step.due < item.issued_on:
            says = f"请填写不早于交办之日（{long_date(item.issued_on)}）的日期。"
        elif last is not None and step.due > last:
            says = f"请填写不晚于完成时限（{long_date(last)}）的日期。"
        else:
            continue
        raise Unmet(
            "节点日期应在交办之日与完成时限之间。",
            article="16(3)",
            fields={f"due_{number}": says},
        )


def units_have_heads(situation: Situation) -> None:
    """第六条: a notice goes to a unit that has a head, or somebody acting as head."""
    item = situation.item
    rows = db.session.execute(
        select(ItemUnit.unit_id, Unit.short_name)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
    )
    without = [
        name
        for unit_id, name in rows
        if not holders(Role.UNIT_HEAD, situation.moment, item=item, unit=unit_id)
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


def another_handler(situation: Situation) -> None:
    """更换承办人 names somebody else than now."""
    named = exists().where(
        ItemMember.item_id == situation.item.id,
        ItemMember.unit_id == situation.subject.unit_id,
        ItemMember.person_id == situation.values.get("handler_id"),
        ItemMember.role.in_(("handler", "co_handler")),
    )
    if db.session.scalar(select(named)):
        said = "该人员已是承办人，请选择其他人员。"
        raise Unmet(said, article="16(3)", fields={"handler": said})


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


def co_units_done(situation: Situation) -> None:
    """第八条: the co-units have handed in what they owe before the lead unit hands in."""
    waiting = co_units_waited_for(situation.item)
    if waiting and not situation.values.get("without_co_units"):
        raise Unmet(
            f"{'、'.join(waiting)}尚未报送协办完成情况。",
            article="8",
            fields={
                "without_co_units": f"{'、'.join(waiting)}尚未报送；"
                "协办单位未按时提供的，请勾选说明。"
            },
        )


def co_units_waited_for(item: Item) -> list[str]:
    """The co-units that have not handed in, by name, in official order."""
    return list(
        db.session.scalars(
            select(Unit.short_name)
            .join(ItemUnit, ItemUnit.unit_id == Unit.id)
            .where(
                ItemUnit.item_id == item.id,
                ItemUnit.role == "co",
                ItemUnit.state != "handed_in",
            )
            .order_by(Unit.sort_no)
        )
    )


def nothing_unmerged(situation: Situation) -> None:
    """第八条: what the co-unit still writes or its head still checks is sent on first."""
    open_reports = select(Feedback.id).where(
        Feedback.item_id == situation.item.id,
        Feedback.unit_id == situation.subject.unit_id,
        Feedback.state.in_(("fb_unit", "fb_returned")),
    )
    if db.session.scalar(open_reports.limit(1)):
        raise Unmet("本单位尚有未报送的反馈，请先报送。", article="8")


def package_seen(situation: Situation) -> None:
    """SPEC T35: the package is complete, and the one that was shown is what is signed for."""
    if packages.standing(situation.item) is None:
        raise Unmet("档案包正在生成，请待生成后办理。", article="16(7)")
    if packages.shown(situation.item, situation.values.get("package")) is None:
        raise Unmet("档案包已更新，请核对新的档案包后再次确认。", article="16(7)")


def unit_copy_kept(situation: Situation) -> None:
    """第十六条（七）: 双备案, so the lead unit has signed for the same package first."""
    signed = db.session.execute(
        select(ArchiveRecord.kept_on, ArchiveRecord.package_id).where(
            ArchiveRecord.item_id == situation.item.id,
            ArchiveRecord.keeper == "unit",
            ArchiveRecord.superseded_at.is_(None),
        )
    ).one_or_none()
    now = packages.standing(situation.item)
    if signed is None or signed.kept_on is None or now is None or signed.package_id != now.id:
        raise Unmet("牵头单位尚未确认本单位存档，请待其确认后归档。", article="16(7)")


def retention_known(situation: Situation) -> None:
    """SPEC §2.11: 保管期限 is one of the three, chosen by 档案员."""
    chosen = situation.values.get("retention")
    if chosen is None:
        return
    if chosen not in {row.id for row in policy.CURRENT.retentions}:
        said = "请选择保管期限。"
        raise Unmet(said, article="16(7)", fields={"retention": said})
    held = holds_directly(Role.ARCHIVIST, situation.person_id or 0, situation.moment)
    if not db.session.scalar(select(held)):
        raise Unmet("保管期限由档案员确定。", article="16(7)")


def keeping_changed(situation: Situation) -> None:
    """Otherwise both copies would be signed for anew because of nothing."""
    if not situation.values.get("changed"):
        raise Unmet("保管期限和存放位置没有变化，无需登记。", article="16(7)")


def call_noted(situation: Situation) -> None:
    """SPEC §2.5: 电话确认代签收 names who confirmed by telephone and when."""
    if not str(situation.values.get("confirmed_by", "")).strip():
        raise Unmet(
            "请登记电话确认人和时间。",
            article="16(3)",
            fields={"confirmed_by": "请填写电话确认人和时间。"},
        )


def long_running(situation: Situation) -> None:
    """SPEC §2.15: the yearly review is of level 4."""
    if situation.item.level != LONG_RUNNING:
        raise Unmet("仅四级事项进行年度评估。", article="18(4)")


def outcome_chosen(situation: Situation) -> None:
    """SPEC §2.15: 继续, 办结 or 转为常规工作."""
    if situation.values.get("outcome") not in OUTCOMES:
        said = "请选择评估结论。"
        raise Unmet(said, article="18(4)", fields={"outcome": said})
