"""Conditions of 立项 (第六、八、十二、十六（一）、十八、二十一条)."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Item, ItemUnit, Portfolio, Unit
from portal.rulebook import periods, policy, proposals
from portal.rulebook.guards.only import made_up_unnumbered
from portal.rulebook.guards.situation import Situation
from portal.rulebook.periods import Period
from portal.rulebook.proposals import Given
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, holds, in_force


def declared(situation: Situation) -> None:
    """第二十一条: the writer has answered that nothing here is a state secret."""
    if not situation.values.get("declared"):
        raise Unmet(
            "请确认内容及附件不涉及国家秘密。",
            article="21",
            fields={"declared": "请勾选确认后再提交。"},
        )


def form_complete(situation: Situation) -> None:
    """第十六条（一）: matter, requirement, source and who approves; what is missing, by field."""
    item = situation.item
    given = Given(item.source_type, item.level, principal=item.principal)
    missing = proposals.missing(item.title, item.requirement, given)
    if missing:
        what = "".join(missing.values())
        raise Unmet(f"立项内容尚不完整：{what}", article="16(1)", fields=missing)


def period_allowed(situation: Situation) -> None:
    """第十八条: the days lie in the level's range; anything else is an explicit date with basis."""
    item = situation.item
    given = Period(item.deadline_kind, item.deadline_days, item.deadline_date, item.deadline_basis)
    found = periods.problems(policy.CURRENT.level(item.level), given, situation.moment.day)
    if found:
        raise Unmet(
            found[0].reason,
            article=found[0].article,
            fields={each.field: each.message for each in found},
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


def units_exist(situation: Situation) -> None:
    """第四、九条: every unit exists today, and a school leader is in charge of the lead unit."""
    item, day = situation.item, situation.moment.day
    gone = db.session.execute(
        select(Unit.short_name, ItemUnit.role)
        .join(ItemUnit, ItemUnit.unit_id == Unit.id)
        .where(ItemUnit.item_id == item.id, ~in_force(Unit, day))
        .order_by(Unit.sort_no)
    ).all()
    if gone:
        names = "、".join(row.short_name for row in gone)
        fields = {"lead_unit" if row.role == "lead" else "co_units" for row in gone}
        raise Unmet(
            f"{names}已撤销，请改选现有单位。",
            article="9",
            fields=dict.fromkeys(sorted(fields), f"{names}已撤销，请改选现有单位。"),
        )
    leader = select(Portfolio.id).where(
        Portfolio.unit_id == item.lead_unit_id, in_force(Portfolio, day)
    )
    if db.session.scalar(leader) is None:
        raise without_leader()


def without_leader() -> Unmet:
    """第四条: nobody is in charge of the lead unit, so nobody could sign."""
    return Unmet(
        "该单位目前没有分管校领导，请先在组织机构中补充。",
        article="4",
        fields={"lead_unit": "该单位目前没有分管校领导，请选择其他单位。"},
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


def never_numbered(situation: Situation) -> None:
    """SPEC §4: what has a number is voided, never deleted."""
    if situation.item.doc_seq is not None:
        raise Unmet("已编号的事项不能删除，请办理作废。", article="16(1)")


def numbered(situation: Situation) -> None:
    """附件 3 shows the number of 附件 1: signatures and number come before 办结."""
    if situation.item.doc_seq is None:
        raise Unmet("请先完成立项补签和编号备案。", article="15")


def signatures_made_up(situation: Situation) -> None:
    """第十二条: what was handed out first has its number last, as everything else."""
    complete = select(made_up_unnumbered(Item)).where(Item.id == situation.item.id)
    if not db.session.scalar(complete):
        raise Unmet("立项签批尚未补齐，请在补齐后编号备案。", article="16(1)")


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
