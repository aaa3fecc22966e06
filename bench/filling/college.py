"""Who is who in the sample college, as the generator of items needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import psycopg

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class UnitPeople:
    """A unit, the leader in charge of it, and its people; ids of the database."""

    unit_id: int
    code: str
    leader_id: int
    head_id: int
    liaison_id: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class College:
    """The units that can carry an item, and the holders of school-wide roles, the first of each
    and all of them."""

    units: tuple[UnitPeople, ...]
    holders: Mapping[str, int]
    all_holders: Mapping[str, tuple[int, ...]]
    office_unit_id: int


def read(connection: Connection, day: date) -> College:
    """Read the college as it stands on a day. A unit without a head or a leader is left out."""
    in_force = "valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)"
    asked = {"day": day}
    held: dict[tuple[str, int], int] = {}
    holders: dict[str, list[int]] = defaultdict(list)
    people: dict[int, list[int]] = defaultdict(list)
    rows = connection.execute(
        f"SELECT role, unit_id, person_id FROM appointment WHERE {in_force} ORDER BY id",  # noqa: S608 - no value from outside
        asked,
    )
    for role, unit_id, person_id in rows:
        person = _number(person_id)
        holders[str(role)].append(person)
        if unit_id is not None:
            held.setdefault((str(role), _number(unit_id)), person)
            people[_number(unit_id)].append(person)
    leaders = connection.execute(
        "SELECT unit_id, leader_id, code FROM portfolio JOIN unit ON unit.id = unit_id"  # noqa: S608 - no value from outside
        f" WHERE {in_force} ORDER BY unit_id".replace("valid_", "portfolio.valid_"),
        asked,
    )
    units = []
    for unit, leader, code in leaders:
        unit_id, head = _number(unit), held.get(("unit_head", _number(unit)))
        if head is not None:
            liaison = held.get(("liaison", unit_id), head)
            staff = tuple(dict.fromkeys(people[unit_id]))
            units.append(UnitPeople(unit_id, str(code), _number(leader), head, liaison, staff))
    office = next(unit for role, unit in held if role == "office_staff")
    every = {role: tuple(dict.fromkeys(persons)) for role, persons in holders.items()}
    first = {role: persons[0] for role, persons in every.items()}
    return College(tuple(units), first, every, office)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"an id, not {value!r}")
    return value
