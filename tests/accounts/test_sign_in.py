"""登录 and 退出登录: who gets in, what the cookie carries, when a session ends (SPEC §7.7 b)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.accounts.commands import LOCKED, WRONG
from portal.accounts.gate import UNATTENDED, safe_next
from portal.accounts.sessions import ABSOLUTE, IDLE
from portal.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Account, Person, SignInSession
from tests.people import csrf

HE_YUPING = "20100013"
PROBE = "/account/sessions"
As = Callable[[str], FlaskClient]


def attempt(client: FlaskClient, username: str, password: str, **more: str) -> TestResponse:
    """One sign-in through the page."""
    form = {"username": username, "password": password, "csrf_token": csrf(client), **more}
    return client.post("/login", data=form)


def is_in(client: FlaskClient) -> bool:
    """Whether this browser is signed in."""
    return client.get(PROBE).status_code == 200


def cookie_of(app: Flask, client: FlaskClient) -> dict[str, object]:
    """What the signed cookie says."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    found: dict[str, object] = signer.loads(cookie.value)
    return found


def rows(app: Flask) -> list[SignInSession]:
    """All sessions, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(SignInSession).order_by(SignInSession.id)))


@pytest.mark.parametrize(
    "username",
    [HE_YUPING, f"  {HE_YUPING} ", "２０１００013", "sysadmin01", "secadmin01", "auditor01"],
)
def test_right_name_and_password(client: FlaskClient, username: str) -> None:
    assert attempt(client, username, DEMO_PASSWORD).status_code == 303
    assert is_in(client)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (HE_YUPING, "aba-demo-2025"),
        (HE_YUPING, DEMO_PASSWORD.upper()),
        (HE_YUPING, DEMO_PASSWORD + " "),
        ("20109999", DEMO_PASSWORD),
        ("何玉萍", DEMO_PASSWORD),
        ("SYSADMIN01", DEMO_PASSWORD),
        ("2010\x000013' OR 1=1", DEMO_PASSWORD),
        ("\u202e𬭎", "x"),
    ],
)
def test_wrong_name_or_password(client: FlaskClient, username: str, password: str) -> None:
    answer = attempt(client, username, password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert not is_in(client)


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("", DEMO_PASSWORD, "请填写工号"),
        (HE_YUPING, "", "请填写密码"),
        ("x" * 65, "x", "工号过长"),
        (HE_YUPING, "x" * 201, "不超过200个字符"),
    ],
)
def test_incomplete_or_oversized(
    client: FlaskClient, username: str, password: str, said: str
) -> None:
    answer = attempt(client, username, password)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("closed", [Account, Person])
def test_closed_account_or_person(
    college: Flask, client: FlaskClient, closed: type[Account] | type[Person]
) -> None:
    name = Account.username if closed is Account else Person.emp_no
    with college.app_context():
        db.session.execute(update(closed).where(name == HE_YUPING).values(active=False))
        db.session.commit()
    assert WRONG in attempt(client, HE_YUPING, DEMO_PASSWORD).text


def test_closing_an_account_ends_its_sessions(college: Flask, as_: As) -> None:
    signed = as_(HE_YUPING)
    with college.app_context():
        db.session.execute(
            update(Account).where(Account.username == HE_YUPING).values(active=False)
        )
        db.session.commit()
    assert not is_in(signed)


def test_a_typed_password_is_never_printed(client: FlaskClient) -> None:
    assert "Geheim-4711" not in attempt(client, HE_YUPING, "Geheim-4711").text


def test_cookie_carries_a_random_id_only(college: Flask, as_: As) -> None:
    signed = as_(HE_YUPING)
    (row,) = rows(college)
    said = cookie_of(college, signed)
    assert said["_user_id"] == str(row.public_id)
    assert HE_YUPING not in json.dumps(said)
    assert set(said) <= {"_user_id", "_fresh", "_id", "csrf_token"}


def test_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    client.get("/login")
    answer = attempt(client, HE_YUPING, DEMO_PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_sign_in_begins_a_new_session(college: Flask, as_: As, client: FlaskClient) -> None:
    planted = as_(HE_YUPING)
    name = college.config["SESSION_COOKIE_NAME"]
    stolen = planted.get_cookie(name)
    assert stolen is not None
    client.set_cookie(name, stolen.value)
    token = csrf(client, "/account/password")
    answer = client.post(
        "/login",
        data={"username": "20100011", "password": DEMO_PASSWORD, "csrf_token": token},
    )
    assert answer.status_code == 303
    first, second = rows(college)
    assert first.public_id != second.public_id
    assert first.ended_at is not None, "the session that was there before has ended"
    assert not is_in(planted)
    assert cookie_of(college, client)["_user_id"] == str(second.public_id)


def test_sign_out_ends_the_session_itself(college: Flask, as_: As) -> None:
    signed = as_(HE_YUPING)
    name = college.config["SESSION_COOKIE_NAME"]
    kept = signed.get_cookie(name)
    assert kept is not None
    answer = signed.post("/logout", data={"csrf_token": csrf(signed, "/account/password")})
    assert (answer.status_code, answer.location) == (303, "/login")
    signed.set_cookie(name, kept.value)
    assert not is_in(signed), "the old cookie is worth nothing"
    assert "您的登录已结束，请重新登录。" in signed.get("/login").text


def test_sign_out_is_not_a_link(as_: As) -> None:
    signed = as_(HE_YUPING)
    assert signed.get("/logout").status_code == 405
    assert is_in(signed)


@pytest.mark.parametrize(
    ("column", "age", "holds"),
    [
        ("last_seen_at", IDLE - timedelta(minutes=1), True),
        ("last_seen_at", IDLE + timedelta(seconds=1), False),
        ("started_at", ABSOLUTE - timedelta(minutes=1), True),
        ("started_at", ABSOLUTE + timedelta(seconds=1), False),
    ],
)
def test_idle_and_absolute_limit(
    college: Flask, as_: As, column: str, age: timedelta, holds: bool
) -> None:
    signed = as_(HE_YUPING)
    with college.app_context():
        values = {column: datetime.now(UTC) - age}
        db.session.execute(update(SignInSession).values(values))
        db.session.commit()
    assert is_in(signed) is holds


@pytest.mark.parametrize(("headers", "moves"), [({}, True), ({UNATTENDED: "1"}, False)])
def test_only_a_person_keeps_a_session_awake(
    college: Flask, as_: As, headers: dict[str, str], moves: bool
) -> None:
    signed = as_(HE_YUPING)
    earlier = datetime.now(UTC) - timedelta(minutes=20)
    with college.app_context():
        db.session.execute(update(SignInSession).values(last_seen_at=earlier))
        db.session.commit()
    assert signed.get(PROBE, headers=headers).status_code == 200
    (row,) = rows(college)
    assert (row.last_seen_at > earlier) is moves


@pytest.mark.parametrize(
    "cookie_id", ["", "1", "not-a-uuid", "0f5a1c3e-7f0c-4d5b-9d35-5a4b6f0d9e11", None]
)
def test_a_session_that_never_was(
    college: Flask, client: FlaskClient, cookie_id: str | None
) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = cookie_id
    assert not is_in(client)


def test_ended_session_and_htmx(college: Flask, as_: As) -> None:
    signed = as_(HE_YUPING)
    with college.app_context():
        db.session.execute(update(SignInSession).values(ended_at=datetime.now(UTC)))
        db.session.commit()
    answer = signed.get(
        PROBE,
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://localhost/ledger?q=%E6%B6%88%E9%98%B2",
        },
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/ledger?q%3D%25E6%25B6%2588%25E9%2598%25B2"


def test_own_sessions_can_be_ended(college: Flask, as_: As) -> None:
    here, there = as_(HE_YUPING), as_(HE_YUPING)
    page = here.get(PROBE).text
    assert page.count("结束会话") == 2
    assert "本次登录" in page
    other = rows(college)[1].public_id
    answer = here.post(
        f"/account/sessions/{other}/end", data={"csrf_token": csrf(here, "/account/password")}
    )
    assert answer.status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_ending_the_present_session_signs_out(college: Flask, as_: As) -> None:
    here = as_(HE_YUPING)
    own = rows(college)[0].public_id
    answer = here.post(
        f"/account/sessions/{own}/end", data={"csrf_token": csrf(here, "/account/password")}
    )
    assert answer.location == "/login"
    assert not is_in(here)


def test_sessions_of_others_answer_like_missing_ones(college: Flask, as_: As) -> None:
    mine, theirs = as_(HE_YUPING), as_("20100011")
    foreign = rows(college)[1].public_id
    token = csrf(mine, "/account/password")
    answers = [
        mine.post(f"/account/sessions/{id_}/end", data={"csrf_token": token})
        for id_ in (foreign, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _unmarked(answers[0].text) == _unmarked(answers[1].text)
    assert is_in(theirs)


def _unmarked(page: str) -> str:
    """The page without what differs in every answer."""
    return re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page)


@pytest.mark.parametrize("address", ["/login", "/logout", "/account/password"])
@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_token_nothing_happens(as_: As, address: str, token: str | None) -> None:
    signed = as_(HE_YUPING)
    data = {"username": HE_YUPING, "password": DEMO_PASSWORD}
    if token is not None:
        data["csrf_token"] = token
    answer = signed.post(address, data=data)
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    assert is_in(signed)


OWN = ["/", "/items/3f", "/ledger?q=%E6%B6%88&page=2", "/todo#a", "/a//b", "/login-help"]
FOREIGN = [
    None,
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "items/3",
    "/login",
    "/login?next=/login",
    "/logout",
    " /todo",
    "/\u202e/evil",
]


@pytest.mark.parametrize("target", OWN)
def test_next_within_the_portal(client: FlaskClient, target: str) -> None:
    assert safe_next(target) == target
    answer = attempt(client, HE_YUPING, DEMO_PASSWORD, next=target)
    assert answer.location == target


@pytest.mark.parametrize("target", FOREIGN)
def test_next_outside_leads_to_the_desk(target: str | None) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_next_outside_through_the_page(client: FlaskClient, as_: As, target: str) -> None:
    assert attempt(client, HE_YUPING, DEMO_PASSWORD, next=target).location == "/"
    assert "evil.example" not in client.get("/login", query_string={"next": target}).text
    signed = as_("20100011")
    assert signed.get("/login", query_string={"next": target}).location == "/"


def test_sign_in_page_leads_back(client: FlaskClient) -> None:
    sent = client.get("/ledger?q=1&page=2")
    assert sent.location == "/login?next=/ledger?q%3D1%26page%3D2"
    assert 'value="/ledger?q=1&amp;page=2"' in client.get(sent.location).text


def test_demo_cards_fill_the_form_without_script(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert f'<code id="demo-password">{DEMO_PASSWORD}</code>' in page
    assert page.count('class="db-person-card"') == 14
    assert "党政办 督办专员" in page
    assert f'value="{DEMO_PASSWORD}"' not in page
    chosen = client.get(f"/login?username={HE_YUPING}").text
    assert f'value="{HE_YUPING}"' in chosen
    assert f'value="{DEMO_PASSWORD}"' in chosen
    unknown = client.get("/login?username=20109999").text
    assert f'value="{DEMO_PASSWORD}"' not in unknown


def test_without_demo_the_page_knows_nobody(app: Flask) -> None:
    page = app.test_client().get(f"/login?username={HE_YUPING}").text
    assert "登录" in page
    assert DEMO_PASSWORD not in page
    assert "db-person-card" not in page
    assert HE_YUPING not in page


def test_administrators_hold_no_business_role(college: Flask, as_: As) -> None:
    """三员分立: the holder of secadmin01 is a liaison, the account is not."""
    from portal.accounts.sessions import load_session

    as_("secadmin01")
    as_("20100053")
    separate, own = rows(college)
    with college.app_context():
        now = datetime.now(UTC)
        administrator = load_session(str(separate.public_id), now)
        person = load_session(str(own.public_id), now)
    assert administrator is not None
    assert person is not None
    assert (administrator.kind, administrator.person_id) == ("sec_admin", None)
    assert person.person_id is not None
    assert administrator.name == person.name


def test_locked_words_do_not_tell() -> None:
    assert "存在" not in LOCKED + WRONG
