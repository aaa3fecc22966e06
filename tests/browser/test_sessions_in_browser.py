"""A session that ends while somebody writes, and two windows of one person (SPEC §8.14)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.demo import DEMO_PASSWORD
from portal.embedded import Servers, connect
from tests.browser.chromium import DESKTOP, PHONE, View
from tests.browser.line import DRAFTER
from tests.browser.seat import Office, emp_no_of
from tests.browser.test_signing_in_browser import LEADER, NO_SCRIPT, WORDS, waiting
from tests.rooms.test_sign_off import address

__all__ = ["waiting"]
LAST = (
    "UPDATE sign_in_session SET last_seen_at = last_seen_at - interval '1 hour' WHERE id ="
    " (SELECT max(s.id) FROM sign_in_session s JOIN account ON account.id = account_id"
    " WHERE username = %s)"
)


@pytest.mark.parametrize("view", [PHONE, NO_SCRIPT], ids=lambda view: view.name)
def test_the_words_of_a_signature_outlive_the_session(
    office: Callable[[View], Office],
    waiting: Callable[[str], uuid.UUID],
    live_database: Servers,
    view: View,
) -> None:
    """Sent after half an hour away: signed in anew, the words stand in the box, one tap signs."""
    item = waiting(f"登录结束演练（{view.name}）")
    leader = office(view).nobody()
    leader.sign_in(LEADER)
    leader.page.goto(address(item))
    box = leader.panel("审签同意").get_by_label("您的意见", exact=True)
    box.fill(WORDS)
    with connect(live_database.owner_url) as raw:
        raw.execute(LAST, [emp_no_of(LEADER)])
    leader.trouble.expected |= {401}
    leader.agree(at_once=True)
    expect(leader.page).to_have_url(re.compile("/login"))
    expect(leader.page.get_by_text("您的登录已结束，请重新登录。")).to_be_visible()
    leader.type_in(emp_no_of(LEADER), DEMO_PASSWORD)
    if not view.scripts:
        leader.met("what was written when the session ended")
        leader.press(leader.page.get_by_role("link", name="恢复到原页面"))
    expect(leader.page).to_have_url(re.compile(f"/items/{item}/signature"))
    expect(box).to_have_value(WORDS)
    leader.agree()
    leader.expect_said("已签批")


def test_two_windows_of_one_person(office: Callable[[View], Office]) -> None:
    """What one saved the other one does not write over, unless told to."""
    seat = office(DESKTOP).seat(DRAFTER)
    seat.trouble.expected |= {409}
    first, other = seat.page, seat.context.new_page()
    first.clock.install()  # one clock for both
    for page in (first, other):
        page.goto("/items/new?secret=no")
    _write(first, "第一个窗口")
    first.clock.fast_forward(31_000)
    expect(first.get_by_text("自动保存").last).to_contain_text("已于")
    _write(other, "第二个窗口")
    first.clock.fast_forward(31_000)
    expect(other.get_by_text("另一窗口已于")).to_be_visible()
    expect(_requirement(other)).to_have_value("第二个窗口")
    other.get_by_role("button", name="以本页内容为准").click()
    expect(other.get_by_text("自动保存").last).to_contain_text("已于")
    other.close()


def _requirement(page: Page) -> Locator:
    return page.get_by_role("main").get_by_label("办理要求", exact=True)


def _write(page: Page, words: str) -> None:
    _requirement(page).fill(words)
