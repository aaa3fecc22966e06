"""Opening an account; the three administrators are three persons (三员分立, SPEC §7.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from portal.accounts import passwords, phones
from portal.accounts.commands import PasswordRefused, clean_name
from portal.accounts.pinyin import normalise_name, stored_readings
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Account, Person, SignInSession

ADMINISTRATOR_KINDS = ("sys_admin", "sec_admin", "auditor")
KINDS = ("person", *ADMINISTRATOR_KINDS)
LAST = 9999
"""Order of a person entered by hand, until a place is given."""


@dataclass(frozen=True)
class NewAccount:
    """What an account needs: its kind, its name, its holder (工号, and 姓名 if not known yet)."""

    kind: str
    username: str
    emp_no: str
    name: str = ""


def create_account(wanted: NewAccount, password: str, *, now: datetime) -> int:
    """Open an account and return its id; a holder not known yet is entered as a person.

    NotOffered when the sign-in name is taken, the holder has no name, or holds an account of
    the same sort already: one of 「person」, one of the three administrators'. PasswordRefused.
    """
    username = clean_name(wanted.username)
    _check_username(username)
    faults = passwords.faults_of_new(password, username, ())
    if faults:
        raise PasswordRefused(faults[0], faults=tuple(faults))
    holder = _holder(wanted)
    _check_separation(wanted.kind, holder)
    account = Account(
        username=username,
        kind=wanted.kind,
        person_id=holder.id,
        password_hash=passwords.hash_password(password),
        password_changed_at=now,
    )
    db.session.add(account)
    db.session.commit()
    return account.id


def set_password(username: str, password: str, *, now: datetime) -> None:
    """Another password for an account, whose owner cannot sign in any more; its sessions end.

    NotOffered for a name without an account, PasswordRefused.
    """
    account = _account_of(username)
    former = [account.password_hash, *account.former_hashes]
    faults = passwords.faults_of_new(password, account.username, former)
    if faults:
        raise PasswordRefused(faults[0], faults=tuple(faults))
    account.password_hash = passwords.hash_password(password)
    account.former_hashes = former[: passwords.REMEMBERED - 1]
    account.password_changed_at, account.must_change = now, False
    _end_sessions(account, now)
    db.session.commit()


def set_active(username: str, active: bool, *, now: datetime) -> None:
    """停用 or 恢复. In the browser no administrator does so to another one, or he would be alone.
    NotOffered for a name without an account."""
    account = _account_of(username)
    account.active = active
    _end_sessions(account, now)
    db.session.commit()


def _account_of(username: str) -> Account:
    named = Account.username == clean_name(username)
    found = db.session.scalars(select(Account).where(named)).one_or_none()
    if found is None:
        raise NotOffered(f"没有登录名为“{username}”的账号。")
    return found


def _end_sessions(account: Account, now: datetime) -> None:
    phones.unbind_all(account.id, now)
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _check_username(username: str) -> None:
    if not username:
        raise NotOffered("请填写登录名。")
    if db.session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise NotOffered(f"登录名“{username}”已被使用，请另取一个。")


def _holder(wanted: NewAccount) -> Person:
    emp_no = clean_name(wanted.emp_no)
    person = db.session.scalars(select(Person).where(Person.emp_no == emp_no)).one_or_none()
    if person is not None:
        return person
    name = normalise_name(wanted.name)
    if not emp_no or not name:
        raise NotOffered("该工号尚未登记，请同时填写工号和姓名。")
    pinyin, initials = stored_readings(name)
    person = Person(emp_no=emp_no, name=name, pinyin=pinyin, initials=initials, sort_no=LAST)
    db.session.add(person)
    db.session.flush()
    return person


def _check_separation(kind: str, holder: Person) -> None:
    sort = ADMINISTRATOR_KINDS if kind in ADMINISTRATOR_KINDS else ("person",)
    held = db.session.scalar(
        select(Account.kind).where(Account.person_id == holder.id, Account.kind.in_(sort))
    )
    if held is None:
        return
    if kind == "person":
        raise NotOffered(f"{holder.name}已有账号。")
    raise NotOffered(f"{holder.name}已有管理员账号，三类管理员须由不同人员担任。")
