"""第二十一条: the one gate. Who may know of an item, and reading as that person.

`readers` is stored with the item and copied to its parts by the database; a person's
keys follow from the appointments, portfolios and delegations of the day. Row-level
security compares the two under the web role, so that a forgotten scope shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Table,
    case,
    event,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import Integer

from portal.clock import Clock, shanghai_day
from portal.extensions import db
from portal.models import Guarded
from portal.models.base import Base
from portal.rulebook.identity import ScopeError, array_of, say
from portal.rulebook.keys import ADMINISTRATORS_KEYS, EVERYONES_BUSINESS, held_by
from portal.rulebook.roles import Moment, Role

G = TypeVar("G", bound=Guarded)


@dataclass(frozen=True)
class Viewer:
    """A person at a moment, with the keys and the roles that person holds.

    Without a person it is the clock, which acts inside `everything(because=…)` only. `address` is
    the network address that the person acts from, as far as it is known. `units` are roles with
    the units they are held in; `lent` tells whether somebody's delegation reaches this person.
    """

    person_id: int | None
    keys: frozenset[int]
    moment: Moment
    roles: frozenset[str]
    address: str = ""
    units: frozenset[tuple[str, int]] = frozenset()
    lent: bool = False


def moment_of(clock: Clock) -> Moment:
    """The clock's instant and Shanghai day, read once."""
    instant = clock.now()
    return Moment(instant, shanghai_day(instant))


def view_as(person_id: int, clock: Clock, address: str = "") -> Viewer:
    """Read as this person from now on in this session; returns the viewer to pass along."""
    moment = moment_of(clock)
    held = held_by(person_id, moment)
    viewer = Viewer(
        person_id, held.keys, moment, held.roles, address, units=held.units, lent=held.lent
    )
    _identify(keys=viewer.keys, day=moment.day.isoformat())
    return viewer


def view_as_clock(clock: Clock) -> Viewer:
    """Act as the clock (视同签收 …), inside `everything(because=…)`; ScopeError outside."""
    if not db.session.info.get("because"):
        raise ScopeError("the clock acts with a written reason")
    return Viewer(None, frozenset(), moment_of(clock), frozenset({Role.SYSTEM.value}))


def view_as_administrator(kind: str, clock: Clock) -> None:
    """Read as an administrator from now on: no guarded row. KeyError for a kind that is none."""
    keys = frozenset({ADMINISTRATORS_KEYS[kind]})
    _identify(keys=keys, day=moment_of(clock).day.isoformat())


def view_as_display(clock: Clock) -> Viewer:
    """Read as a screen on a wall: what is everyone's business, so nothing sensitive and no draft
    (第二十一条, decision 0164)."""
    moment, keys = moment_of(clock), frozenset({EVERYONES_BUSINESS})
    _identify(keys=keys, day=moment.day.isoformat())
    return Viewer(None, keys, moment, frozenset())


def view_as_nobody() -> None:
    """Forget as whom the session reads; guarded tables are empty again."""
    _identify(keys=frozenset())


@contextmanager
def everything(because: str) -> Iterator[None]:
    """Read without a person, for the clock and the archive, under the worker's role only.

    `because` is the written reason; the database refuses the web role all the same.
    """
    if not because.strip():
        raise ScopeError("reading everything needs a written reason")
    before = dict(db.session.info)
    _identify(keys=frozenset(), because=because)
    try:
        yield
    finally:
        _identify(
            keys=before.get("keys", frozenset()),
            day=before.get("day", ""),
            because=before.get("because", ""),
        )


def visible(viewer: Viewer, model: type[G]) -> Select[G]:
    """The rows of `model` that this viewer may know of.

    Row-level security narrows the rows by index; the CASE repeats the comparison for every row
    that is left, in a form the planner gives a fixed estimate (writing && twice misleads it).
    """
    if db.session.info.get("keys") != viewer.keys:
        raise ScopeError("the session reads as somebody else")
    if not viewer.keys:  # the clock, which reads with a written reason
        return select(model)
    mine = literal(sorted(viewer.keys), ARRAY(Integer))
    return select(model).where(case((model.readers.op("&&")(mine), True), else_=False))


def _identify(*, keys: frozenset[int], day: str = "", because: str = "") -> None:
    session = db.session()
    session.info["keys"] = keys
    session.info["day"] = day
    session.info["array"] = array_of(keys)
    session.info["because"] = because
    session.expire_all()
    if session.in_transaction():
        _set_identity(session.connection(), session)


def _set_identity(connection: Connection, session: Session) -> None:
    keys, because = session.info.get("array", ""), session.info.get("because", "")
    connection.info["reads_as"] = bool(keys or because)
    if not say(connection, keys, because, day=session.info.get("day", "")):
        raise ScopeError(
            "the database does not believe this application: another PORTAL_SECRET_KEY, or clocks"
            " minutes apart; `portal doctor` tells which"
        )


@event.listens_for(Session, "after_begin")
def _begin_as(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    _set_identity(connection, session)


@lru_cache(maxsize=2048)
def _touches_guarded(statement: str) -> bool:
    tables = "|".join(
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Guarded) and isinstance(mapper.local_table, Table)
    )
    return bool(re.search(rf'\b(?:FROM|JOIN|INTO|UPDATE|,)\s+"?(?:{tables})\b', statement, re.I))


@event.listens_for(Engine, "before_cursor_execute")
def _warn_early(connection: Connection, _cursor: object, statement: str, *_args: object) -> None:
    """A guarded table asked for as nobody is a mistake in the program: say so at once.

    The database would answer with no rows; this makes a forgotten viewer loud, not silent.
    """
    if connection.info.get("reads_as") is False and _touches_guarded(statement):
        raise ScopeError("a guarded table was asked for without saying as whom")


@event.listens_for(Engine, "checkin")
def _forget(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info.pop("reads_as", None)


__all__ = [
    "ScopeError",
    "Viewer",
    "everything",
    "moment_of",
    "view_as",
    "view_as_administrator",
    "view_as_clock",
    "view_as_display",
    "view_as_nobody",
    "visible",
]
