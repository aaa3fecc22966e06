"""From somebody a provider vouches for to a session; each one transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, select

from portal.accounts import commands, phones
from portal.accounts.commands import From
from portal.extensions import db
from portal.models import Account, Person


def account_of(person: ColumnElement[bool]) -> Account | None:
    """The person's account; None if nobody or more than one is meant, or it is not in use. The
    administrators' accounts are never signed in silently (SPEC §7.7 d)."""
    found = db.session.scalars(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(person, Account.kind == "person", Account.active, Person.active)
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def begin_on_known(account: Account, way: str, came: From, now: datetime) -> uuid.UUID | None:
    """A session on a telephone that the account has bound; None on any other."""
    phone = phones.known(account.id, came.phone, now)
    if phone is None:
        return None
    return commands.begin(account.id, came, now=now, way=way, phone_id=phone.id)


def bind_and_begin(
    account: Account, password: str, way: str, came: From, *, key: bytes, now: datetime
) -> tuple[uuid.UUID, str]:
    """The second step on a new telephone: with the password it is bound. The session's id and the
    secret for the telephone's cookie. NotOffered if the password is wrong; tries are counted."""
    commands.confirm(account.username, password, key=key, now=now)
    phone, secret = phones.bind(account.id, came.browser, now)
    return commands.begin(account.id, came, now=now, way=way, phone_id=phone.id), secret
