"""第二十一条: the keys by which a person reads, which follow from the appointments, portfolios and
delegations of the day. `readers` of an item or another row names those that open it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Date,
    DateTime,
    bindparam,
    false,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.types import Integer

from portal.extensions import db
from portal.models import Appointment, Delegation, Person, Portfolio
from portal.rulebook.roles import APPOINTED, Moment, Role, in_force

EVERYONES_BUSINESS = 0
SEES_EVERYTHING_OPEN = frozenset(
    {
        Role.OFFICE_STAFF.value,
        Role.OFFICE_HEAD.value,
        Role.OFFICE_LEADER.value,
        Role.SECRETARY.value,
        Role.PRESIDENT.value,
        Role.DISCIPLINE.value,
        Role.HR.value,
        Role.ARCHIVIST.value,
        "school_leader_viewer",
    }
)
"""Roles with 查看台账 「A」 in SPEC §1.3."""
SEES_OWN_UNIT = frozenset(
    {
        Role.UNIT_HEAD.value,
        Role.UNIT_DEPUTY.value,
        Role.LIAISON.value,
        "unit_head_party",
        Role.OFFICE_STAFF.value,
        Role.OFFICE_HEAD.value,
        Role.RESPONSIBLE_LEADER.value,
    }
)
OFFICE_KEYS = {
    role.value: 1_000_000_000 + place
    for place, role in enumerate(
        (
            Role.OFFICE_HEAD,
            Role.OFFICE_LEADER,
            Role.SECRETARY,
            Role.PRESIDENT,
            Role.DISCIPLINE,
            Role.HR,
            Role.OFFICE_STAFF,
            Role.ARCHIVIST,
            Role.CONF_OFFICER,
        ),
        start=1,
    )
}
"""Keys of offices, for rows whose readers follow from an office, not from an item (问责, 移交
清单, 涉密误录): held by whoever is appointed to it today, never by a delegate (SPEC §1.5). No unit
has such an id."""
PLAN_KEYS = {
    role.value: 1_000_000_100 + place
    for place, role in enumerate(
        (
            Role.OFFICE_STAFF,
            Role.OFFICE_HEAD,
            Role.OFFICE_LEADER,
            Role.SECRETARY,
            Role.PRESIDENT,
        ),
        start=1,
    )
}
"""Keys of who drafts and approves 督查方案, also by delegation: who may sign a plan must read it.
Until it is approved the database asks for one of them, or for the person's own (decision 0182)."""
HEADS_KEYS = 1_100_000_000
"""The head of a unit, or who is in charge of it, has this key and the unit's id added to it."""
ADMINISTRATORS_KEYS = {"sys_admin": -(2**31) + 2, "sec_admin": -(2**31) + 1, "auditor": -(2**31)}
"""The one key of each administrator. No row has it among its readers; functions of the database
that count, or that read the log, ask for it (decision 0111)."""


class Held(NamedTuple):
    """What follows from the appointments of a day: keys, roles held on anything at all and the
    units they are held in, and whether anything is lent by a delegation."""

    keys: frozenset[int]
    roles: frozenset[str]
    units: frozenset[tuple[str, int]]
    lent: bool


LENT = "lent"
"""In the place of a role: a delegation reaches the person."""
ANYBODY = frozenset(
    {
        Role.PROPOSER.value,
        Role.HANDLER.value,
        Role.SIGNER.value,
        Role.SIGNATORY.value,
        Role.HANDING_OVER.value,
        Role.TAKING_OVER.value,
        Role.BORROWER.value,
        Role.INSPECTOR.value,
        Role.CHIEF_INSPECTOR.value,
    }
)
"""Roles that an item alone gives."""


def held_by(person_id: int, moment: Moment) -> Held:
    """The keys a person holds (0, units, the negative of the own id), and the roles.

    The roles only say which questions are worth asking; whether one is held on an item, the
    clauses of `roles` decide.
    """
    keys, roles, units, lent = {-person_id}, set(ANYBODY), set(), False
    for row in db.session.execute(_holdings(), _at(person_id, moment)).mappings():
        role, unit_id = row["role"], row["unit_id"]
        if role == LENT:
            lent = True
            continue
        held = {role, *(own.value for own, name in APPOINTED.items() if name == role)}
        if row["acting_head"]:
            held.add(Role.UNIT_HEAD.value)
        roles |= held
        if unit_id is not None:
            units |= {(one, unit_id) for one in held}
            if Role.UNIT_HEAD.value in held:
                keys.add(HEADS_KEYS + unit_id)
        if row["own"] and role in OFFICE_KEYS:
            keys.add(OFFICE_KEYS[role])
        if role in PLAN_KEYS:
            keys.add(PLAN_KEYS[role])
        if role in SEES_EVERYTHING_OPEN:
            keys.add(EVERYONES_BUSINESS)
        if unit_id is not None and (role in SEES_OWN_UNIT or row["acting_head"]):
            keys.add(unit_id)
    return Held(frozenset(keys), frozenset(roles), frozenset(units), lent)


def _at(person_id: int, moment: Moment) -> dict[str, object]:
    return {"person": person_id, "instant": moment.instant, "day": moment.day}


@cache
def _holdings() -> CompoundSelect[str, int, bool, bool]:
    """Appointments and portfolios, the person's own and those lent by a delegation; and a row LENT
    for each delegation, whether its giver holds anything or not."""
    person = bindparam("person", type_=Integer)
    instant = bindparam("instant", type_=DateTime(timezone=True))
    day: Any = bindparam("day", type_=Date)
    given = (
        select(Delegation.from_id, Delegation.roles)
        .join(Person, (Person.id == Delegation.from_id) & Person.active)
        .where(
            Delegation.to_id == person,
            Delegation.starts_at <= instant,
            Delegation.ends_at > instant,
            Delegation.revoked_at.is_(None),
        )
        .subquery()
    )
    leads = Role.RESPONSIBLE_LEADER.value
    posts = select(
        Appointment.role,
        Appointment.unit_id,
        Appointment.acting_head,
        (Appointment.person_id == person).label("own"),
    ).where(in_force(Appointment, day))
    fields = select(
        literal(leads).label("role"),
        Portfolio.unit_id,
        false().label("acting_head"),
        (Portfolio.leader_id == person).label("own"),
    ).where(in_force(Portfolio, day))
    return union_all(
        posts.where(Appointment.person_id == person),
        posts.join(given, given.c.from_id == Appointment.person_id).where(
            Appointment.role == given.c.roles.any_()
        ),
        fields.where(Portfolio.leader_id == person),
        fields.join(given, given.c.from_id == Portfolio.leader_id).where(
            literal(leads) == given.c.roles.any_()
        ),
        select(literal(LENT), null(), false(), false()).select_from(given),
    )
