"""How accounts stand, for 安全保密管理员: which wait for a first password, which are locked, under
which names wrong passwords were typed of late; and which grants and ids of channels wait.

Real time counts, as everywhere with passwords. Wrong tries are kept under digests of names only, so
each account's name is compared by its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select

from portal.accounts import lockout
from portal.accounts.passwords import UNUSABLE
from portal.extensions import db
from portal.models import Account, Person, RoleGrant, SignInFailure, UseridChange

WAITING, LOCKED, FAILED = "waiting", "locked", "failed"
STANDINGS: Final[Mapping[str, str]] = {
    WAITING: "待发放初始口令",
    LOCKED: "已锁定",
    FAILED: "近30分钟登录失败",
}
"""By the name in an address."""


def stands(standing: str, key: bytes, now: datetime) -> ColumnElement[bool]:
    """Of accounts joined with their persons: those that stand so. KeyError for no standing."""
    if standing == WAITING:
        return and_(Account.active, Person.active, Account.password_hash == UNUSABLE)
    wanted = {LOCKED: _locked, FAILED: _remembered}[standing](now)
    return Account.username.in_(_names(wanted, key))


def how_many(standing: str, key: bytes, now: datetime) -> int:
    """The number of accounts that stand so."""
    query = select(func.count(Account.id)).join(Person, Person.id == Account.person_id)
    return db.session.scalar(query.where(stands(standing, key, now))) or 0


def strangers(key: bytes, now: datetime) -> int:
    """Under how many names that no account has a sign-in was tried of late."""
    return len(_digests(_remembered(now)) - {lockout.name_digest(key, one) for one in _usernames()})


def grants_waiting() -> int:
    """授权 that one administrator asked for and the other has not decided."""
    waiting = select(func.count(RoleGrant.id)).where(RoleGrant.state == "proposed")
    return db.session.scalar(waiting) or 0


def userids_waiting() -> int:
    """渠道账号 that one administrator entered and the other has not decided."""
    waiting = select(func.count(UseridChange.id)).where(UseridChange.state == "proposed")
    return db.session.scalar(waiting) or 0


def _locked(now: datetime) -> ColumnElement[bool]:
    return SignInFailure.locked_until > now


def _remembered(now: datetime) -> ColumnElement[bool]:
    until = func.coalesce(SignInFailure.locked_until, SignInFailure.first_at + lockout.LOCKED_FOR)
    return until > now


def _digests(wanted: ColumnElement[bool]) -> set[str]:
    return set(db.session.scalars(select(SignInFailure.name_digest).where(wanted)))


def _names(wanted: ColumnElement[bool], key: bytes) -> list[str]:
    digests = _digests(wanted)
    if not digests:
        return []
    return [one for one in _usernames() if lockout.name_digest(key, one) in digests]


def _usernames() -> list[str]:
    return list(db.session.scalars(select(Account.username)))
