"""Bound telephones (SPEC §7.8, decision 0114): confirmed with the password once, known by a cookie.

The cookie's secret is in no table: a row keeps its SHA-256. Instants are real time, aware.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from portal.errors import NotFound
from portal.extensions import db
from portal.models import BoundPhone, SignInSession

COOKIE = "duban_phone"
UNUSED = timedelta(days=180)
"""A telephone not used for so long has to be confirmed anew."""
FIELD_LENGTH = 200


def bind(account_id: int, browser: str, now: datetime) -> tuple[BoundPhone, str]:
    """A new binding and the secret for its cookie. The caller commits."""
    secret = secrets.token_urlsafe(32)
    row = BoundPhone(
        account_id=account_id,
        secret_sha256=_digest(secret),
        browser=browser[:FIELD_LENGTH],
        bound_at=now,
        last_used_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row, secret


def known(account_id: int, secret: str, now: datetime) -> BoundPhone | None:
    """The account's telephone with this secret, noted as used; None for another account's and for
    one that was unbound or lay unused. The caller commits."""
    if not secret:
        return None
    row = db.session.scalars(
        _bound(account_id, now).where(BoundPhone.secret_sha256 == _digest(secret))
    ).one_or_none()
    if row is not None:
        row.last_used_at = now
    return row


def bound(account_id: int, now: datetime) -> Sequence[BoundPhone]:
    """The account's telephones, the latest used first."""
    return db.session.scalars(
        _bound(account_id, now).order_by(BoundPhone.last_used_at.desc(), BoundPhone.id.desc())
    ).all()


def unbind(account_id: int, public_id: uuid.UUID, now: datetime) -> None:
    """End one of the account's own bindings and the sessions on it. NotFound for anybody else's."""
    ended = db.session.scalars(
        _ending(account_id, now).where(BoundPhone.public_id == public_id).returning(BoundPhone.id)
    ).one_or_none()
    if ended is None:
        raise NotFound
    db.session.execute(_sessions(account_id, now).where(SignInSession.phone_id == ended))
    db.session.commit()


def unbind_all(account_id: int, now: datetime) -> None:
    """End every binding of the account; its sessions on them go on as any other browser's.
    The caller commits."""
    db.session.execute(_ending(account_id, now))
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
        .values(phone_id=None)
    )


def _bound(account_id: int, now: datetime) -> Select[BoundPhone]:
    return select(BoundPhone).where(
        BoundPhone.account_id == account_id,
        BoundPhone.ended_at.is_(None),
        BoundPhone.last_used_at > now - UNUSED,
    )


def _ending(account_id: int, now: datetime):  # type: ignore[no-untyped-def]  # an update, narrowed
    return (
        update(BoundPhone)
        .where(BoundPhone.account_id == account_id, BoundPhone.ended_at.is_(None))
        .values(ended_at=now)
    )


def _sessions(account_id: int, now: datetime):  # type: ignore[no-untyped-def]  # an update, narrowed
    return (
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
