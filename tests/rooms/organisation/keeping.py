"""The system administrator of the sample college at units, persons and posts, for tests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.administrative import Editor
from portal.extensions import db
from portal.models import Account, AdminAct, Appointment, Person, Portfolio, Unit
from portal.rooms.organisation.posts import Post
from portal.rulebook.scope import view_as_administrator
from tests.conftest import ANCHOR
from tests.pages import Page, fill, send, values_of

DAY = timedelta(days=1)
TOMORROW = ANCHOR + DAY
KEEPER = "sysadmin01"
WHY = "学校机构调整文件"


def editor(app: Flask, kind: str = "sys_admin") -> Editor:
    """The administrator of this kind, by the application's clock; an app context is open."""
    clock = app.extensions["portal.clock"]
    view_as_administrator(kind, clock)
    account = db.session.scalars(select(Account).filter_by(kind=kind)).one()
    return Editor(account.id, kind, clock.now(), clock.today(), "10.0.0.1", uuid.uuid4())


def person(name: str) -> Person:
    """The person of this name."""
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def unit(code: str) -> Unit:
    """The unit with this code."""
    return db.session.scalars(select(Unit).where(Unit.code == code)).one()


def post(name: str, code: str, role: str, since: date = TOMORROW, **given: Any) -> Post:
    """A post to be entered."""
    plain: dict[str, Any] = {
        "title": "处长", "is_primary": False, "acting_head": False, "valid_to": None,
    }  # fmt: skip
    return Post(person(name), unit(code), role=role, valid_from=since, **{**plain, **given})


def periods(code: str, role: str) -> list[tuple[str, date, date | None]]:
    """Who held a role in a unit from when to when, in order."""
    rows = db.session.execute(
        select(Person.name, Appointment.valid_from, Appointment.valid_to)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Unit.code == code, Appointment.role == role)
        .order_by(Appointment.valid_from, Person.sort_no)
    )
    return [(row.name, row.valid_from, row.valid_to) for row in rows]


def leaders_of(code: str) -> list[tuple[str, date, date | None]]:
    """Who was in charge of a unit from when to when, in order."""
    rows = db.session.execute(
        select(Person.name, Portfolio.valid_from, Portfolio.valid_to)
        .join(Person, Person.id == Portfolio.leader_id)
        .join(Unit, Unit.id == Portfolio.unit_id)
        .where(Unit.code == code)
        .order_by(Portfolio.valid_from)
    )
    return [(row.name, row.valid_from, row.valid_to) for row in rows]


def acts() -> list[str]:
    """The administrators' log, oldest first."""
    return list(db.session.scalars(select(AdminAct.act).order_by(AdminAct.position)))


def twice(
    client: FlaskClient, address: str, action: str, typed: Mapping[str, object]
) -> tuple[Page, Page]:
    """Fill a form, look at what it would move, confirm it: the two answers."""
    looked = fill(client, address, action, typed)
    if looked.status != 200:
        return looked, looked
    again = looked.form(action)
    return looked, send(client, str(again["action"]), values_of(again))
