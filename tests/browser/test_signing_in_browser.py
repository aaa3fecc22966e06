"""A leader signs on the telephone, with and without script: the answers in reach, the next matter
after each, a lost network, a signature by hand (SPEC §2.3, §8.5)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers
from tests.browser.chromium import PHONE, View
from tests.browser.seat import Office, Seat
from tests.conftest import ANCHOR, close, test_settings
from tests.people import draft
from tests.rooms.test_sign_off import address, submit

LEADER, WORDS = "坤清祥", "同意，请注意安全。"
NO_SCRIPT = View("phone-without-script", 390, 844, touch=True, scripts=False)


@pytest.fixture
def waiting(live_database: Servers, tmp_path: Path) -> Iterator[Callable[[str], uuid.UUID]]:
    """Puts an item of this title before the leader."""
    app = create_app(test_settings(live_database, tmp_path), clock=Clock.standing_at(ANCHOR))
    yield lambda title: _put(app, title)
    close(app)


def _put(app: Flask, title: str) -> uuid.UUID:
    public_id = draft(app, "A01", title=title)
    submit(app, public_id)
    return public_id


def _following(phone: Seat) -> str:
    """The title of the matter that is announced as the next one: others may wait for him, too."""
    link = phone.page.get_by_role("paragraph").filter(has_text="下一件").get_by_role("link")
    return link.inner_text().removesuffix(link.locator("span").inner_text()).strip()


def test_signing_on_the_telephone(
    office: Callable[[View], Office], waiting: Callable[[str], uuid.UUID]
) -> None:
    """Two matters: the network is lost at the first, the second is signed by hand."""
    first, second = waiting("网络中断演练"), waiting("手写签名演练")
    phone = office(PHONE).seat(LEADER)
    phone.page.goto(address(first))
    phone.met("signature")
    bar, panel = phone.panel("签批"), phone.panel("审签同意")
    expect(bar).to_contain_text("同意。")
    expect(bar).to_be_in_viewport()
    phone.fill(panel, {"您的意见": WORDS})
    expect(bar).to_contain_text(WORDS)
    phone.context.set_offline(True)
    phone.agree(at_once=True)
    phone.expect_said("网络中断")
    expect(panel.get_by_label("您的意见", exact=True)).to_have_value(WORDS)
    phone.context.set_offline(False)
    phone.trouble.found.clear()  # the network that was lost on purpose
    phone.page.reload()
    expect(panel.get_by_label("您的意见", exact=True)).to_have_value(WORDS)
    following = _following(phone)
    phone.agree()
    expect(phone.page.get_by_role("heading", name=following, level=1)).to_be_visible()
    phone.page.goto(address(second))
    expect(panel.get_by_label("您的意见", exact=True)).to_have_value("")
    phone.press(panel.get_by_role("button", name="手写签名"))
    paper = phone.page.get_by_role("img", name="手写签名区")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + 40, box["y"] + 40)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 160, box["y"] + 90, steps=4)
    phone.page.mouse.up()
    phone.agree()
    phone.expect_said("已签批")
    phone.page.goto(address(second))
    expect(phone.page).to_have_url(re.compile(f"/items/{second}$"))


def test_signing_without_script(
    office: Callable[[View], Office], waiting: Callable[[str], uuid.UUID]
) -> None:
    """退回 is a link to its panel; the form goes as forms do, and the next matter comes up."""
    first, _ = waiting("无脚本退回演练"), waiting("无脚本签批演练")
    phone = office(NO_SCRIPT).seat(LEADER)
    phone.page.goto(address(first))
    following = _following(phone)
    panel = phone.other("退回")
    phone.fill(panel, {"理由": "请写明完成标准。"})
    phone.press(panel.get_by_role("button", name="确认退回"))
    phone.expect_said("已退回")
    expect(phone.page.get_by_role("heading", name=following, level=1)).to_be_visible()
    phone.agree()
    phone.expect_said("已签批")


def test_the_navigation_is_back_after_the_last_signature(
    office: Callable[[View], Office], waiting: Callable[[str], uuid.UUID]
) -> None:
    """The page of a signature hides it on a telephone; the list that follows has its own frame."""
    first = waiting("最后一件演练")
    phone = office(PHONE).seat(LEADER)
    phone.page.goto(address(first))
    for _ in range(30):  # others may have left something for him
        heading = phone.page.get_by_role("heading", level=1)
        before = heading.inner_text()
        phone.agree()
        expect(heading).not_to_have_text(before)
        if not phone.signs():
            break
    expect(heading).to_have_text("待我签批")
    expect(phone.page.get_by_role("navigation", name="常用栏目")).to_be_visible()
