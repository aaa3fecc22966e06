"""Who acts on a case (第二十五条, decision 0175): the offices it was referred to, nobody who has a
post in the unit concerned, and who stands in where both are one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Appointment, Case, Item, Person
from portal.rulebook import knowledge
from portal.rulebook.holding import holders
from portal.rulebook.roles import Moment, Role, in_force

HANDLES: Final[dict[Role, tuple[str, ...]]] = {
    Role.HR: ("hr", "both"),
    Role.DISCIPLINE: ("discipline", "both"),
}
"""To whom a case is referred for these offices to handle it."""
OF_CONCERNED: Final = frozenset({Role.UNIT_HEAD, Role.CONCERNED})
"""Those who answer; all others judge."""


STAND_INS: Final[dict[Role, Role]] = {
    Role.OFFICE_HEAD: Role.OFFICE_LEADER,
    Role.OFFICE_LEADER: Role.OFFICE_HEAD,
}
"""Who acts where a case concerns who holds the office: the other of the two who sign a 移送."""
_HELD, _OTHER, _POST = aliased(Appointment), aliased(Appointment), aliased(Appointment)
"""Made once, as in `roles`."""


def has_post(person: Any, unit: Any, day: Any) -> ColumnElement[bool]:
    """Whether the person has a post of any kind in the unit that day: of its case he judges nothing
    then, whatever office he holds besides (decision 0175). The post of 党政办分管领导 is in none.
    """
    return (
        exists()
        .where(
            _POST.person_id == person,
            _POST.unit_id == unit,
            _POST.role != Role.OFFICE_LEADER.value,
            in_force(_POST, day),
        )
        .correlate_except(_POST)
    )


def concerns(role: Role, unit: Any, *days: Any) -> ColumnElement[bool]:
    """Whether on one of the days a case of the unit concerns whoever holds the office: all of them
    have a post there. The database's `offices_of` asks the same."""
    return or_(*(_concerns(role, unit, day) for day in days))


def _concerns(role: Role, unit: Any, day: Any) -> ColumnElement[bool]:
    apart = (
        exists()
        .where(
            _OTHER.role == role.value,
            in_force(_OTHER, day),
            _OTHER.person_id == Person.id,
            Person.active,
            ~has_post(_OTHER.person_id, unit, day),
        )
        .correlate_except(_OTHER, Person)
    )
    held = exists().where(_HELD.role == role.value, in_force(_HELD, day), ~apart)
    return held.correlate_except(_HELD)


def stand_ins(unit_id: int, case: Case | None, moment: Moment) -> Mapping[Role, Role]:
    """Who acts in whose place in a case of the unit, by today's posts and those of the day it was
    raised: 党政办分管领导 for 党政办主任, whom it concerns, or he for him."""
    days = {moment.day, *([case.raised_on] if case is not None else [])}
    asked = [concerns(role, unit_id, *days).label(role.value) for role in STAND_INS]
    found = db.session.execute(select(*asked)).mappings().one()
    moved = [role for role in STAND_INS if found[role.value]]
    return {role: STAND_INS[role] for role in moved[:1]}


def acting(role: Role, item: Item, case: Case, moment: Moment) -> set[int]:
    """Who acts on the case in this role today: of a sensitive item only those on its list."""
    lent = role is Role.UNIT_HEAD
    held = holders(role, moment, item=item, unit=case.unit_id, directly=not lent)
    found = set(held)
    if role not in OF_CONCERNED:
        apart = ~has_post(Person.id, case.unit_id, moment.day)
        found = set(db.session.scalars(select(Person.id).where(Person.id.in_(held), apart)))
    return found & knowledge.listed(item) if item.classification == "sensitive" else found
