"""Silent sign-in from 企业微信 and 钉钉 against stand-ins of their interface (SPEC §7.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import UniqueViolation
from sqlalchemy import select, update

from portal.accounts import phones
from portal.accounts.sessions import ABSOLUTE, IDLE
from portal.demo import DEMO_PASSWORD
from portal.embedded import connect
from portal.extensions import db
from portal.messages.channels import http
from portal.models import Account, BoundPhone, Person, SignInSession
from portal.silent import passes
from portal.silent.routes import AWAY, UNKNOWN
from tests.messages.sinks import Got, Sink, http_sink
from tests.pages import Page, fill, get, send

HERE = "https://duban.example"
WHO = "坤清祥"
INSIDE = {
    "wecom": "Mozilla/5.0 (Linux; Android 12) Chrome/86.0 Mobile wxwork/4.1.0 MicroMessenger/7.0",
    "dingtalk": "Mozilla/5.0 (iPhone) AppleWebKit DingTalk/7.0 Safari",
}
PLAIN = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"
PROBE = "/account/sessions"
Codes = dict[str, tuple[str, str]]


@pytest.fixture
def provider(college: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """Both interfaces at one address; a code is good once, as they say."""
    monkeypatch.setattr(http, "getproxies", dict)
    with http_sink() as sink:
        settings = college.extensions["portal.settings"]
        college.extensions["portal.settings"] = replace(
            settings,
            public_url=HERE,
            wecom_url=sink.url,
            wecom_authorize_url=f"{sink.url}/authorize",
            wecom_corp_id="corp",
            wecom_agent_id=7,
            wecom_secret="secret",
            wecom_sign_in=True,
            dingtalk_url=sink.url,
            dingtalk_app_key="key",
            dingtalk_app_secret="secret",
        )
        with college.app_context():
            person = db.session.execute(select(Person).where(Person.name == WHO)).scalar_one()
            codes: Codes = {"good": (person.wecom_userid, person.emp_no)}
        codes["stranger"] = ("nobody", "nobody")
        sink.answer = lambda got: (200, _answer(got, codes))
        yield sink


def _answer(got: Got, codes: Codes) -> dict[str, Any]:
    path, asked = urlsplit(got.path).path, parse_qs(urlsplit(got.path).query)
    if path.endswith("gettoken"):
        return {}  # the sink gives one
    if path == "/cgi-bin/auth/getuserinfo":
        found = codes.pop(asked["code"][0], None)
        return {"errcode": 0, "userid": found[0]} if found else {"errcode": 40029}
    if path == "/sns/getuserinfo_bycode":
        found = codes.pop(got.json["tmp_auth_code"], None)
        known = {"errcode": 0, "user_info": {"unionid": found[1]}} if found else None
        return known or {"errcode": 40078}
    if path == "/topapi/user/getbyunionid":
        return {"errcode": 0, "result": {"userid": got.json["unionid"]}}
    return {"errcode": 0, "result": {"job_number": got.json["userid"]}}


def on_phone(app: Flask, way: str = "wecom") -> FlaskClient:
    """A browser inside the application."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = INSIDE[way]
    return client


def out(client: FlaskClient, to: str = "/todo", way: str = "wecom") -> str:
    """Open a page without being signed in; the state that went to the provider."""
    login = client.get(to).headers["Location"]
    begun = client.get(login).headers["Location"]
    assert begun.startswith(f"/login/{way}"), begun
    away = urlsplit(client.get(begun).headers["Location"])
    asked = parse_qs(away.query)
    assert asked["redirect_uri"] == [f"{HERE}/login/{way}/return"]
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["snsapi_base" if way == "wecom" else "snsapi_auth"]
    assert (away.fragment == "wechat_redirect") == (way == "wecom")
    [state] = asked["state"]
    assert state.isalnum()
    assert len(state) <= 128
    return state


def back(client: FlaskClient, state: str, code: str = "good", way: str = "wecom") -> str:
    """The provider sends the browser back; where it is led."""
    answer = client.get(f"/login/{way}/return", query_string={"code": code, "state": state})
    assert answer.status_code == 303
    return answer.headers["Location"]


def bound(app: Flask, way: str = "wecom") -> FlaskClient:
    """A telephone on which the second step was taken."""
    client = on_phone(app, way)
    assert back(client, out(client, way=way), way=way) == "/login/phone"
    assert post(client, "/login/phone", {"password": DEMO_PASSWORD}).location == "/todo"
    return client


def post(client: FlaskClient, address: str, typed: dict[str, str]) -> Page:
    """Fill the form that is sent to the page it stands on."""
    return send(client, address, {"csrf_token": token_of(get(client, address)), **typed})


def token_of(page: Page) -> str:
    field = page.soup.find("input", attrs={"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def is_in(client: FlaskClient) -> bool:
    return client.get(PROBE).status_code == 200


def _refill(sink: Sink, code: str, userid: str, emp_no: str) -> None:
    codes: Codes = {code: (userid, emp_no)}
    sink.answer = lambda got: (200, _answer(got, codes))


@pytest.mark.parametrize("way", ["wecom", "dingtalk"])
def test_first_use_asks_the_password_once(college: Flask, provider: Sink, way: str) -> None:
    """The second step binds the telephone; from then on opening a page is enough."""
    client = bound(college, way)
    assert {"wecom": "企业微信登录", "dingtalk": "钉钉登录"}[way] in get(client, PROBE).text
    secret = client.get_cookie(phones.COOKIE)
    assert secret is not None
    assert secret.http_only
    with college.app_context():
        [row] = db.session.scalars(select(BoundPhone)).all()
        assert secret.value not in (row.secret_sha256, row.browser)
        [session] = db.session.scalars(select(SignInSession)).all()
        assert (session.way, session.phone_id) == (way, row.id)
        person = db.session.execute(select(Person).where(Person.name == WHO)).scalar_one()
        known = person.wecom_userid, person.emp_no
    fill(client, PROBE, "/logout")
    assert not is_in(client)
    _refill(provider, "again", *known)
    state = _again(client, way)
    assert back(client, state, "again", way) == "/ledger?state=running"
    assert is_in(client)


def _again(client: FlaskClient, way: str) -> str:
    """After 退出登录 it is not back by itself: the page offers it."""
    page = get(client, "/login?plain=1&next=/ledger?state%3Drunning")
    link = page.soup.find("a", string=lambda text: bool(text) and text.startswith("使用"))
    assert link is not None
    away = urlsplit(client.get(str(link["href"])).headers["Location"])
    return parse_qs(away.query)["state"][0]


def test_a_wrong_password_binds_nothing(college: Flask, provider: Sink) -> None:
    client = on_phone(college)
    back(client, out(client))
    assert post(client, "/login/phone", {"password": "wrong"}).status == 422
    assert not is_in(client)
    with college.app_context():
        assert db.session.scalars(select(BoundPhone)).all() == []


TRICKS: dict[str, Callable[[FlaskClient, str], str]] = {
    "no state": lambda client, _state: back(client, ""),
    "another's state": lambda client, state: back(client, state[::-1]),
    "no code": lambda client, state: back(client, state, ""),
    "a code that is too long": lambda client, state: back(client, state, "c" * 513),
    "the other way": lambda client, state: back(client, state, way="dingtalk"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_what_was_not_begun_here_leads_to_the_ordinary_sign_in(
    college: Flask, provider: Sink, name: str
) -> None:
    """The provider is not even asked."""
    client = on_phone(college)
    landed = TRICKS[name](client, out(client))
    assert landed.startswith("/login?plain=1")
    assert "请使用工号和密码登录" in get(client, landed).text
    assert provider.got == []


def test_a_state_is_bound_to_its_browser_and_good_once(college: Flask, provider: Sink) -> None:
    """A link with somebody's code, sent to another, signs nobody in; nor twice."""
    mine, other = on_phone(college), on_phone(college)
    state = out(mine)
    out(other)
    assert back(other, state).startswith("/login?plain=1")
    assert back(mine, state) == "/login/phone"
    assert back(mine, state).startswith("/login?plain=1")


def test_a_state_ages(college: Flask, provider: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    client = on_phone(college)
    state = out(client)
    monkeypatch.setattr(passes, "GOOD_FOR", -1)
    assert back(client, state).startswith("/login?plain=1")


@pytest.mark.parametrize(
    "to", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/login"]
)
def test_it_leads_to_own_pages_only(college: Flask, provider: Sink, to: str) -> None:
    client = bound(college)
    with college.app_context():
        person = db.session.execute(select(Person).where(Person.name == WHO)).scalar_one()
        _refill(provider, "good", person.wecom_userid, person.emp_no)
    begun = client.get("/login/wecom", query_string={"next": to})
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    assert back(client, state) == "/"


@pytest.mark.parametrize("way", ["wecom", "dingtalk"])
def test_who_has_no_account_here(college: Flask, provider: Sink, way: str) -> None:
    client = on_phone(college, way)
    landed = back(client, out(client, way=way), "stranger", way)
    assert UNKNOWN in get(client, landed).text


def _in_dingtalk(sink: Sink, userid: str, job_number: str) -> None:
    """Whoever comes back from 钉钉 has this userid and this 工号 there."""
    said: dict[str, dict[str, Any]] = {
        "/sns/getuserinfo_bycode": {"user_info": {"unionid": "u"}},
        "/topapi/user/getbyunionid": {"result": {"userid": userid}},
        "/topapi/v2/user/get": {"result": {"job_number": job_number}},
    }
    sink.answer = lambda got: (200, {"errcode": 0, **said.get(urlsplit(got.path).path, {})})


SET = {
    "wecom": "UPDATE person SET wecom_userid = %s WHERE name = %s",
    "dingtalk": "UPDATE person SET dingtalk_userid = %s WHERE name = %s",
}


def _entered(app: Flask, name: str, way: str, userid: str) -> None:
    """As the owner of the tables may: the portal needs two administrators for it."""
    with connect(app.extensions["portal.settings"].database_owner_url) as raw:
        raw.execute(SET[way], (userid, name))


def test_an_entered_dingtalk_userid_goes_before_the_number(college: Flask, provider: Sink) -> None:
    """The 工号 kept in 钉钉 finds only who is entered with no userid, and nobody else's place."""
    with college.app_context():
        numbers = dict(db.session.execute(select(Person.name, Person.emp_no)).all())
    _entered(college, WHO, "dingtalk", "ding-1")
    came = (
        ("ding-1", numbers["余茂春"], WHO),
        ("ding-1", "", WHO),
        ("ding-2", numbers[WHO], None),
        ("ding-2", numbers["余茂春"], "余茂春"),
        ("ding-2", "", None),
    )
    for userid, number, who in came:
        _in_dingtalk(provider, userid, number)
        client = on_phone(college, "dingtalk")
        landed = back(client, out(client, way="dingtalk"), way="dingtalk")
        assert (landed == "/login/phone") == (who is not None), (userid, number)
        if who is not None:
            with client.session_transaction() as kept, college.app_context():
                account = db.session.get_one(Account, kept["vouched"]["account"])
                assert account.person_id == _id_of(who)


def _id_of(name: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def test_a_userid_is_one_persons(college: Flask, provider: Sink) -> None:
    """The database takes no second one of the college; who left with the same one is in no way."""
    with college.app_context():
        userid = db.session.scalars(select(Person.wecom_userid).where(Person.name == WHO)).one()
    with pytest.raises(UniqueViolation):
        _entered(college, "余茂春", "wecom", userid)
    with college.app_context():
        db.session.execute(update(Person).where(Person.name == "余茂春").values(active=False))
        db.session.commit()
    _entered(college, "余茂春", "wecom", userid)
    client = on_phone(college)
    assert back(client, out(client)) == "/login/phone"


@pytest.mark.parametrize("held", ["account", "person"])
def test_who_has_left_does_not_come_in(college: Flask, provider: Sink, held: str) -> None:
    with college.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == WHO)).one()
        if held == "person":
            db.session.execute(update(Person).where(Person.id == person).values(active=False))
        else:
            db.session.execute(
                update(Account).where(Account.person_id == person).values(active=False)
            )
        db.session.commit()
    client = on_phone(college)
    assert UNKNOWN in get(client, back(client, out(client))).text


@pytest.mark.parametrize("answer", [(500, {}), (200, {"errcode": -1}), (200, b"<html>")])
def test_a_provider_in_trouble(college: Flask, provider: Sink, answer: tuple[int, Any]) -> None:
    client = on_phone(college)
    state = out(client)
    provider.always(*answer)
    said = get(client, back(client, state)).text
    assert AWAY.format(label="企业微信") in said


def test_off_unless_configured(college: Flask) -> None:
    """Without settings the application's browser meets the ordinary page, and no address of it."""
    client = on_phone(college)
    assert get(client, "/login").status == 200
    assert client.get("/login/wecom").status_code == 404
    assert client.get("/login/dingtalk/return?code=x&state=y").status_code == 404


def test_other_browsers_are_not_sent_away(college: Flask, provider: Sink) -> None:
    client = college.test_client()
    client.environ_base["HTTP_USER_AGENT"] = PLAIN
    page = get(client, "/login")
    assert page.status == 200
    assert "企业微信" not in page.text


def test_twelve_hours_on_a_bound_telephone(college: Flask, provider: Sink) -> None:
    """Not ended by half an hour without use, ended by twelve hours; another browser's is."""
    client = bound(college)
    _shift(college, last_seen_at=datetime.now(UTC) - IDLE - timedelta(minutes=1))
    assert is_in(client)
    _shift(college, started_at=datetime.now(UTC) - ABSOLUTE)
    assert not is_in(client)


def _shift(app: Flask, **values: datetime) -> None:
    with app.app_context():
        db.session.execute(update(SignInSession).values(**values))
        db.session.commit()


def test_the_password_on_a_bound_telephone_counts_as_well(college: Flask, provider: Sink) -> None:
    client = bound(college)
    fill(client, PROBE, "/logout")
    with college.app_context():
        emp_no = db.session.scalars(select(Person.emp_no).where(Person.name == WHO)).one()
    typed = {"username": emp_no, "password": DEMO_PASSWORD}
    assert post(client, "/login?plain=1", typed).status == 303
    with college.app_context():
        last = db.session.scalars(select(SignInSession).order_by(SignInSession.id.desc())).first()
        assert last is not None
        assert last.way == "password"
        assert last.phone_id is not None


def test_unbinding_ends_the_session_and_asks_anew(college: Flask, provider: Sink) -> None:
    client = bound(college)
    page = get(client, PROBE)
    [action] = [action for action in page.actions() if action.startswith("/account/phones/")]
    assert fill(client, PROBE, action).status == 303
    assert not is_in(client)
    assert back(client, _leave(college, provider, client)) == "/login/phone"


def _leave(app: Flask, provider: Sink, client: FlaskClient) -> str:
    """Out to the provider once more, which has a fresh code for the same person."""
    with app.app_context():
        person = db.session.execute(select(Person).where(Person.name == WHO)).scalar_one()
        _refill(provider, "good", person.wecom_userid, person.emp_no)
    return out(client)


def test_nobody_unbinds_anothers(college: Flask, provider: Sink, as_: Any) -> None:
    client = bound(college)
    with college.app_context():
        phone = db.session.scalars(select(BoundPhone.public_id)).one()
    other = as_("余茂春")
    data = {"csrf_token": token_of(get(other, PROBE))}
    assert send(other, f"/account/phones/{phone}/end", data).status == 404
    assert is_in(client)


def test_another_account_on_the_same_telephone_is_asked(college: Flask, provider: Sink) -> None:
    """A binding is of one account: whoever else comes on this telephone takes the second step."""
    client = bound(college)
    with college.app_context():
        other = db.session.execute(select(Person).where(Person.name == "余茂春")).scalar_one()
        _refill(provider, "good", other.wecom_userid, other.emp_no)
    begun = client.get("/login/wecom?next=/todo")
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    assert back(client, state) == "/login/phone"


def test_a_new_password_ends_all_bindings(college: Flask, provider: Sink) -> None:
    client = bound(college)
    typed = {"old": DEMO_PASSWORD, "new": "Wenchuan-2026-x", "again": "Wenchuan-2026-x"}
    assert post(client, "/account/password", typed).status == 303
    with college.app_context():
        assert db.session.scalars(select(BoundPhone.ended_at)).one() is not None


@pytest.mark.parametrize("act", ["sessions", "password", "closing"])
def test_the_keeper_of_accounts_ends_all_bindings(
    college: Flask, provider: Sink, as_: Any, act: str
) -> None:
    """A lost telephone: 结束全部会话 is of no use where it comes back by itself."""
    client = bound(college)
    with college.app_context():
        address = f"/admin/accounts/{_number_of(WHO)}"
    keeper = as_("secadmin01")
    data = {"csrf_token": token_of(get(keeper, address)), "opinion": "手机遗失"}
    assert send(keeper, f"{address}/{act}", data).status in (200, 303)
    assert not is_in(client)
    with college.app_context():
        assert db.session.scalars(select(BoundPhone.ended_at)).one() is not None


def _number_of(name: str) -> str:
    return db.session.scalars(select(Person.emp_no).where(Person.name == name)).one()
