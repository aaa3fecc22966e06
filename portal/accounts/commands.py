"""Signing in and out, changing a password, ending a session; each one transaction (SPEC §7.7).

Instants are real time, aware. `key` is the application's secret, for the digest of names.
"""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from portal.accounts import lockout, passwords, phones
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Account, Person, SignInSession

WRONG = "工号或密码不正确，请核对后重新输入。"
LOCKED = "登录尝试次数过多，请30分钟后再试，或联系系统管理员。"
WRONG_OLD = "原密码不正确，请核对后重新输入。"
UNCONFIRMED = "登录密码不正确，请核对后重新输入。"
NAME_LENGTH = 64
FIELD_LENGTH = 200


@dataclass(eq=False)
class PasswordRefused(NotOffered):
    """A new password breaks the rules: `faults` says how, one sentence each."""

    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class From:
    """Where a sign-in comes from, shown to its owner: network address and browser; `phone` is the
    secret of a telephone that was bound once, if the browser has one."""

    address: str = ""
    browser: str = ""
    phone: str = ""


def sign_in(username: str, password: str, came: From, *, key: bytes, now: datetime) -> uuid.UUID:
    """Begin a session and return the id for the cookie.

    NotOffered, with the same words whether the name exists or not, when the name or the
    password is wrong or the name is locked.
    """
    username = clean_name(username)
    account = _checked(username, password, WRONG, key=key, now=now)
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    phone = phones.known(account.id, came.phone, now)
    return begin(account.id, came, now=now, phone_id=phone.id if phone else None)


def begin(
    account_id: int, came: From, *, now: datetime, way: str = "password", phone_id: int | None
) -> uuid.UUID:
    """A new session of an account whose holder is known by now; the id for the cookie."""
    row = SignInSession(
        public_id=uuid.uuid4(),
        account_id=account_id,
        started_at=now,
        last_seen_at=now,
        address=came.address[:FIELD_LENGTH],
        browser=came.browser[:FIELD_LENGTH],
        way=way,
        phone_id=phone_id,
    )
    db.session.add(row)
    db.session.commit()
    return row.public_id


def change_password(
    username: str, old: str, new: str, *, keep: uuid.UUID, key: bytes, now: datetime
) -> None:
    """Give the account a new password and end its sessions other than `keep`, and the bindings of
    its telephones.

    NotOffered when the old password is wrong (wrong tries count as they do at sign-in),
    PasswordRefused when the new one breaks the rules.
    """
    account = _checked(username, old, WRONG_OLD, key=key, now=now)
    former = [account.password_hash, *account.former_hashes]
    faults = passwords.faults_of_new(new, username, former)
    if faults:
        db.session.commit()
        raise PasswordRefused(faults[0], faults=tuple(faults))
    account.password_hash = passwords.hash_password(new)
    account.password_changed_at = now
    account.must_change = False
    account.former_hashes = former[: passwords.REMEMBERED - 1]
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .where(SignInSession.public_id != keep)
        .values(ended_at=now)
    )
    phones.unbind_all(account.id, now)
    db.session.commit()


def confirm(username: str, password: str, *, key: bytes, now: datetime) -> None:
    """Whoever sits before the screen knows the password; the caller commits.

    NotOffered when it is wrong: tries count as they do at sign-in.
    """
    _checked(username, password, UNCONFIRMED, key=key, now=now)


def end_session(account_id: int, public_id: uuid.UUID, *, now: datetime) -> None:
    """End one of the account's own sessions. NotFound for anybody else's and for none."""
    ended = db.session.scalars(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.public_id == public_id)
        .where(SignInSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignInSession.id)
    ).one_or_none()
    db.session.commit()
    if ended is None:
        raise NotFound


def clean_name(username: str) -> str:
    """A name as typed, brought to the form of stored ones: NFKC, no blanks, no control signs."""
    typed = unicodedata.normalize("NFKC", username)
    return "".join(c for c in typed if c.isprintable() and not c.isspace())[:NAME_LENGTH]


def _checked(username: str, password: str, wrong: str, *, key: bytes, now: datetime) -> Account:
    """The account, when the password is right and the name is not locked; tries are cleared.

    A name without an account takes the same way and the same time. A refusal commits the try;
    else the caller commits, and other tries under the name wait for it.
    """
    digest = lockout.name_digest(key, username)
    tries = lockout.count_try(digest, now)
    account = None
    if tries <= lockout.TRIES:
        account = _with_password(username, password)
    if account is None:
        db.session.commit()
        raise NotOffered(wrong if tries < lockout.TRIES else LOCKED)
    lockout.clear(digest)
    return account


def _with_password(username: str, password: str) -> Account | None:
    account = _active_account(username)
    if account is None:
        passwords.waste_a_verification(password)
        return None
    return account if passwords.matches(account.password_hash, password) else None


def _active_account(username: str) -> Account | None:
    return db.session.scalars(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Account.username == username, Account.active, Person.active)
    ).one_or_none()
