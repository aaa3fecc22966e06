"""The private address of a person's calendar: made, taken back, found again by its secret."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.lockout import count_try, name_digest
from portal.errors import TooMany
from portal.extensions import db
from portal.models import Account, CalendarFeed, Person

TRIES: Final = 60
"""Requests with a wrong secret from one address, and with one right secret, in half an hour.
Many, for a whole campus may come from one address with secrets that were taken back."""
PAUSE: Final = 1800  # seconds


def make(person_id: int, now: datetime) -> str:
    """A new secret for the person, whose former address ends with it; it is not kept."""
    token = secrets.token_urlsafe(32)
    values = {"digest": digest_of(token), "made_at": now}
    statement = insert(CalendarFeed).values(person_id=person_id, **values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[CalendarFeed.person_id], set_=values)
    )
    db.session.commit()
    return token


def take_back(person_id: int) -> None:
    """The address leads nowhere any more; without one nothing happens."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    db.session.commit()


def made_at(person_id: int) -> datetime | None:
    """Since when the person has an address."""
    return db.session.scalar(
        select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id)
    )


def owner_of(token: str, address: str, *, key: bytes, now: datetime) -> int | None:
    """Whose calendar this is; None for a secret that is none, was taken back, or whose person has
    left. TooMany after too many requests; `now` is real time."""
    digest = digest_of(token)
    person_id = db.session.scalar(
        select(CalendarFeed.person_id)
        .join(Person, Person.id == CalendarFeed.person_id)
        .join(Account, (Account.person_id == Person.id) & (Account.kind == "person"))
        .where(CalendarFeed.digest == digest, Person.active, Account.active)
        .limit(1)
    )
    counted = digest if person_id is not None else address
    tries = count_try(name_digest(key, f"calendar {counted}"), now, most=TRIES)
    db.session.commit()
    if tries > TRIES:
        raise TooMany(retry_after=PAUSE)
    return person_id


def digest_of(token: str) -> str:
    """SHA-256 is enough: the secret is 256 random bits, nothing a dictionary holds."""
    return hashlib.sha256(token.encode()).hexdigest()
