"""Conditions of 实地督查 and 整改 (第七、十七条, SPEC §1.7, §2.12), and what narrows its acts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select

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
from portal.rulebook.roles import in_force

ARTICLE = "17"


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
        _refuse("leader", "请选择组长；组长不得为被督查单位人员，也不得为没有所在单位的人员。")
    if len(set(named)) < len(named):
        _refuse("member_1", "督查组成员有重复，请删去重复的人员。")
    if len(team) < len(set(named)):
        _refuse("member_1", "督查组成员中有没有所在单位的人员，请改选。")


def team_explained(situation: Situation) -> None:
    """SPEC §1.7: 「3+N」 is the rule and no bar; who departs from it says why."""
    plan = situation.subject
    people = [member.person_id for member in inspecting.team_of(plan)]
    missing = inspecting.missing_offices(people, situation.moment.day)
    if missing and not plan.shortfall:
        said = f"未满足“3+N”组成原则，请说明原因（缺{'、'.join(missing)}人员）。"
        raise Unmet(said, article="7", fields={"shortfall": said})


def team_listed(situation: Situation) -> None:
    """第二十一条: of a sensitive item the team is of those who may know of it, or of the inspected
    unit's part of it."""
    people = [member.person_id for member in inspecting.team_of(situation.subject)]
    _listed(situation, people, "leader")


def owners_listed(situation: Situation) -> None:
    """第二十一条: so is whoever answers for a point."""
    points = inspecting.points_of(situation.subject)
    _listed(situation, [point.owner_id for point in points], "owner_1")


def _listed(situation: Situation, people: Collection[int], field: str) -> None:
    item = situation.item
    if item.classification != "sensitive":
        return
    parts = (None, situation.subject.unit_id)
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
    visit_id = part.inspection_id if isinstance(part, Rectification) else part.id
    marked = db.session.scalar(
        select(InspectionMember.id).where(
            InspectionMember.inspection_id == visit_id,
            InspectionMember.person_id == situation.person_id,
            InspectionMember.inspected,
        )
    )
    if own is not None or marked is not None:
        raise Unmet("您是被督查单位人员，不能登记、签署结论或核实整改。", article="7")
    if isinstance(part, Rectification) and part.replied_by_id == situation.person_id:
        raise Unmet("本条整改由您报送，须由他人核实。", article="7")


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
    visit = situation.subject
    withdrawn = select(Rectification.id).where(Rectification.inspection_id == visit.id)
    if visit.conclusion == "poor" and db.session.scalar(withdrawn.limit(1)) is None:
        raise Unmet("督查结论为“落实不到位”，请下达整改意见书。", article=ARTICLE)


def points_sound(situation: Situation) -> None:
    """SPEC §2.12: each point has 问题, 整改要求, whose it is, and a day from today on."""
    visit, today = situation.subject, situation.moment.day
    points = inspecting.points_of(visit)
    if not points:
        _refuse("problem_1", "请至少填写一条整改意见。")
    units = set(
        db.session.scalars(
            select(ItemUnit.unit_id).where(
                ItemUnit.item_id == visit.item_id, ItemUnit.role != "former"
            )
        )
    )
    wrong: dict[str, str] = {}
    for point in points:
        if not point.requirement:
            wrong[f"requirement_{point.nth}"] = "请填写整改要求。"
        if point.unit_id not in units or not _of_unit(situation, point):
            wrong[f"owner_{point.nth}"] = "请选择本事项承办单位的人员。"
        if not today <= point.due <= today + LONGEST:
            wrong[f"due_{point.nth}"] = "请填写今天以后的日期，不超过十年。"
    if wrong:
        raise Unmet("整改意见尚不完整。", article=ARTICLE, fields=wrong)


def _of_unit(situation: Situation, point: Rectification) -> bool:
    post = select(Appointment.id).where(
        Appointment.person_id == point.owner_id,
        Appointment.unit_id == point.unit_id,
        in_force(Appointment, situation.moment.day),
    )
    return db.session.scalar(post.limit(1)) is not None


def opinion_contestable(situation: Situation) -> None:
    """SPEC §2.12: within five working days of the opinion."""
    until = situation.subject.objection_until
    if until is None or situation.moment.instant >= until:
        raise Unmet("提出异议的期限已过。", article=ARTICLE)


def reply_written(situation: Situation) -> None:
    """The unit says what was put right."""
    if not situation.values.get("reply"):
        _refuse("reply", "请填写整改情况。")


def new_day_ahead(situation: Situation) -> None:
    """What was not passed is put right until a new day."""
    day, today = situation.values.get("due"), situation.moment.day
    if day is None or not today <= day <= today + LONGEST:
        _refuse("due", "请填写今天以后的日期，不超过十年。")


def points_settled(situation: Situation) -> None:
    """SPEC T25, §2.12: open points block 办结."""
    left = inspecting.open_points(situation.item)
    if left:
        numbers = "、".join(f"第{point.nth}条" for point in left)
        said = f"实地督查整改意见{numbers}尚未核实通过，请先完成整改（见本页“实地督查”）。"
        raise Unmet(said, article=ARTICLE)


def _refuse(field: str, said: str) -> None:
    raise Unmet(said, article=ARTICLE, fields={field: said})


def not_concluded(visit: type[Inspection]) -> ColumnElement[bool]:
    """The conclusion waits for the team's leader."""
    return visit.concluded_at.is_(None)


def concluded(visit: type[Inspection]) -> ColumnElement[bool]:
    """The team's leader has signed the conclusion."""
    return visit.concluded_at.is_not(None)


def opinion_uncontested(visit: type[Inspection]) -> ColumnElement[bool]:
    """The unit has not objected."""
    return visit.objected_at.is_(None)


def opinion_contested(visit: type[Inspection]) -> ColumnElement[bool]:
    """The unit has objected and waits for an answer."""
    return visit.objected_at.is_not(None)


def points_verified(visit: type[Inspection]) -> ColumnElement[bool]:
    """Every point that stands is found put right."""
    return ~exists().where(
        Rectification.inspection_id == visit.id,
        Rectification.withdrawn.is_(False),
        Rectification.state != "verified",
    )


def point_stands(point: type[Rectification]) -> ColumnElement[bool]:
    """The unit has signed the opinion, or its objection was decided."""
    return point.withdrawn.is_(False) & exists().where(
        Inspection.id == point.inspection_id, Inspection.state == "rectifying"
    )
