"""The working calendar in force (工作日历, SPEC §3.3), read once a transaction.

Whatever an act counts, it counts by one version: the number is asked for at the first use in a
transaction and holds until its end, in every web and worker process alike. The tables of a version
never change, so each process reads them once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, event, select
from sqlalchemy.orm import Session, SessionTransaction

from portal.extensions import db
from portal.models import CalendarVersion
from portal.rulebook.workdays import Calendar, from_data

NAG_FROM: Final = (11, 1)
"""Month and day from which the next year's table is asked for (SPEC §3.3)."""
_KEPT: Final = "working_calendar"
_CALENDARS: Final[dict[uuid.UUID, Calendar]] = {}


class InForce(NamedTuple):
    """A version of the calendar: its number, and what it says."""

    number: int
    public_id: uuid.UUID
    calendar: Calendar


def in_force() -> InForce:
    """The version in force for this transaction. LookupError if the database has none."""
    session = db.session()
    found: InForce | None = session.info.get(_KEPT)
    if found is None:
        found = session.info[_KEPT] = _read()
    return found


def current() -> Calendar:
    """The calendar in force for this transaction."""
    return in_force().calendar


def tables() -> Mapping[str, Any]:
    """The tables of the version in force, as they are stored."""
    wanted = CalendarVersion.number == in_force().number
    found: Mapping[str, Any] = db.session.scalars(
        select(CalendarVersion.tables).where(wanted)
    ).one()
    return found


def missing_year(day: date, calendar: Calendar | None = None) -> int | None:
    """The year whose holiday table is to be asked for on a day: the year itself, from 1 November
    on the next one; None if they are there (SPEC §3.3, N18)."""
    known = calendar or current()
    if not known.is_published(day.year):
        return day.year
    due = (day.month, day.day) >= NAG_FROM and not known.is_published(day.year + 1)
    return day.year + 1 if due else None


def numbered(number: int) -> Calendar:
    """The calendar of a version that is or was in force. LookupError if there is none."""
    return _read(CalendarVersion.number == number).calendar


def _read(wanted: ColumnElement[bool] | None = None) -> InForce:
    row = db.session.execute(
        select(CalendarVersion.number, CalendarVersion.public_id)
        .where(CalendarVersion.number.is_not(None) if wanted is None else wanted)
        .order_by(CalendarVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.number is None:
        raise LookupError("the database has no such working calendar: run the migrations")
    if row.public_id not in _CALENDARS:
        kept = CalendarVersion.public_id == row.public_id
        _CALENDARS[row.public_id] = from_data(
            db.session.scalars(select(CalendarVersion.tables).where(kept)).one()
        )
    return InForce(row.number, row.public_id, _CALENDARS[row.public_id])


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_KEPT, None)


__all__ = ["InForce", "current", "in_force", "missing_year", "numbered", "tables"]
