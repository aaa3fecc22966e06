"""`portal admin`: accounts opened, helped and closed by hand, three administrators apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

import portal
from portal.accounts import passwords
from portal.accounts.cli import admin
from portal.accounts.commands import From, PasswordRefused, begin
from portal.accounts.enrolment import NewAccount, create_account
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Account, Person, SignInSession

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
GOOD = "Minjiang-7"
FIRST = NewAccount("sys_admin", "sysadmin", "7001", "覃·明")


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    """An app context on empty tables."""
    with app.app_context():
        yield app


def test_the_holder_is_entered_with_readings(empty: Flask) -> None:
    account = db.session.get(Account, create_account(FIRST, GOOD, now=NOW))
    assert account is not None
    holder = db.session.get(Person, account.person_id)
    assert holder is not None
    assert (holder.emp_no, holder.name) == ("7001", "覃\u00b7明")
    assert (holder.pinyin, holder.initials) == ("qin ming|tan ming", "qm|tm")
    assert passwords.matches(account.password_hash, GOOD)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (NewAccount("auditor", "sysadmin", "7002", "单月"), "登录名“sysadmin”已被使用"),
        (NewAccount("auditor", "auditor", "7001"), "三类管理员须由不同人员担任"),
        (NewAccount("sys_admin", "another", "7001"), "三类管理员须由不同人员担任"),
        (NewAccount("auditor", "auditor", "7002"), "请同时填写工号和姓名"),
        (NewAccount("auditor", "  ", "7002", "单月"), "请填写登录名"),
    ],
)
def test_refusals(empty: Flask, second: NewAccount, said: str) -> None:
    create_account(FIRST, GOOD, now=NOW)
    with pytest.raises(NotOffered) as refusal:
        create_account(second, GOOD, now=NOW)
    assert said in refusal.value.reason
    db.session.rollback()
    assert db.session.scalar(select(func.count(Account.id))) == 1
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_an_administrator_may_have_an_own_account_besides(empty: Flask) -> None:
    create_account(FIRST, GOOD, now=NOW)
    create_account(NewAccount("person", "7001", "7001"), "Minjiang-8", now=NOW)
    with pytest.raises(NotOffered, match="已有账号"):
        create_account(NewAccount("person", "7001b", "7001"), "Minjiang-8", now=NOW)


def test_password_rules_hold_here_too(empty: Flask) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        create_account(FIRST, "sysadmin", now=NOW)
    assert len(refusal.value.faults) == 3
    db.session.rollback()
    assert db.session.scalar(select(func.count(Person.id))) == 0


def run(app: Flask, monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str) -> Result:
    """`portal admin create …` on this app's database."""
    monkeypatch.setattr(portal, "create_app", lambda: app)
    return CliRunner().invoke(admin, ["create", *arguments], input=typed)


NAMED = ("--kind", "auditor", "--username", "auditor", "--emp-no", "7003", "--name", "乐山")


@pytest.mark.parametrize(
    ("more", "typed"),
    [(("--password-stdin",), f"{GOOD}\n"), ((), f"{GOOD}\n{GOOD}\n")],
)
def test_command(
    app: Flask, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], typed: str
) -> None:
    done = run(app, monkeypatch, *NAMED, *more, typed=typed)
    assert (done.exit_code, GOOD in done.output) == (0, False)
    with app.app_context():
        assert db.session.scalars(select(Account.kind)).all() == ["auditor"]


def test_command_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(app, monkeypatch, *NAMED, "--password-stdin", typed="auditor\n")
    assert done.exit_code == 1
    assert "密码不得少于10个字符。" in done.output
    assert "密码不得包含工号。" in done.output


def test_an_administrator_is_helped_on_the_server(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forgotten password and the end of an account: nobody does it to another in the browser."""
    monkeypatch.setattr(portal, "create_app", lambda: app)
    with app.app_context():
        account_id = create_account(FIRST, GOOD, now=NOW)
        begin(account_id, From(), now=NOW, phone_id=None)

    def asked(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(admin, [*arguments, "--username", "sysadmin"], input=typed)

    def stands() -> tuple[bool, bool, int]:
        with app.app_context():
            account = db.session.get_one(Account, account_id)
            ended = db.session.scalars(select(SignInSession.ended_at)).all()
            right = passwords.matches(account.password_hash, "Zx7-mountain-river")
            return account.active, right, ended.count(None)

    again = asked("password", "--password-stdin", typed=f"{GOOD}\n")
    assert (again.exit_code, stands()) == (1, (True, False, 1))
    assert asked("password", "--password-stdin", typed="Zx7-mountain-river\n").exit_code == 0
    assert stands() == (True, True, 0)
    assert asked("close").exit_code == 0
    assert stands() == (False, True, 0)
    assert asked("reopen").exit_code == 0
    assert stands() == (True, True, 0)
    nobody = CliRunner().invoke(admin, ["close", "--username", "nobody"])
    assert (nobody.exit_code, "没有登录名为“nobody”的账号" in nobody.output) == (1, True)
