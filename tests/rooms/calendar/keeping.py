"""The system administrator of the sample college at 工作日历, for tests of what follows."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Account, CalendarVersion
from portal.rooms.calendar import commands, queries
from portal.rooms.calendar.clock import recount_deadlines
from portal.rooms.calendar.commands import Editor
from portal.rooms.calendar.reading import read
from portal.rooms.calendar.tables import with_year
from portal.rulebook import working_calendar
from portal.rulebook.scope import view_as_nobody

KEEPER, OTHERS = "sysadmin01", ("secadmin01", "auditor01")
TABLE_2027 = "元旦 1月1日至3日\n补休 1月4日\n补休 1月11日\n春节 2月6日至12日"
"""No real table: 4 and 11 January rest, so that dates move."""


def editor(app: Flask, kind: str = "sys_admin") -> Editor:
    """The administrator of this kind, by the application's clock."""
    view_as_nobody()
    account = db.session.scalars(select(Account).filter_by(kind=kind)).one()
    return Editor(account.id, account.kind, app.extensions["portal.clock"].now())


def tables_with(text: str, year: int = 2027) -> dict[str, Any]:
    """The tables in force with a year's table in them."""
    found = read(text, year)
    assert not found.wrong, found.wrong
    return with_year(working_calendar.tables(), year, found.lines, "")


def propose(app: Flask, text: str, year: int = 2027) -> CalendarVersion:
    """A proposal of the administrator's."""
    made = editor(app)
    return commands.propose(made, tables_with(text, year), uuid.uuid4())


def confirm(app: Flask, made: CalendarVersion) -> None:
    """Confirmed as it was looked at."""
    shown = queries.outlook_of(made).digest
    commands.confirm(editor(app), made.public_id, seen=made.based_on, shown=shown)


def load(app: Flask, text: str = TABLE_2027, year: int = 2027) -> None:
    """A year's table, proposed and confirmed."""
    with app.app_context():
        confirm(app, propose(app, text, year))


def recount(worker: Flask, app: Flask) -> int:
    """The clock's rule, by the application's day."""
    worker.extensions["portal.clock"].shift = app.extensions["portal.clock"].shift
    with worker.app_context():
        return recount_deadlines()


def stand_at(app: Flask, day: date) -> None:
    """The application's clock shows a day."""
    clock = app.extensions["portal.clock"]
    clock.shift += day - clock.today()
