"""Who is who in the sample college, as the generator of items needs it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import psycopg

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class UnitPeople:
    """A unit, the leader in charge of it, and its people; ids of the database."""

    unit_id: int
    leader_id: int
    head_id: int
    liaison_id: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class College:
    """The units that can carry an item, and the holders of school-wide roles."""

    units: tuple[UnitPeople, ...]
    holders: dict[str, int]
    office_unit_id: int


def read(connection: Connection, day: date) -> College:
    """Read the college as it stands on a day. A unit without a head or a leader is left out."""
    in_force = "valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)"
    asked = {"day": day}
    held: dict[tuple[str, int], int] = {}
    holders: dict[str, int] = {}
    people: dict[int, list[int]] = defaultdict(list)
    rows = connection.execute(
        f"SELECT role, unit_id, person_id FROM appointment WHERE {in_force} ORDER BY id",  # noqa: S608 - no value from outside
        asked,
    )
    for role, unit_id, person_id in rows:
        person = _number(person_id)
        holders.setdefault(str(role), person)
        if unit_id is not None:
            held.setdefault((str(role), _number(unit_id)), person)
            people[_number(unit_id)].append(person)
    leaders = connection.execute(
        f"SELECT unit_id, leader_id FROM portfolio WHERE {in_force} ORDER BY unit_id",  # noqa: S608 - no value from outside
        asked,
    )
    units = []
    for unit, leader in leaders:
        unit_id, head = _number(unit), held.get(("unit_head", _number(unit)))
        if head is not None:
            liaison = held.get(("liaison", unit_id), head)
            staff = tuple(dict.fromkeys(people[unit_id]))
            units.append(UnitPeople(unit_id, _number(leader), head, liaison, staff))
    office = next(unit for role, unit in held if role == "office_staff")
    return College(tuple(units), holders, office)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"an id, not {value!r}")
    return value
