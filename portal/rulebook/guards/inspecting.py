"""Conditions of 实地督查 (第七、十七条, SPEC §1.7, §2.12), and what narrows its acts.

Those of 整改 stand in `rectifying`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import (
    Appointment,
    Inspection,
    InspectionMember,
    Item,
    ItemUnit,
    Person,
    Rectification,
)
from portal.rulebook import inspecting, knowledge
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.periods import LONGEST
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import NOW, Role, in_force

ARTICLE = "17"
NO_CHIEF = "请选择组长；组长不得为被督查单位人员，也不得为没有所在单位的人员。"


def inspection_free(item: type[Item]) -> ColumnElement[bool]:
    """No inspection of the item is planned or under way."""
    return ~exists().where(Inspection.item_id == item.id, Inspection.state != "finished")


def no_other_inspection(situation: Situation) -> None:
    """One inspection of an item at a time; who comes second is told who was first."""
    item, own = situation.item, situation.subject
    other = db.session.execute(
        select(Inspection.drafted_at, Person.name)
        .join(Person, Person.id == Inspection.drafted_by_id)
        .where(
            Inspection.item_id == item.id, Inspection.id != own.id, Inspection.state != "finished"
        )
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise Unmet(f"{other.name}已发起本事项的实地督查，请待其结束后再发起。", article=ARTICLE)


def plan_complete(situation: Situation) -> None:
    """SPEC §2.12: 事由, 时间, 方式, 提纲; 对象 is a unit of the item; the day is not past."""
    plan, today = situation.subject, situation.moment.day
    wrong = {
        "matter": "" if plan.matter else "请填写督查事由。",
        "outline": "" if plan.outline else "请填写督查提纲。",
        "methods": "" if plan.methods else "请选择督查方式。",
        "planned_on": ""
        if today <= plan.planned_on <= today + LONGEST
        else "请填写今天以后的日期，不超过十年。",
        "talks_to_head": "请同时选择“约谈”。"
        if plan.talks_to_head and "interview" not in plan.methods
        else "",
    }
    found = {name: said for name, said in wrong.items() if said}
    if found:
        raise Unmet("督查方案尚不完整。", article=ARTICLE, fields=found)
    of_item = select(ItemUnit.id).where(
        ItemUnit.item_id == plan.item_id,
        ItemUnit.unit_id == plan.unit_id,
        ItemUnit.role != "former",
    )
    if db.session.scalar(of_item) is None:
        raise Unmet("督查对象应为本事项的承办单位。", article=ARTICLE)


def team_sound(situation: Situation) -> None:
    """第七条: a leader who is not of the inspected unit, nobody twice, everybody of some unit."""
    named: Collection[int] = situation.values.get("team", ())
    team = inspecting.team_of(situation.subject)
    if not any(member.leads for member in team):
        _refuse("leader", NO_CHIEF)
    if len(set(named)) < len(named):
        _refuse("member_1", "督查组成员有重复，请删去重复的人员。")
    if len(team) < len(set(named)):
        _refuse("member_1", "督查组成员中有没有所在单位的人员，请改选。")


def chief_sound(situation: Situation) -> None:
    """第七条: another leader than now, who meets what the plan's leader had to meet."""
    visit, chief = situation.subject, situation.values["chief"]
    member = next((one for one in inspecting.team_of(visit) if one.person_id == chief), None)
    if member is not None and member.leads:
        _refuse("chief", "该人员现为组长，请选择其他人员。")
    of = inspecting.office_of(chief, visit.unit_id, situation.moment.day)
    if of is None or of.inspected or (member is not None and member.inspected):
        _refuse("chief", NO_CHIEF)


def team_explained(situation: Situation) -> None:
    """SPEC §1.7: 「3+N」 is the rule and no bar; who departs from it says why."""
    plan = situation.subject
    offices = [member.office_id for member in inspecting.team_of(plan)]
    missing = inspecting.missing_offices(offices, situation.moment.day)
    if missing and not plan.shortfall:
        said = f"未满足“3+N”组成原则，请说明原因（缺{'、'.join(missing)}人员）。"
        raise Unmet(said, article="7", fields={"shortfall": said})


def team_listed(situation: Situation) -> None:
    """第二十一条: of a sensitive item the team is of those who may know of it, or of the inspected
    unit's part of it."""
    people = [member.person_id for member in inspecting.team_of(situation.subject)]
    listed(situation, people, "leader")


def chief_listed(situation: Situation) -> None:
    """第二十一条: nor does an inspection get another leader who may not know of the item."""
    listed(situation, [situation.values["chief"]], "chief")


def listed(
    situation: Situation, people: Collection[int], field: str, unit_id: int | None = None
) -> None:
    """Of a sensitive item all these may know: of the whole or of this unit's part (unless given,
    that of the part's own unit). Raises Unmet at the field."""
    item = situation.item
    if item.classification != "sensitive":
        return
    parts = (None, unit_id or situation.subject.unit_id)
    may = {
        person
        for person in knowledge.listed(item) & set(people)
        if knowledge.part_of(item, person) in parts
    }
    outside = inspecting.names_of(set(people) - may)
    if outside:
        said = f"{'、'.join(sorted(outside.values()))}不在知悉范围内，请改选，或先增加知悉人。"
        raise Unmet(said, article="21", fields={field: said})


def repeat_explained(situation: Situation) -> None:
    """SPEC §2.12: inspections are rare; a second one of a unit within 30 days has a reason."""
    plan = situation.subject
    last = inspecting.latest_near(plan)
    if last is not None and not plan.repeat_reason:
        said = f"该单位已于{long_date(last)}安排实地督查，30天内再次督查请说明原因。"
        raise Unmet(said, article=ARTICLE, fields={"repeat_reason": said})


def not_of_inspected_unit(situation: Situation) -> None:
    """第七条, SPEC P2: who is of the inspected unit may take part, but neither records nor signs
    nor verifies; nor does who is of the unit that has to put the point right."""
    part = situation.subject
    if _of_unit_concerned(situation) or _marked(situation):
        raise Unmet("您是被督查单位人员，不能登记、签署结论或核实整改。", article="7")
    if isinstance(part, Rectification) and part.replied_by_id == situation.person_id:
        raise Unmet("本条整改由您报送，须由他人核实。", article="7")


def not_judging_own_unit(situation: Situation) -> None:
    """第七条: nor does anybody decide what the own unit has to put right, or who inspects it."""
    if _of_unit_concerned(situation):
        raise Unmet("您是被督查单位人员，不能决定对本单位的督查和整改。", article="7")


def _of_unit_concerned(situation: Situation) -> bool:
    """Whether the person has a post in the inspected unit, or in the one that puts the point
    right."""
    part = situation.subject
    units = {part.unit_id}
    if isinstance(part, Rectification):
        units.add(db.session.get_one(Inspection, part.inspection_id).unit_id)
    own = db.session.scalar(
        select(Appointment.id)
        .where(
            Appointment.person_id == situation.person_id,
            Appointment.unit_id.in_(units),
            in_force(Appointment, situation.moment.day),
        )
        .limit(1)
    )
    return own is not None


def _marked(situation: Situation) -> bool:
    """Whether the person went as one of the inspected unit."""
    part = situation.subject
    visit_id = part.inspection_id if isinstance(part, Rectification) else part.id
    marked = db.session.scalar(
        select(InspectionMember.id).where(
            InspectionMember.inspection_id == visit_id,
            InspectionMember.person_id == situation.person_id,
            InspectionMember.inspected,
        )
    )
    return marked is not None


def record_sound(situation: Situation) -> None:
    """SPEC §2.12: 时间, 地点, 参加人, 发现问题; the visit is over."""
    visit, now = situation.values.get("record"), situation.moment.instant
    if visit is None:
        raise Unmet("请填写督查记录。", article=ARTICLE)
    wrong = {
        "place": "" if visit.place else "请填写督查地点。",
        "attendees": "" if visit.attendees else "请填写参加人。",
        "findings": "" if visit.findings else "请填写发现的问题；没有问题的，填写“无”。",
        "begun_at": "请填写已经过去的时间。"
        if visit.begun_at > now
        else "请填写督查方案拟制以后的时间。"
        if shanghai_day(visit.begun_at) < shanghai_day(situation.subject.drafted_at)
        else "",
        "ended_at": ""
        if visit.begun_at <= visit.ended_at <= now
        else "请填写开始以后、现在以前的时间。",
    }
    found = {name: said for name, said in wrong.items() if said}
    if found:
        raise Unmet("督查记录尚不完整。", article=ARTICLE, fields=found)


def conclusion_chosen(situation: Situation) -> None:
    """SPEC §2.12: one of four."""
    if situation.values.get("conclusion") not in inspecting.CONCLUSIONS:
        _refuse("conclusion", "请选择督查结论。")


def nothing_to_rectify(situation: Situation) -> None:
    """落实不到位 is followed by 整改, unless what was asked for was withdrawn on an objection."""
    if _must_rectify(situation.subject):
        raise Unmet("督查结论为“落实不到位”，请下达整改意见书。", article=ARTICLE)


def _must_rectify(visit: Inspection) -> bool:
    issued = select(Rectification.id).where(Rectification.inspection_id == visit.id)
    return visit.conclusion == "poor" and db.session.scalar(issued.limit(1)) is None


def visits_decided(situation: Situation) -> None:
    """SPEC T25, §2.12: a visit of which nobody has said what follows blocks 办结 as open points do;
    after 销号 nobody could say it any more."""
    visit = db.session.scalars(
        select(Inspection).where(
            Inspection.item_id == situation.item.id, Inspection.state == "conducted"
        )
    ).one_or_none()
    if visit is not None:
        unit = inspecting.unit_name(visit.unit_id)
        said = f"实地督查（{unit}）尚未结束，{_still_to_do(visit)}（见本页“实地督查”）。"
        raise Unmet(said, article=ARTICLE)


def _still_to_do(visit: Inspection) -> str:
    if visit.conclusion is None:
        return "请先由督查组组长签署督查结论"
    if _must_rectify(visit):
        return "督查结论为“落实不到位”，请先由党政办下达整改意见书"
    return "请先由党政办办理“督查结束”，需要整改的下达整改意见书"


def _refuse(field: str, said: str) -> None:
    raise Unmet(said, article=ARTICLE, fields={field: said})


def not_concluded(visit: type[Inspection]) -> ColumnElement[bool]:
    """The conclusion waits for the team's leader."""
    return visit.concluded_at.is_(None)


def concluded(visit: type[Inspection]) -> ColumnElement[bool]:
    """The team's leader has signed the conclusion."""
    return visit.concluded_at.is_not(None)


def judged_by_itself(part: type[Any]) -> ColumnElement[bool]:
    """第七条: every 党政办主任 is of a unit concerned (the inspected one; of a point also the one
    that puts it right), as in an inspection of 党政办 itself."""
    head, own = aliased(Appointment), aliased(Appointment)
    concerned = own.unit_id == part.unit_id
    if hasattr(part, "inspection_id"):
        of_visit = select(Inspection.unit_id).where(Inspection.id == part.inspection_id)
        concerned |= own.unit_id == of_visit.correlate(part).scalar_subquery()
    within = (
        exists()
        .where(own.person_id == head.person_id, concerned, in_force(own, NOW.day))
        .correlate_except(own)
    )
    outside = (
        exists()
        .where(head.role == Role.OFFICE_HEAD.value, in_force(head, NOW.day), ~within)
        .correlate_except(head)
    )
    return ~outside
