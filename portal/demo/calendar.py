"""The sample college's own part of 工作日历: terms, vacations, the local holidays that are off."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Account, CalendarVersion
from portal.rooms.calendar import commands, queries
from portal.rooms.calendar.commands import Editor
from portal.rulebook import working_calendar
from portal.rulebook.workdays import shipped

OWN: Final = ("local", "terms", "vacations")
_KEY: Final = uuid.UUID("5a0c8a5e-6c0b-4c8e-9f3d-2b1e7d9c4a60")


def load_calendar(clock: Clock) -> None:
    """Let the sample's system administrator enter it; a second time changes nothing."""
    if db.session.scalars(select(CalendarVersion.number).filter_by(key=_KEY)).one_or_none():
        return
    keeper = db.session.scalars(select(Account).filter_by(kind=commands.KEEPER)).one()
    editor = Editor(keeper.id, keeper.kind, clock.now())
    own = {name: shipped()[name] for name in OWN}
    made = commands.propose(editor, {**working_calendar.tables(), **own}, _KEY)
    shown = queries.outlook_of(made).digest
    commands.confirm(editor, made.public_id, seen=made.based_on, shown=shown)
