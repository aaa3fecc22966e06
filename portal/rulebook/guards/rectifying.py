"""Conditions of 整改意见书 and its points (第十七条, SPEC §2.12), and what narrows their acts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import (
    Appointment,
    Inspection,
    InspectionMember,
    ItemUnit,
    Person,
    Rectification,
)
from portal.rulebook import inspecting
from portal.rulebook.guards.inspecting import ARTICLE, listed
from portal.rulebook.guards.situation import Situation
from portal.rulebook.periods import LONGEST
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import NOW, Role, in_force

OWNER = "请选择本事项承办单位的人员。"


def points_sound(situation: Situation) -> None:
    """SPEC §2.12: each point has 问题, 整改要求, whose it is, and a day from today on."""
    points, today = inspecting.points_of(situation.subject), situation.moment.day
    if not points:
        _refuse("problem_1", "请至少填写一条整改意见。")
    wrong: dict[str, str] = {}
    for point in points:
        if not point.requirement:
            wrong[f"requirement_{point.nth}"] = "请填写整改要求。"
        if not _answers(situation, point.unit_id, point.owner_id):
            wrong[f"owner_{point.nth}"] = OWNER
        if not today <= point.due <= today + LONGEST:
            wrong[f"due_{point.nth}"] = "请填写今天以后的日期，不超过十年。"
    if wrong:
        raise Unmet("整改意见尚不完整。", article=ARTICLE, fields=wrong)


def _answers(situation: Situation, unit_id: int, person_id: int) -> bool:
    """Whether the unit works on the item and the person has a post in it."""
    works = select(ItemUnit.id).where(
        ItemUnit.item_id == situation.item.id,
        ItemUnit.unit_id == unit_id,
        ItemUnit.role != "former",
    )
    post = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.unit_id == unit_id,
        in_force(Appointment, situation.moment.day),
    )
    return all(db.session.scalar(query.limit(1)) is not None for query in (works, post))


def owners_listed(situation: Situation) -> None:
    """第二十一条: of a sensitive item whoever answers for a point may know of it."""
    points = inspecting.points_of(situation.subject)
    listed(situation, [point.owner_id for point in points], "owner_1")


def owner_fits(situation: Situation) -> None:
    """改派整改: to somebody else of a unit that works on the item, who may know of it."""
    point = situation.subject
    unit_id, person_id = situation.values["owner"]
    if not _answers(situation, unit_id, person_id):
        _refuse("owner", OWNER)
    if (unit_id, person_id) == (point.unit_id, point.owner_id):
        _refuse("owner", "该人员现为本条整改意见的责任人，请另选。")
    listed(situation, [person_id], "owner", unit_id)


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


def passed_days_renewed(situation: Situation) -> None:
    """An objection takes its days: what is upheld after a point's own day is put right until a new
    one, else it would be overdue before the unit could reply."""
    if inspecting.passed_points(situation.subject, situation.moment.day):
        new_day_ahead(situation)


def points_settled(situation: Situation) -> None:
    """SPEC T25, §2.12: open points block 办结."""
    left = inspecting.open_points(situation.item)
    if left:
        numbers = "、".join(f"第{point.nth}条" for point in left)
        said = f"实地督查整改意见{numbers}尚未核实通过，请先完成整改（见本页“实地督查”）。"
        raise Unmet(said, article=ARTICLE)


def _refuse(field: str, said: str) -> None:
    raise Unmet(said, article=ARTICLE, fields={field: said})


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


def point_movable(point: type[Rectification]) -> ColumnElement[bool]:
    """The point waits for its unit; or for a 核实 for which there is nobody any more."""
    return point_stands(point) & or_(point.state != "replied", ~_verifiable(point))


def _verifiable(point: type[Rectification]) -> ColumnElement[bool]:
    """第七条: somebody of the team or a 督办专员 is of neither unit and has not replied to it."""
    visit = (
        select(Inspection.unit_id)
        .where(Inspection.id == point.inspection_id)
        .correlate(point)
        .scalar_subquery()
    )
    staff, own, member = aliased(Appointment), aliased(Appointment), InspectionMember
    office = (
        exists()
        .where(
            staff.person_id == Person.id,
            staff.role == Role.OFFICE_STAFF.value,
            in_force(staff, NOW.day),
        )
        .correlate_except(staff)
    )
    team = (
        exists()
        .where(
            member.person_id == Person.id,
            member.inspection_id == point.inspection_id,
            member.inspected.is_(False),
        )
        .correlate_except(member)
    )
    concerned = (
        exists()
        .where(
            own.person_id == Person.id,
            or_(own.unit_id == point.unit_id, own.unit_id == visit),
            in_force(own, NOW.day),
        )
        .correlate_except(own)
    )
    return (
        exists()
        .where(
            Person.active,
            Person.id != func.coalesce(point.replied_by_id, 0),
            or_(office, team),
            ~concerned,
        )
        .correlate_except(Person)
    )
