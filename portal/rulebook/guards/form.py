"""Conditions of 立项 (第六、八、十二、十六（一）、十八、二十一条)."""

from __future__ import annotations

import datetime

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import ItemUnit
from portal.rulebook import policy
from portal.rulebook.guards.situation import LONGEST_DAYS, Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, holds


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


def never_numbered(situation: Situation) -> None:
    """SPEC §4: what has a number is voided, never deleted."""
    if situation.item.doc_seq is not None:
        raise Unmet("已编号的事项不能删除，请办理作废。", article="16(1)")


def numbered(situation: Situation) -> None:
    """附件 3 shows the number of 附件 1: signatures and number come before 办结."""
    if situation.item.doc_seq is None:
        raise Unmet("请先完成立项补签和编号备案。", article="15")


def urgent_kind(situation: Situation) -> None:
    """第十五条: only what is urgent or simple is handed out before it is signed."""
    item = situation.item
    if item.method != "phone" and item.level != 1:
        raise Unmet("仅电话（短信）督办或一级事项可以先交办后补签。", article="15")


def office_leader_agreed(situation: Situation) -> None:
    """第五条: what 党政办主任 and 党政办分管领导 must both want; the leader's word is noted unless
    the leader acts."""
    leader = holds(Role.OFFICE_LEADER, situation.person_id, situation.moment, item=situation.item)
    noted = str(situation.values.get("consent", "")).strip()
    if not noted and not db.session.scalar(select(leader)):
        raise Unmet(
            "请登记党政办分管领导同意的情况。",
            article="5",
            fields={"consent": "请写明同意的时间和方式。"},
        )


def consent_noted(situation: Situation) -> None:
    """SPEC §2.13: the leader in charge has agreed by word, and when is written down."""
    if not str(situation.values.get("consent", "")).strip():
        raise Unmet(
            "请登记分管校领导口头同意的情况。",
            article="15",
            fields={"consent": "请写明同意的领导和时间。"},
        )
