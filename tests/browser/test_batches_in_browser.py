"""From minutes to a leader's signature under all of them (SPEC §8.2), as people meet it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.seat import Office
from tests.rooms.batches.college import SAMPLE


@pytest.mark.parametrize("view", views(PHONE, DESKTOP, PLAIN), ids=lambda view: view.name)
def test_minutes_are_read_drafted_and_signed(office: Callable[[View], Office], view: View) -> None:
    """One page to paste, one to correct, one button each to hand in and to sign."""
    people = office(view)
    clerk = people.seat("何玉萍")
    clerk.page.goto("/batches/new?secret=no")
    main = clerk.page.get_by_role("main")
    clerk.fill(main, {"纪要全文": SAMPLE["minutes_text"], "本人确认内容及附件不涉及国家秘密": True})
    clerk.press(main.get_by_role("button", name="识别事项"))
    expect(clerk.page.get_by_role("heading", name="核对议定事项", level=1)).to_be_visible()
    clerk.met("proposals")
    clerk.fill(main, {"事项（第1项）": "南校区冬季供暖保障"})
    clerk.press(main.get_by_role("button", name="生成草稿"))
    expect(clerk.panel("整批提交立项")).to_be_visible()
    clerk.met("batch of drafts")
    batch = clerk.page.url
    clerk.fill(clerk.panel("整批提交立项"), {"本人确认内容及附件不涉及国家秘密": True})
    clerk.press(clerk.panel("整批提交立项").get_by_role("button", name="提交立项"))
    expect(clerk.panel("整批提交立项")).to_be_hidden()
    leader = people.seat("坤清祥")
    leader.page.goto(batch)
    leader.met("batch to be signed")
    leader.fill(leader.panel("整批签批"), {"第5项意见": "同意，请逐月报告进展。"})
    leader.press(leader.panel("整批签批").get_by_role("button", name="同意", exact=True))
    expect(leader.panel("整批签批")).to_be_hidden()
    leader.met("batch signed")
