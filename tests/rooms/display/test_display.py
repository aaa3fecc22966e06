"""大屏: numbers of what is not sensitive, titles of what is public; its account opens nothing else
(第二十一条, SPEC §8.7, decision 0164)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.gate import ON_SCREEN, OPEN_ENDPOINTS, TO_SCREEN
from portal.embedded import Servers
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Account, Item
from portal.rooms.display import queries
from portal.rooms.organisation import people
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import view_as_display, view_as_nobody, visible
from portal.steps.registration import commands as registration
from tests import scenes
from tests.accounts.test_gate import addresses
from tests.conftest import ANCHOR
from tests.pages import fill, get, send
from tests.people import csrf, draft, emp_no_of, sign_in
from tests.rooms.ledger import plain
from tests.rooms.ledger.plain import DAY
from tests.rooms.organisation.keeping import WHY, acts, editor
from tests.shaping import shape
from tests.stages import intent
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
SCREEN = "daping1"
INSIDE, OPEN_TO_ALL, SECRET, DRAFT = "内部销号甲", "公开销号乙", "敏感销号丙", "未送审草稿丁"


def _open(app: Flask) -> None:
    with app.app_context():
        people.open_display(editor(app), emp_no_of(app, "何玉萍"), SCREEN)
        account = db.session.scalars(select(Account).filter_by(username=SCREEN)).one()
        account.must_change = False
        db.session.commit()


@pytest.fixture
def screen(college: Flask) -> FlaskClient:
    """Signed in as a screen that has a password of its own."""
    _open(college)
    return sign_in(college, SCREEN)


@pytest.fixture
def settled(college: Flask, database: Servers) -> Flask:
    """The plain ledger; besides, one 销号 of each classification, and a draft."""
    scenes.play(college, ("display",), lambda: _settle(college, database), shared=True)
    return college


def _settle(college: Flask, database: Servers) -> None:
    plain.fill(college, database)
    for seq, (title, classification) in enumerate(((INSIDE, "internal"), (OPEN_TO_ALL, "public"))):
        shape(college, draft(college, "A01", title=title), classification=classification,
              **_closed(60 + seq))  # fmt: skip
    with sensitive(college, title=SECRET) as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        hidden = actor.public_id
    shape(college, hidden, **_closed(70))
    draft(college, "A01", title=DRAFT)


def _closed(seq: int) -> dict[str, object]:
    return {
        **plain._lit(-30, state="closed", lit=False, closed_on=ANCHOR),
        **plain._number(seq, ANCHOR),
    }


def test_only_the_public_title_is_shown(settled: Flask) -> None:
    """The number stands for what is internal; of what is sensitive there is nothing."""
    _open(settled)
    page = get(sign_in(settled, SCREEN), "/display")
    assert page.status == 200
    assert OPEN_TO_ALL in page.text
    assert "阿职督办〔2026〕60号" in page.text
    titles = [item.title for item in plain.ITEMS]
    for hidden in (INSIDE, SECRET, DRAFT, "阿职督办〔2026〕70号"):
        assert hidden not in page.text
    assert not [title for title in titles if f">{title}<" in page.text]
    assert not page.soup.select("main a")


def test_the_numbers_are_those_of_what_is_not_sensitive(settled: Flask) -> None:
    """Each against the plain ledger by hand: two more were closed this week, a third is hidden."""
    with settled.app_context():
        board = queries.board(view_as_display(settled.extensions["portal.clock"]))
    lit = [item for item in plain.ITEMS if item.columns.get("lit")]
    lights = {name: sum(item.light == name for item in lit) for name in board.lights}
    assert board.lights == lights
    assert board.running == len(lit) == sum(bar.n for bar in board.levels)
    assert board.running == sum(bar.n for bar in board.categories)
    assert board.done == 2
    assert board.closed == 3
    filed = sum(item.filed_on is not None and item.filed_on.year == ANCHOR.year
                for item in plain.ITEMS)  # fmt: skip
    assert board.filed == filed + 2
    monday = ANCHOR - DAY * ANCHOR.weekday()
    due = sum(monday <= item.due_now <= monday + 6 * DAY for item in lit if item.due_now)
    assert board.due == due > 0


def test_the_database_shows_a_screen_nothing_sensitive(settled: Flask) -> None:
    """Not the page leaves it out: the session cannot read it."""
    with settled.app_context():
        viewer = view_as_display(settled.extensions["portal.clock"])
        assert SECRET not in db.session.scalars(visible(viewer, Item).with_only_columns(Item.title))
        everything = db.session.scalars(select(Item.title)).all()
        assert INSIDE in everything
        assert not {SECRET, DRAFT} & set(everything)
        view_as_nobody()


def test_a_screen_opens_nothing_else(college: Flask, screen: FlaskClient) -> None:
    """Every address of the portal but its own; the desk leads it to its page."""
    assert screen.get("/display").status_code == 200
    token = csrf(screen, "/display")
    for method in ("GET", "POST"):
        for rule, address in addresses(college, method):
            if rule.endpoint in ON_SCREEN | OPEN_ENDPOINTS:
                continue
            answer = screen.open(address, method=method, data={"csrf_token": token})
            if method == "GET" and rule.endpoint in TO_SCREEN:
                assert (answer.status_code, answer.location) == (303, "/display"), rule.endpoint
            else:
                assert answer.status_code == 404, rule.endpoint


@pytest.mark.parametrize(
    "who", ["何玉萍", "向维岷", "邓涛", "sysadmin01", "secadmin01", "auditor01"]
)
def test_nobody_else_finds_the_screen(as_: As, who: str) -> None:
    assert as_(who).get("/display").status_code == 404


def test_two_administrators_open_it_and_its_keeper_sets_the_password(
    college: Flask, as_: As, client: FlaskClient
) -> None:
    """系统管理员 opens, 安全保密管理员 hands the first password over, 何玉萍 sets another."""
    keeper = f"/admin/people/{emp_no_of(college, '何玉萍')}"
    opened = fill(as_("sysadmin01"), keeper, f"{keeper}/displays", {"username": SCREEN})
    assert opened.status == 303
    assert SCREEN in get(as_("sysadmin01"), keeper).text
    secadmin, address = as_("secadmin01"), f"/admin/accounts/{SCREEN}"
    handed = send(
        secadmin, f"{address}/password", {"opinion": WHY, "csrf_token": csrf(secadmin, address)}
    )
    found = re.search(r'id="handed-password">([^<]+)<', handed.html)
    assert found
    token = csrf(client)
    form = {"username": SCREEN, "password": found[1], "csrf_token": token}
    assert client.post("/login", data=form).status_code == 303
    assert client.get("/display").location == "/account/password"
    own = {"old": found[1], "new": "Daping-2026-xin", "again": "Daping-2026-xin"}
    own["csrf_token"] = csrf(client, "/account/password")
    changed = send(client, "/account/password", own)
    assert changed.status == 303
    assert client.get(str(changed.location)).location == "/display"
    assert get(client, "/display").status == 200
    with college.app_context():
        assert acts() == ["open_display", "hand_password"]


def test_a_screens_name_is_nobodys(college: Flask) -> None:
    with college.app_context():
        emp_no = emp_no_of(college, "邓涛")
        with pytest.raises(Unmet, match="已被使用"):
            people.open_display(editor(college), emp_no, emp_no)
        for kind in ("sec_admin", "auditor"):
            with pytest.raises(NotOffered):
                people.open_display(editor(college, kind), emp_no, "daping2")


def test_a_name_that_is_none_comes_back(college: Flask, as_: As) -> None:
    address = f"/admin/people/{emp_no_of(college, '何玉萍')}"
    client = as_("sysadmin01")
    data = {"username": "1大屏", "csrf_token": csrf(client, address)}
    answer = send(client, f"{address}/displays", data)
    assert answer.status == 422
    assert "请用小写字母和数字" in answer.text


def test_it_renews_its_numbers_alone(screen: FlaskClient) -> None:
    part = screen.get("/display?part=1").get_data(as_text=True)
    assert "在办，按类别" in part
    assert "<html" not in part
