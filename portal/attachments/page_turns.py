"""How many pages are drawn for one person at a time, over all processes of the portal.

Places are locks of the database: they are free again whatever becomes of the process that held one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from portal.errors import TooMany
from portal.extensions import db
from portal.rulebook import policy

DRAWN: Final = policy.CURRENT.limit("pages_drawn")
ASKED: Final = policy.CURRENT.limit("pages_asked")
WAIT: Final = "10s"
"""How long one waits for a place; a browser asks for six pages at a time."""
AGAIN: Final = 2
"""Seconds after which it is worth asking again."""


def take_turn(person_id: int) -> None:
    """Take a place until this transaction ends, after waiting for one if need be. TooMany where
    that person is waiting for as many pages as a browser asks for already."""
    asked = (f"page asked {person_id} {place}" for place in range(ASKED))
    place = next((place for place, name in enumerate(asked) if _is_free(name)), None)
    if place is None:
        raise TooMany(AGAIN)
    db.session.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": WAIT})
    name = f"page drawn {person_id} {place % DRAWN}"
    try:
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    except OperationalError as late:
        db.session.rollback()
        raise TooMany(AGAIN) from late


def _is_free(name: str) -> bool:
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
    return bool(db.session.scalar(select(lock)))
