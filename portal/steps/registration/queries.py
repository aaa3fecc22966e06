"""Who is in charge of what today, for the form of 立项 (第三、四条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.models import Appointment, Person
from portal.rulebook.roles import Moment, Role, holds_directly, in_force


def school_leaders(day: date) -> Sequence[Person]:
    """校领导 in office on a day, by rank."""
    in_office = select(Appointment.person_id).where(in_force(Appointment, day))
    return db.session.scalars(
        select(Person)
        .where(Person.active, Person.rank_no.is_not(None), Person.id.in_(in_office))
        .order_by(Person.rank_no)
    ).all()


def in_office(role: Role, day: date) -> Sequence[str]:
    """第三条: the names of those who hold a school-wide office on a day."""
    return db.session.scalars(
        select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.role == role.value, in_force(Appointment, day))
        .order_by(Person.sort_no)
    ).all()


def holds_office(person_id: int, role: Role, moment: Moment) -> bool:
    """Whether a person holds a school-wide office, without any delegation."""
    return bool(db.session.scalar(select(holds_directly(role, person_id, moment))))
