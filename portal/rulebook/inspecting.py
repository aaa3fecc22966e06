"""第七、十七条: 实地督查 in words, whose offices make 「3+N」, and which points are still open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from portal.extensions import db
from portal.models import (
    Appointment,
    Approval,
    ApprovalSlot,
    Event,
    Inspection,
    InspectionMember,
    Item,
    Person,
    Rectification,
    Unit,
)
from portal.rulebook import policy
from portal.rulebook.roles import Role, in_force

METHODS: Final = {"interview": "约谈", "meeting": "座谈", "on_site": "现场核查"}
CONCLUSIONS: Final = {
    "good": "落实较好", "fair": "基本落实", "poor": "落实不到位", "difficult": "存在困难",
}  # fmt: skip
FIXED: Final = {
    "党政办": (Role.OFFICE_STAFF, Role.OFFICE_HEAD),
    "纪委办": (Role.DISCIPLINE,),
    "组织人事部": (Role.HR,),
}
"""The three offices of 「3+N」, each by the roles by which its unit is known (第七条)."""
MOST_MEMBERS: Final = 8
"""Members of a team beside its leader."""
MOST_POINTS: Final = 8
"""Points of one 整改意见书."""


class Of(NamedTuple):
    """Of which unit somebody is on a day, and whether that is the inspected one."""

    unit_id: int
    inspected: bool


def office_of(person_id: int, inspected_id: int, day: date) -> Of | None:
    """The unit a person goes for: the inspected one, if he or she has any post there, else that of
    the first post. None of who has none (a school leader)."""
    units = db.session.scalars(
        select(Appointment.unit_id)
        .where(
            Appointment.person_id == person_id,
            Appointment.unit_id.is_not(None),
            in_force(Appointment, day),
        )
        .order_by(Appointment.is_primary.desc(), Appointment.id)
    ).all()
    if not units:
        return None
    inspected = inspected_id in units
    return Of(inspected_id if inspected else int(units[0] or 0), inspected)


def missing_offices(unit_ids: Collection[int], day: date) -> list[str]:
    """Which of the three offices has nobody in a team whose members go for these units (`Of`), in
    whatever capacity; the inspected unit's own count with it: the article says 原则, and they are
    marked."""
    return [name for name, of_office in _units_of(day).items() if of_office.isdisjoint(unit_ids)]


def fixed_offices(day: date) -> set[int]:
    """The ids of the three offices' units."""
    return set().union(*_units_of(day).values())


def _units_of(day: date) -> dict[str, set[int]]:
    """By office the ids of its units: those in which its people hold its roles."""
    names = {role.value: name for name, roles in FIXED.items() for role in roles}
    rows = db.session.execute(
        select(Appointment.role, Appointment.unit_id).where(
            Appointment.role.in_(names),
            Appointment.unit_id.is_not(None),
            in_force(Appointment, day),
        )
    )
    found: dict[str, set[int]] = {name: set() for name in FIXED}
    for row in rows:
        found[names[row.role]].add(row.unit_id)
    return found


def team_of(inspection: Inspection) -> Sequence[InspectionMember]:
    """The team, its leader first, then in the order in which they were named."""
    return db.session.scalars(
        select(InspectionMember)
        .where(InspectionMember.inspection_id == inspection.id)
        .order_by(InspectionMember.leads.desc(), InspectionMember.id)
    ).all()


def points_of(inspection: Inspection) -> Sequence[Rectification]:
    """The points that stand, in their order."""
    return db.session.scalars(_standing(Rectification.inspection_id == inspection.id)).all()


def passed_points(inspection: Inspection, day: date) -> Sequence[Rectification]:
    """Those whose own day was before this Shanghai day."""
    return [point for point in points_of(inspection) if point.due < day]


def issued_points(inspection: Inspection) -> Sequence[Rectification]:
    """The points of the opinion as it was issued: also those that were taken back since."""
    asked = Rectification.withdrawn.is_(False) | (Rectification.state == "withdrawn")
    return db.session.scalars(
        select(Rectification)
        .where(Rectification.inspection_id == inspection.id, asked)
        .order_by(Rectification.nth)
    ).all()


def open_points(item: Item) -> Sequence[Rectification]:
    """The item's points that nobody has found put right yet: they block 办结."""
    return db.session.scalars(
        _standing(Rectification.item_id == item.id, Rectification.state != "verified")
    ).all()


def _standing(*where: object) -> Select[Rectification]:
    return (
        select(Rectification)
        .where(*where, Rectification.withdrawn.is_(False))  # type: ignore[arg-type]  # conditions
        .order_by(Rectification.inspection_id, Rectification.nth)
    )


def of_kept_plan() -> ColumnElement[bool]:
    """Whether an event is of a plan that nobody approved. It is in no package and tells no
    follower: those are for others than who may know of it (decision 0182)."""
    return Event.plan_id.is_not(None) & Event.plan_id.in_(_kept())


def boxes_of_kept_plan() -> ColumnElement[bool]:
    """Whether a box is of the approval of such a plan."""
    runs = select(Approval.id).where(
        Approval.chain == "inspection", Approval.subject_id.in_(_kept())
    )
    return ApprovalSlot.approval_id.in_(runs)


def _kept() -> Select[int]:
    return select(Inspection.id).where(Inspection.kept)


def cancelled() -> ColumnElement[bool]:
    """Whether an inspection was cancelled, or lapsed, before anybody went: it counts nowhere
    (decision 0135)."""
    return (Inspection.state == "finished") & Inspection.recorded_at.is_(None)


def latest_near(inspection: Inspection) -> date | None:
    """The last day within 30 days of the planned one on which the same unit was, or is to be,
    inspected on another way (SPEC §2.12); None: on none that the session may read of."""
    days = timedelta(days=policy.CURRENT.limit("inspection_repeat"))
    return db.session.scalar(
        select(Inspection.planned_on)
        .where(
            Inspection.unit_id == inspection.unit_id,
            Inspection.id != inspection.id,
            Inspection.journey != inspection.journey,
            Inspection.state != "plan_draft",
            ~cancelled(),
            Inspection.planned_on >= inspection.planned_on - days,
            Inspection.planned_on <= inspection.planned_on + days,
        )
        .order_by(Inspection.planned_on.desc())
        .limit(1)
    )


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Persons' names by id."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def unit_name(unit_id: int) -> str:
    """The unit's short name."""
    return db.session.get_one(Unit, unit_id).short_name


def methods_text(inspection: Inspection) -> str:
    """「约谈、现场核查」."""
    return "、".join(METHODS[method] for method in METHODS if method in inspection.methods)
