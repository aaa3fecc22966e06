"""账号和口令: handed over once and changed first; locks; sessions; each in his own place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.accounts import lockout, passwords
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Account, SignInSession
from portal.rooms.access import commands, queries
from portal.rulebook.refusals import Unmet
from tests.pages import get
from tests.people import csrf, emp_no_of
from tests.rooms.organisation.keeping import WHY, acts, editor

As = Callable[[str], FlaskClient]
KEEPER = "secadmin01"
KEY = b"k"


@pytest.mark.parametrize("who", ["sysadmin01", "auditor01", "杨思源", "邓涛"])
def test_nobody_else_finds_the_room(as_: As, who: str) -> None:
    client = as_(who)
    for address in ("/admin/accounts", "/admin/accounts/auditor01"):
        assert client.get(address).status_code == 404


def test_a_password_is_handed_over_and_changed_first(as_: As, college: Flask) -> None:
    """Shown once; whoever signs in by it gets nowhere before he has set his own."""
    emp_no, keeper, owner = emp_no_of(college, "邓涛"), as_(KEEPER), as_("邓涛")
    address = f"/admin/accounts/{emp_no}"
    token = csrf(keeper, address)
    data = {"csrf_token": token, "opinion": WHY}
    answer = keeper.post(f"{address}/password", data=data)
    assert answer.status_code == 200
    handed = answer.get_data(as_text=True).split('id="handed-password">')[1].split("<")[0]
    assert passwords.faults_of_new(handed, emp_no, ()) == []
    assert handed not in keeper.get(address).get_data(as_text=True)
    assert owner.get("/").status_code == 303, "sessions of before have ended"
    client = college.test_client()
    data = {"username": emp_no, "password": handed, "csrf_token": csrf(client)}
    assert client.post("/login", data=data).status_code == 303
    for page in ("/", "/todo", "/ledger"):
        assert client.get(page).headers["Location"] == "/account/password"
    part = client.get("/todo", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/account/password"
    new = {"old": handed, "new": "Zx7-mountain-river", "again": "Zx7-mountain-river"}
    sent = {**new, "csrf_token": csrf(client, "/account/password")}
    assert client.post("/account/password", data=sent).status_code == 303
    assert get(client, "/todo").status == 200
    with college.app_context():
        assert handed not in str(db.session.execute(select(Account)).all())
        assert acts() == ["hand_password"]


@pytest.mark.parametrize(
    ("username", "said"),
    [(KEEPER, "本人的口令"), ("sysadmin01", "在服务器上更改"), ("auditor01", "在服务器上更改")],
)
def test_no_administrator_takes_anothers_place(college: Flask, username: str, said: str) -> None:
    with college.app_context():
        with pytest.raises(Unmet, match=said):
            commands.hand_password(editor(college, "sec_admin"), username, WHY, key=KEY)
        assert not acts()


@pytest.mark.parametrize("username", ["sysadmin01", "auditor01"])
def test_no_administrator_closes_anothers_account(as_: As, college: Flask, username: str) -> None:
    """Neither is it offered: who watches is not got rid of."""
    page = get(as_(KEEPER), f"/admin/accounts/{username}")
    assert "停用账号" not in page.text
    with college.app_context():
        with pytest.raises(Unmet, match="在服务器上停用和恢复"):
            commands.set_active(editor(college, "sec_admin"), username, False, WHY)
        assert commands.account_of(username).active
        assert not acts()


def test_the_same_form_hands_over_one_password(college: Flask) -> None:
    emp_no = emp_no_of(college, "邓涛")
    with college.app_context():
        who = editor(college, "sec_admin")
        made = commands.hand_password(who, emp_no, WHY, key=KEY)
        with pytest.raises(Unmet, match="只显示一次"):
            commands.hand_password(who, emp_no, WHY, key=KEY)
        assert passwords.matches(commands.account_of(emp_no).password_hash, made)


def test_a_lock_is_taken_away(college: Flask) -> None:
    now, emp_no = datetime.now(UTC), emp_no_of(college, "邓涛")
    with college.app_context():
        for _ in range(lockout.TRIES + 1):
            lockout.count_try(lockout.name_digest(KEY, emp_no), now)
        account = commands.account_of(emp_no)
        assert queries.line_of(account, KEY, now).locked
        commands.unlock(editor(college, "sec_admin"), emp_no, WHY, key=KEY)
        assert not queries.line_of(account, KEY, now).locked
        assert acts() == ["unlock"]


def test_sessions_end_and_accounts_close(as_: As, college: Flask) -> None:
    emp_no, keeper, owner = emp_no_of(college, "邓涛"), as_(KEEPER), as_("邓涛")
    address = f"/admin/accounts/{emp_no}"
    assert "在线" in get(keeper, address).text
    for act, said in (("sessions", 303), ("closing", 303), ("closing", 422), ("reopening", 303)):
        data = {"csrf_token": csrf(keeper, address), "opinion": WHY}
        assert keeper.post(f"{address}/{act}", data=data).status_code == said, act
    assert owner.get("/").headers["Location"].startswith("/login")
    with college.app_context():
        running = select(func.count(SignInSession.id)).where(
            SignInSession.ended_at.is_(None),
            SignInSession.account_id == commands.account_of(emp_no).id,
        )
        assert db.session.scalar(running) == 0
        assert acts() == ["end_sessions", "close_account", "reopen_account"]


def test_an_act_needs_a_reason(as_: As, college: Flask) -> None:
    keeper = as_(KEEPER)
    data = {"csrf_token": csrf(keeper, "/admin/accounts/auditor01"), "opinion": ""}
    assert keeper.post("/admin/accounts/auditor01/unlocking", data=data).status_code == 422
    with college.app_context():
        assert not acts()


def test_who_does_not_keep_the_accounts_changes_none(college: Flask) -> None:
    with college.app_context():
        for kind in ("sys_admin", "auditor"):
            with pytest.raises(NotOffered, match="由安全保密管理员管理"):
                commands.end_sessions(editor(college, kind), "auditor01", WHY)


def test_the_list_finds_people_and_kinds(as_: As) -> None:
    client = as_(KEEPER)
    page = get(client, "/admin/accounts?kind=auditor")
    cells = page.soup.select("tbody td[data-label=登录名]")
    assert [cell.get_text(strip=True) for cell in cells] == ["auditor01"]
    assert "邓涛" in get(client, "/admin/accounts?q=dengtao").text
    assert "没有符合条件的账号" in get(client, "/admin/accounts?q=没有此人").text
