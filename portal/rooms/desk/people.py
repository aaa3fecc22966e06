"""本单位承办人: who of the unit handles how much (第六条). For their head alone: no ranking, and it
goes nowhere else."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, cast, func, select
from sqlalchemy.types import Date

from portal.errors import NotFound
from portal.extensions import db
from portal.item.lights import shows
from portal.models import Item, Person
from portal.rooms.desk.columns import NOTHING
from portal.rooms.desk.rows_of_units import people
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer


class Own(NamedTuple):
    """A person of the unit: how many items in work, and how many of them are late."""

    name: str
    emp_no: str
    items: int
    late: int


def own_people(viewer: Viewer) -> list[Own]:
    """Who handles anything of the viewer's units, in the official order."""
    units = headed(viewer)
    if not units:
        return []
    held = people(viewer, units).subquery()
    late = func.count().filter(shows("red", viewer.moment.day))
    rows = db.session.execute(
        select(Person.name, Person.emp_no, func.count().label("items"), late.label("late"))
        .join(held, held.c.person_id == Person.id)
        .join(Item, Item.id == held.c.item_id)
        .group_by(Person.id)
        .order_by(Person.sort_no)
    )
    return [Own(row.name, row.emp_no, row.items, row.late) for row in rows]


def items_of(viewer: Viewer, emp_no: str) -> tuple[str, Select[Any]]:
    """Name, and the list of what this person handles of the viewer's units. NotFound for who is
    none of the viewer's people."""
    units = headed(viewer)
    person = db.session.execute(
        select(Person.id, Person.name).where(Person.emp_no == emp_no)
    ).one_or_none()
    if person is None or not units:
        raise NotFound
    held = people(viewer, units).subquery()
    rows = (
        select(held.c.item_id, cast(Item.due, Date).label("since"), NOTHING.label("what"))
        .join(Item, Item.id == held.c.item_id)
        .where(held.c.person_id == person.id)
    )
    if not db.session.scalar(select(func.count()).select_from(rows.subquery())):
        raise NotFound
    return person.name, rows


def headed(viewer: Viewer) -> list[int]:
    """The units the viewer heads."""
    return sorted(unit_id for role, unit_id in viewer.units if role == Role.UNIT_HEAD.value)
