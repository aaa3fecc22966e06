"""Accounts and their sessions as 安全保密管理员 sees them: no password, no digest of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from portal.accounts import lockout
from portal.accounts.browsers import browser_label
from portal.accounts.passwords import UNUSABLE
from portal.accounts.queries import ADMINISTRATORS, DISPLAY
from portal.accounts.sessions import live
from portal.accounts.standing import STANDINGS, stands
from portal.audit.words import Entry, entries
from portal.extensions import db
from portal.models import Account, AdminAct, Person, SignInFailure, SignInSession

PER_PAGE = 50
KINDS = {"person": "个人", **ADMINISTRATORS, DISPLAY: "大屏账号"}
MOST_SESSIONS = 20
MOST_ENTRIES = 20


class Line(NamedTuple):
    """An account: whose, of which kind, how it stands, sessions that run, when last used."""

    account: Account
    person: Person
    kind: str
    state: str
    locked: bool
    sessions: int
    last_seen: datetime | None


class Session(NamedTuple):
    """Where and when somebody signed in; `ended_at` None: it runs or ran out by itself."""

    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    address: str
    browser: str
    runs: bool


class Asked(NamedTuple):
    """Which accounts: by name, 工号 or sign-in name, by kind, by how they stand."""

    q: str
    kind: str
    state: str


def page(asked: Asked, number: int, key: bytes, now: datetime) -> tuple[list[Line], int]:
    """A page of accounts, and how many there are."""
    typed = asked.q
    wanted = [Account.kind == asked.kind] if asked.kind in KINDS else []
    if asked.state in STANDINGS:
        wanted.append(stands(asked.state, key, now))
    if typed:
        like = typed.lower().replace(" ", "")
        wanted.append(
            or_(
                Person.name.contains(typed, autoescape=True),
                Account.username.contains(typed, autoescape=True),
                Person.initials.contains(like, autoescape=True),
                func.replace(Person.pinyin, " ", "").contains(like, autoescape=True),
            )
        )
    rows = select(Account, Person).join(Person, Person.id == Account.person_id).where(*wanted)
    total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    found = db.session.execute(
        rows.order_by(Account.kind == "person", Person.rank_no, Person.sort_no, Account.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()
    return _lines([(row.Account, row.Person) for row in found], key, now), total


def line_of(account: Account, key: bytes, now: datetime) -> Line:
    """One account as a line."""
    return _lines([(account, db.session.get_one(Person, account.person_id))], key, now)[0]


def _lines(rows: Sequence[tuple[Account, Person]], key: bytes, now: datetime) -> list[Line]:
    ids = [account.id for account, _person in rows]
    running = dict(
        db.session.execute(
            select(SignInSession.account_id, func.count())
            .where(SignInSession.account_id.in_(ids), live(now))
            .group_by(SignInSession.account_id)
        ).all()
    )
    seen = dict(
        db.session.execute(
            select(SignInSession.account_id, func.max(SignInSession.last_seen_at))
            .where(SignInSession.account_id.in_(ids))
            .group_by(SignInSession.account_id)
        ).all()
    )
    locked = _locked([account.username for account, _person in rows], key, now)
    return [
        Line(
            account,
            person,
            KINDS[account.kind],
            _state(account, person),
            account.username in locked,
            running.get(account.id, 0),
            seen.get(account.id),
        )
        for account, person in rows
    ]


def _state(account: Account, person: Person) -> str:
    if not person.active:
        return "人员已停用"
    if not account.active:
        return "已停用"
    if account.password_hash == UNUSABLE:
        return "待发放初始口令"
    return "待本人修改口令" if account.must_change else "在用"


def _locked(usernames: Collection[str], key: bytes, now: datetime) -> set[str]:
    """The names that nobody can sign in under now; they are kept as digests only."""
    digests = {lockout.name_digest(key, name): name for name in usernames}
    rows = db.session.scalars(
        select(SignInFailure.name_digest).where(
            SignInFailure.name_digest.in_(digests), SignInFailure.locked_until > now
        )
    )
    return {digests[digest] for digest in rows}


def sessions_of(account: Account, now: datetime) -> list[Session]:
    """The latest sessions of an account."""
    rows = db.session.execute(
        select(SignInSession, live(now))
        .where(SignInSession.account_id == account.id)
        .order_by(SignInSession.started_at.desc())
        .limit(MOST_SESSIONS)
    )
    return [
        Session(
            row.started_at,
            row.last_seen_at,
            row.ended_at,
            row.address,
            browser_label(row.browser),
            runs,
        )
        for row, runs in rows
    ]


def log_of(account: Account) -> list[Entry]:
    """What administrators did with an account, the latest first."""
    return entries(
        db.session.scalars(
            select(AdminAct)
            .where(AdminAct.subject == "account", AdminAct.subject_id == account.id)
            .order_by(AdminAct.position.desc())
            .limit(MOST_ENTRIES)
        )
    )
