"""What a table says against what is there: row by row, and against its own other rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select

from portal.extensions import db
from portal.models import Appointment, Person, Unit
from portal.rooms.organisation import userids
from portal.rooms.organisation.posts import HEAD, WITHOUT_UNIT, Post, check
from portal.rulebook.refusals import Unmet
from portal.workbooks.columns import Row, Table

MOST_ROWS: Final = 1000
"""[J] All rows are brought in by one transaction of a page."""
THERE: Final = "已登记，不再重复导入。"
FIELDS: Final = {"unit": "unit", "role": "role", "valid_from": "valid_from", "valid_to": "role"}


def check_units(table: Table) -> None:
    """A unit that is there is left out; the same code or name for something else is wrong."""
    there = {unit.code.upper(): unit for unit in db.session.scalars(select(Unit))}
    names = {
        name: unit
        for unit in there.values()
        if unit.valid_to is None
        for name in (unit.name, unit.short_name, *unit.aliases)
    }
    own: dict[str, int] = {}
    for row in table.rows:
        if not row.sound:
            continue
        code, name = row.values["code"].upper(), row.values["name"]
        unit = there.get(code)
        if unit is not None and unit.name == name:
            row.known = THERE
            continue
        if unit is not None:
            row.refuse("code", f"该代码已用于“{unit.name}”；更名请在该单位的页面办理。")
        for column in ("name", "short_name"):
            if row.values[column] in names:
                row.refuse(column, f"“{row.values[column]}”已是现有单位的名称。")
        for said in (f"代码{code}", name, row.values["short_name"], *row.values["aliases"]):
            first = own.setdefault(said, row.place)
            if first != row.place:
                row.refuse("", f"与第{first}行的代码或名称相同。")


def check_people(table: Table, today: date) -> None:
    """A person with that post is left out; who is there by another name is wrong, and so is what
    no appointment can be."""
    own: dict[Any, int] = {}
    for row in table.rows:
        if not row.sound:
            continue
        person = db.session.scalars(
            select(Person).where(Person.emp_no == row.values["emp_no"])
        ).one_or_none()
        _check_person(row, person, own)
        if row.values["role"]:
            _check_post(row, person, own, today)
        elif row.values["unit"] or row.values["post"]:
            row.refuse("role", "填写了单位或职务的，请填写角色。")
        elif person is not None or not _first(own, ("alone", row.values["emp_no"]), row):
            row.known = THERE


def _check_person(row: Row, person: Person | None, own: dict[Any, int]) -> None:
    name = row.values["name"]
    if person is not None and person.name != name:
        row.refuse("name", f"该工号已登记为“{person.name}”，请核对。")
    if person is not None and not person.active:
        row.refuse("emp_no", "该人员已停用，请先恢复。")
    place = own.setdefault(("name", row.values["emp_no"], name), row.place)
    others = [key for key in own if key[0] == "name" and key[1] == row.values["emp_no"]]
    if len(others) > 1 and place == row.place:
        row.refuse("name", "同一工号在表中有不同的姓名。")
    for column in userids.FIELDS:
        _check_channel(row, person, column, own)


def _check_channel(row: Row, person: Person | None, column: str, own: dict[Any, int]) -> None:
    value = row.values[column]
    if not value:
        return
    said = userids.holder_of(column, value, person.id if person else None)
    if said:
        row.refuse(column, said)
    key = (column, value)
    if own.setdefault(key, row.values["emp_no"]) != row.values["emp_no"]:
        row.refuse(column, "表中另有人员使用同一账号。")


def _check_post(row: Row, person: Person | None, own: dict[Any, int], today: date) -> None:
    given = row.values
    unit_id = given["unit"].id if given["unit"] else None
    if given["unit"] is None and given["role"] not in WITHOUT_UNIT:
        row.refuse("unit", "请填写单位。")
    if not given["post"]:
        row.refuse("post", "请填写职务。")
    if not _first(own, ("post", given["emp_no"], given["role"], unit_id), row):
        row.known = THERE
        return
    if person is not None and _holds(person.id, given["role"], unit_id, given["valid_from"]):
        row.known = THERE
        return
    if given["role"] == HEAD:
        _check_head(row, unit_id, own)
    if given["is_primary"] and not _first(own, ("main", given["emp_no"]), row):
        row.refuse("is_primary", "同一人员只有一项主要任职。")
    if row.sound:
        _ask(row, lambda: check(post_of(row, person), today))


def _check_head(row: Row, unit_id: int | None, own: dict[Any, int]) -> None:
    """A successor is entered on his own page, where what goes over is looked at."""
    holder = db.session.scalars(
        select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.role == HEAD,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= row.values["valid_from"]),
        )
    ).first()
    if holder is not None:
        row.refuse("role", f"该单位已有负责人{holder}，接任请在人员页面登记。")
    if not _first(own, ("head", unit_id), row):
        row.refuse("role", "表中另有该单位的负责人。")


def post_of(row: Row, person: Person | None) -> Post:
    """The appointment of a row; of somebody who is not there yet with a person of no table."""
    given = row.values
    unit = db.session.get_one(Unit, given["unit"].id) if given["unit"] else None
    return Post(
        person or Person(id=0, active=True, name=given["name"]),
        unit,
        given["post"],
        given["role"],
        given["is_primary"],
        False,
        given["valid_from"],
        None,
    )


def _holds(person_id: int, role: str, unit_id: int | None, day: date) -> bool:
    found = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.role == role,
        Appointment.unit_id.is_not_distinct_from(unit_id),
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day),
    )
    return db.session.scalar(found.limit(1)) is not None


def _first(own: dict[Any, int], key: Any, row: Row) -> bool:
    """Whether no row before says the same."""
    return own.setdefault(key, row.place) == row.place


def _ask(row: Row, condition: Callable[[], None]) -> None:
    try:
        condition()
    except Unmet as refused:
        fields = refused.fields or {"": refused.reason}
        for name, said in fields.items():
            row.refuse(FIELDS.get(name, ""), said)
