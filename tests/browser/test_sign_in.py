"""登录 in a browser (SPEC §7.7): wrong passwords, the lock, signing out, a session that ended."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.demo import DEMO_PASSWORD
from portal.embedded import Servers, connect
from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.line import DRAFTER, fill_form
from tests.browser.seat import Office, Seat, emp_no_of

TITLE = "图书馆冬季延长开放时间"


def _opened(office: Office) -> Seat:
    seat = office.nobody()
    seat.trouble.expected |= {422}
    seat.page.goto("/login")
    return seat


def _alert(page: Page) -> str:
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    return alert.inner_text().strip()


@pytest.mark.parametrize("view", views(PHONE, DESKTOP, PLAIN), ids=lambda view: view.name)
def test_a_wrong_password_is_said_without_telling_whether_the_name_exists(
    office: Callable[[View], Office], view: View
) -> None:
    """The same sentence for a person of the college and for nobody; the name stays typed."""
    seat = _opened(office(view))
    said = set()
    for name in (emp_no_of("毛明军"), "99999999"):
        seat.type_in(name, "不是这个密码")
        said.add(_alert(seat.page))
        expect(seat.page.get_by_label("工号")).to_have_value(name)
        expect(seat.page.get_by_label("密码")).to_have_value("")
    assert len(said) == 1, said
    seat.met("login with an error")


@pytest.mark.long  # tests/accounts locks without a browser each time
def test_five_wrong_tries_lock_even_the_right_password(office: Callable[[View], Office]) -> None:
    """The sixth try, with the right password, is refused with what to do next."""
    seat = _opened(office(DESKTOP))
    name = emp_no_of("冉静")
    for _ in range(5):
        seat.type_in(name, "不是这个密码")
        _alert(seat.page)
    seat.type_in(name, DEMO_PASSWORD)
    assert "30分钟" in _alert(seat.page)
    seat.met("login locked")
    seat.page.goto("/todo")
    expect(seat.page).to_have_url(re.compile("/login"))


@pytest.mark.parametrize("view", views(PLAIN, DESKTOP), ids=lambda view: view.name)
def test_after_signing_out_the_back_button_shows_nothing(
    office: Callable[[View], Office], view: View
) -> None:
    """SPEC §7.5 case 13: no page is kept in the browser."""
    seat = office(view).nobody()
    seat.sign_in("周慎之")
    seat.page.goto("/ledger")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("台账")
    seat.sign_out()
    seat.page.go_back()
    expect(seat.page.get_by_role("heading", name="登录", level=1)).to_be_visible()
    assert "周慎之" not in seat.page.get_by_role("banner").inner_text()


def test_an_ended_session_under_htmx_leads_to_sign_in_and_back(
    office: Callable[[View], Office], live_database: Servers
) -> None:
    """The act is not done; signing in again leads back to the item, where it can be."""
    seat = office(DESKTOP).nobody()
    seat.trouble.expected |= {401}
    seat.sign_in(DRAFTER)
    item = _draft(seat)
    _end_sessions(live_database, emp_no_of(DRAFTER))
    panel = seat.panel("提交立项")
    panel.get_by_role("checkbox").check()
    panel.get_by_role("button", name="提交立项").click()
    expect(seat.page.get_by_text("您的登录已结束，请重新登录。")).to_be_visible()
    seat.type_in(emp_no_of(DRAFTER), DEMO_PASSWORD)
    expect(seat.page).to_have_url(item)
    expect(seat.panel("提交立项")).to_be_visible()


def test_the_notice_of_an_act_leaves_by_itself(office: Callable[[View], Office]) -> None:
    """Eight seconds; HTMX has swapped the whole page meanwhile."""
    seat = office(DESKTOP).nobody()
    seat.sign_in(DRAFTER)
    _draft(seat)
    seat.page.clock.install()
    seat.page.reload()
    panel = seat.panel("提交立项")
    panel.get_by_role("checkbox").check()
    panel.get_by_role("button", name="提交立项").click()
    seat.expect_said("已提交立项")
    seat.page.clock.fast_forward(9000)
    expect(seat.page.get_by_role("status")).not_to_contain_text("已提交立项")


def _draft(seat: Seat) -> str:
    """A saved draft; its address."""
    seat.page.goto("/items/new?secret=no")
    fill_form(seat, TITLE)
    seat.page.get_by_role("main").get_by_role("button", name="保存草稿").click()
    expect(seat.page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    return seat.page.url


def _end_sessions(servers: Servers, username: str) -> None:
    """As if thirty idle minutes had passed."""
    with connect(servers.owner_url) as connection:
        done = connection.execute(
            """UPDATE sign_in_session SET last_seen_at = now() - interval '31 minutes'
               WHERE account_id = (SELECT id FROM account WHERE username = %s)""",
            (username,),
        )
    assert done.rowcount
