"""Server-side sessions: the cookie carries an id, the row says whether it holds (SPEC §7.7 b).

Real time counts here, not the demo's clock.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.extensions import db
from portal.models import Account, Person, SignInSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
REMEMBERED = timedelta(hours=72)
"""How long after its beginning a session still tells who wrote: from Friday to Monday."""
TOUCH_EVERY = timedelta(minutes=1)
"""How exact `last_seen_at` is: a request writes it only when it is older than this."""


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, as Flask-Login's current user.

    `person_id` is None for the three administrators: their accounts carry no business role
    (三员分立), whoever holds them. `name` is the holder's. `must_change`: the password was handed
    over, and its owner sets another before anything else.
    """

    session_id: uuid.UUID
    account_id: int
    username: str
    kind: str
    person_id: int | None
    name: str
    last_seen_at: datetime
    must_change: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie carries."""
        return str(self.session_id)


def load_session(cookie_id: str, now: datetime) -> SignedIn | None:
    """The person behind a cookie, or None when the session ended or never was."""
    try:
        public_id = uuid.UUID(cookie_id)
    except ValueError:
        return None
    found = db.session.execute(
        select(SignInSession, Account, Person.name)
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(SignInSession.public_id == public_id, live(now), Account.active, Person.active)
    ).one_or_none()
    if found is None:
        return None
    row, account, name = found
    return SignedIn(
        session_id=row.public_id,
        account_id=account.id,
        username=account.username,
        kind=account.kind,
        person_id=account.person_id if account.kind == "person" else None,
        name=name,
        last_seen_at=row.last_seen_at,
        must_change=account.must_change,
    )


def live(now: datetime) -> ColumnElement[bool]:
    """The session was not ended, is not too old, and not idle for too long; on a bound telephone,
    which its owner carries, it may be (decision 0114)."""
    return and_(
        SignInSession.ended_at.is_(None),
        or_(SignInSession.last_seen_at > now - IDLE, SignInSession.phone_id.is_not(None)),
        SignInSession.started_at > now - ABSOLUTE,
    )


def run_out(cookie_id: str, now: datetime) -> int | None:
    """Whose session this was, if it ran out by itself a short while ago: nobody ended it, nothing
    of the account is closed. It proves who wrote, and gives no right to read (decision 0157)."""
    try:
        public_id = uuid.UUID(cookie_id)
    except ValueError:
        return None
    return db.session.scalar(
        select(Account.person_id)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .join(Person, Person.id == Account.person_id)
        .where(SignInSession.public_id == public_id, SignInSession.ended_at.is_(None))
        .where(SignInSession.started_at > now - REMEMBERED)
        .where(Account.kind == "person", Account.active, Person.active)
    )


def touch(user: SignedIn, now: datetime) -> None:
    """Note that the person is still there; commits, so call it before anything else."""
    if now - user.last_seen_at < TOUCH_EVERY:
        return
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.public_id == user.session_id, SignInSession.last_seen_at < now)
        .values(last_seen_at=now)
    )
    db.session.commit()


def live_sessions(account_id: int, now: datetime) -> Sequence[SignInSession]:
    """The account's sessions that hold, the latest seen first."""
    return db.session.scalars(
        select(SignInSession)
        .where(SignInSession.account_id == account_id, live(now))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    ).all()
