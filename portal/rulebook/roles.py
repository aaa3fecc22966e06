"""Who is who (第三至八条): a role is a SQL clause that joins a person and an item.

The same clause answers three questions: may this person act, what waits for this
person, and who is to be told. Nothing is read from a column on the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from portal.models import (
    Appointment,
    ApprovalSlot,
    Delegation,
    Feedback,
    Handover,
    Inspection,
    InspectionMember,
    Item,
    ItemMember,
    Loan,
    Person,
    Portfolio,
)
from portal.models.handover import OPEN as HANDING
from portal.models.inspection import PLANNED
from portal.models.loan import OPEN as BORROWED


class Role(StrEnum):
    """Identifiers of SPEC §1.2, the capacities that only an item gives, and the clock's own."""

    OFFICE_STAFF = "office_staff"
    OFFICE_HEAD = "office_head"
    OFFICE_LEADER = "office_leader"
    SECRETARY = "secretary"
    PRESIDENT = "president"
    RESPONSIBLE_LEADER = "responsible_leader"
    UNIT_HEAD = "unit_head"
    UNIT_DEPUTY = "unit_deputy"
    LIAISON = "liaison"
    UNIT_HANDLER = "unit_handler"
    HANDLER = "handler"
    DISCIPLINE = "discipline"
    HR = "hr"
    ARCHIVIST = "archivist"
    PROPOSER = "proposer"
    CONF_OFFICER = "conf_officer"
    SIGNER = "signer"
    SIGNATORY = "signatory"
    INSPECTOR = "inspector"
    CHIEF_INSPECTOR = "chief_inspector"
    HANDING_OVER = "handing_over"
    TAKING_OVER = "taking_over"
    BORROWER = "borrower"
    CONCERNED = "concerned"
    SYSTEM = "system"


LABELS: dict[Role, str] = {
    Role.OFFICE_STAFF: "党政办督办专员",
    Role.OFFICE_HEAD: "党政办主任",
    Role.OFFICE_LEADER: "党政办分管领导",
    Role.SECRETARY: "党委书记",
    Role.PRESIDENT: "院长",
    Role.RESPONSIBLE_LEADER: "分管校领导",
    Role.UNIT_HEAD: "单位负责人",
    Role.UNIT_DEPUTY: "单位副职",
    Role.LIAISON: "督办联络员",
    Role.UNIT_HANDLER: "承办人",
    Role.HANDLER: "承办人",
    Role.DISCIPLINE: "纪委办",
    Role.HR: "组织人事部",
    Role.ARCHIVIST: "档案员",
    Role.PROPOSER: "拟稿人",
    Role.CONF_OFFICER: "机要保密员",
    Role.SIGNER: "被代录人",
    Role.SIGNATORY: "签批人",
    Role.INSPECTOR: "督查组成员",
    Role.CHIEF_INSPECTOR: "督查组组长",
    Role.HANDING_OVER: "移交人",
    Role.TAKING_OVER: "接手人",
    Role.BORROWER: "借阅人",
    Role.CONCERNED: "当事人",
    Role.SYSTEM: "系统",
}

SCHOOL_WIDE = frozenset(
    {
        Role.OFFICE_STAFF,
        Role.OFFICE_HEAD,
        Role.OFFICE_LEADER,
        Role.SECRETARY,
        Role.PRESIDENT,
        Role.DISCIPLINE,
        Role.HR,
        Role.ARCHIVIST,
        Role.CONF_OFFICER,
    }
)
IN_UNIT = frozenset({Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON, Role.UNIT_HANDLER})
APPOINTED: dict[Role, str] = {Role.UNIT_HANDLER: "handler"}
"""What an appointment calls a role whose name an item's own role has taken: who is appointed as
承办人 of a unit may draft for it, and is 承办人 of an item only once named there."""


PARTIES: dict[Role, Any] = {Role.HANDING_OVER: Handover.from_id, Role.TAKING_OVER: Handover.to_id}
"""岗位交接: who hands over and who takes over an item for a unit, while that is under way; one
交接 of an item and unit is at a time."""

INSPECTING = (Role.INSPECTOR, Role.CHIEF_INSPECTOR)
"""实地督查: whoever is of the team of the inspection that is under way, whichever unit it is of."""


class Moment(NamedTuple):
    """When a role is asked for: an aware instant and its Shanghai day."""

    instant: datetime
    day: date


class Capacity(NamedTuple):
    """In which role a person acts, and for whom if by delegation (授权代办)."""

    role: Role
    on_behalf_of_id: int | None

    @property
    def value(self) -> str:
        """How a form names it: "secretary", or "secretary:12" for person 12."""
        return self.role.value + (f":{self.on_behalf_of_id}" if self.on_behalf_of_id else "")


PersonId = ColumnElement[int] | Any


def in_force(period: Any, day: Any) -> ColumnElement[bool]:
    """The row's `valid_from` to `valid_to` (open end allowed) holds `day`."""
    return and_(period.valid_from <= day, or_(period.valid_to.is_(None), period.valid_to >= day))


def _exists(table: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the table holds such a row. All other tables are those of the query around it,
    however deep this stands in it: left to itself it would look through them all anew."""
    return exists().where(*where).correlate_except(table)


def holds_directly(
    role: Role, person: PersonId, moment: Moment, *, item: Any = Item, unit: Any = None
) -> ColumnElement[bool]:
    """Whether `person` holds `role` on `item` without any delegation.

    `item` is the mapped class, an alias, or an instance; `unit` is the unit whose head,
    deputy or liaison is asked for (default: the item's lead unit).
    """
    if unit is None:
        unit = item.lead_unit_id
    if role in SCHOOL_WIDE:
        return _exists(
            Appointment,
            Appointment.person_id == person,
            Appointment.role == role.value,
            in_force(Appointment, moment.day),
        )
    if role in IN_UNIT:
        named: ColumnElement[bool] = Appointment.role == APPOINTED.get(role, role.value)
        if role is Role.UNIT_HEAD:
            named = or_(named, Appointment.acting_head)
        return _exists(
            Appointment,
            Appointment.person_id == person,
            Appointment.unit_id == unit,
            named,
            in_force(Appointment, moment.day),
        )
    if role is Role.RESPONSIBLE_LEADER:
        return _exists(
            Portfolio,
            Portfolio.leader_id == person,
            Portfolio.unit_id == unit,
            in_force(Portfolio, moment.day),
        )
    if role is Role.HANDLER:
        return _exists(
            ItemMember,
            ItemMember.item_id == item.id,
            ItemMember.person_id == person,
            ItemMember.unit_id == unit,
            ItemMember.role.in_(("handler", "co_handler")),
        )
    if role is Role.PROPOSER:
        return (
            literal(item.drafter_id) == person
            if isinstance(item, Item)
            else (item.drafter_id == person)
        )
    if role is Role.SIGNER:
        return or_(
            _exists(
                ApprovalSlot,
                ApprovalSlot.item_id == item.id,
                ApprovalSlot.person_id == person,
                ApprovalSlot.via == "paper",
            ),
            _exists(
                Feedback,
                Feedback.item_id == item.id,
                Feedback.written_by_id == person,
                Feedback.via != "online",
            ),
        )
    if role in PARTIES:
        return _exists(
            Handover,
            Handover.item_id == item.id,
            Handover.unit_id == unit,
            PARTIES[role] == person,
            Handover.state.in_(HANDING),
        )
    if role is Role.SIGNATORY:
        return _exists(
            ApprovalSlot,
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.person_id == person,
            ApprovalSlot.via == "online",
        )
    if role is Role.BORROWER:
        return _exists(
            Loan,
            Loan.item_id == item.id,
            Loan.borrower_id == person,
            Loan.state.in_(BORROWED),
        )
    if role in INSPECTING:
        return _of_team(person, item.id, leads=role is Role.CHIEF_INSPECTOR)
    # 当事人 comes with the table that names them; 系统 is no person.
    return false()


def _of_team(person: PersonId, item_id: Any, *, leads: bool) -> ColumnElement[bool]:
    """Whether the person inspects the item now: one inspection of an item is at a time, and the
    inspected unit's own people in its team neither record nor judge (第七条)."""
    member, visit = InspectionMember, Inspection
    return (
        exists()
        .where(
            member.inspection_id == visit.id,
            member.person_id == person,
            member.inspected.is_(False),
            visit.item_id == item_id,
            visit.state.not_in((*PLANNED, "finished")),
            *((member.leads.is_(True),) if leads else ()),
        )
        .correlate_except(member, visit)
    )


_GIVEN, _GIVER = aliased(Delegation), aliased(Person)
"""Made once: an alias of its own for every question costs more than the question."""


def delegated_from(
    role: Role, person: PersonId, moment: Moment, *, item: Any = Item, unit: Any = None
) -> Select[int]:
    """The persons for whom `person` may act in `role` on `item` (SPEC §1.5).

    What somebody received by delegation is not passed on: the giver must hold the role directly,
    and be one of the college still.
    """
    return select(_GIVEN.from_id).where(
        _GIVEN.to_id == person,
        _GIVEN.roles.contains([role.value]),
        _GIVEN.starts_at <= moment.instant,
        _GIVEN.ends_at > moment.instant,
        _GIVEN.revoked_at.is_(None),
        _exists(_GIVER, _GIVER.id == _GIVEN.from_id, _GIVER.active.is_(True)),
        holds_directly(role, _GIVEN.from_id, moment, item=item, unit=unit),
    )


def holds(
    role: Role, person: PersonId, moment: Moment, *, item: Any = Item, unit: Any = None
) -> ColumnElement[bool]:
    """Whether `person` may act in `role` on `item`, directly or as a delegate."""
    return or_(
        holds_directly(role, person, moment, item=item, unit=unit),
        delegated_from(role, person, moment, item=item, unit=unit).exists(),
    )


def holds_own(
    role: Role, person: PersonId, moment: Moment, *, item: Any = Item, unit: Any
) -> ColumnElement[bool]:
    """`holds` for a person who has `role` on something and to whom nobody lends anything.

    What the offices of that person are is known then; `units_asked` gives them as parameters. A
    list over many acts that asked the tables for each would take longer to plan than to read.
    """
    if role in SCHOOL_WIDE:
        return true()
    if role in IN_UNIT or role is Role.RESPONSIBLE_LEADER:
        held = bindparam(f"units_{role.value}", type_=ARRAY(BigInteger))
        return unit == any_(held)  # type: ignore[no-any-return]  # any_ is typed as Any
    return holds_directly(role, person, moment, item=item, unit=unit)


def units_asked(units: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """The parameters of `holds_own`: by role the units it is held in."""
    asked_in: dict[str, list[int]] = {
        f"units_{role.value}": [] for role in (*IN_UNIT, Role.RESPONSIBLE_LEADER)
    }
    for role, unit_id in sorted(units):
        if f"units_{role}" in asked_in:
            asked_in[f"units_{role}"].append(unit_id)
    return asked_in


class _Asked(NamedTuple):
    """An item as the parameters of a statement."""

    id: BindParameter[int]
    drafter_id: BindParameter[int]


PERSON, UNIT = bindparam("person", type_=BigInteger), bindparam("unit", type_=BigInteger)
ITEM = _Asked(bindparam("item", type_=BigInteger), bindparam("drafter", type_=BigInteger))
NOW = Moment(
    bindparam("instant", type_=DateTime(timezone=True)),  # type: ignore[arg-type]  # as a parameter
    bindparam("day", type_=Date),  # type: ignore[arg-type]  # as a parameter
)


@lru_cache(maxsize=256)
def capacities(roles: tuple[Role, ...], lent: bool) -> Select[Any]:
    """One row with two columns a role: held directly (bool), held for (person id or null); of who
    is lent nothing, which is known when the page begins, only the first.

    Built once for each set of roles, for building it takes longer than asking; `asked` gives its
    parameters.
    """
    columns: list[ColumnElement[Any]] = []
    for role in roles:
        where: dict[str, Any] = {"item": ITEM, "unit": UNIT}
        columns.append(holds_directly(role, PERSON, NOW, **where).label(role.value))
        if lent:
            given = delegated_from(role, PERSON, NOW, **where).limit(1).scalar_subquery()
            columns.append(given.label(f"{role.value}_for"))
    return select(*columns)


def asked(person_id: int, moment: Moment, item: Item, unit: int | None) -> dict[str, Any]:
    """The parameters of `capacities`; without a unit the item's lead unit is meant."""
    return {
        "person": person_id,
        "instant": moment.instant,
        "day": moment.day,
        "item": item.id,
        "drafter": item.drafter_id,
        "unit": unit or item.lead_unit_id,
    }
