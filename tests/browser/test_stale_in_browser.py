"""Two people at once in a browser: the second is told, what was typed stays, one click sends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View
from tests.browser.line import DRAFTER, FORM, SUBMIT, register
from tests.browser.seat import Office, Seat

LEADER, WORDS = "坤清祥", "同意立项，请保卫处一周内报进展。"


@pytest.mark.long
@pytest.mark.parametrize("view", [DESKTOP, PHONE, PLAIN], ids=lambda view: view.name)
def test_a_form_that_grew_old_while_the_leader_wrote(
    office: Callable[[View], Office], view: View
) -> None:
    """第十二条: withdrawn and submitted again meanwhile; in place with scripts, else on a page."""
    title = f"并发办理演练（{view.name}）"
    people = office(view)
    register(people.seat(DRAFTER), title, FORM)
    leader = people.seat(LEADER)
    leader.trouble.expected |= {409}
    leader.open_waiting(title)
    panel = leader.panel("审签同意")
    leader.fill(panel, {"您的意见": WORDS})
    _withdraw_and_submit(people.seat(DRAFTER))
    leader.agree()
    told = leader.page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("本事项有以下办理，您的提交未生效")
    expect(told).to_contain_text("何玉萍于")
    expect(told).to_contain_text("办理“撤回”")
    expect(told.get_by_role("link", name="查看最新内容")).to_be_visible()
    expect(panel.get_by_label("您的意见", exact=True)).to_have_value(WORDS)
    leader.met(f"told who was first, {view.name}")
    if leader.signs():
        leader.agree()
    else:  # without script the form came back on a page of its own
        leader.press(panel.get_by_role("button", name="审签同意"))
    leader.expect_said("已签批")


def _withdraw_and_submit(drafter: Seat) -> None:
    """On the item's page, where the drafter stands since 立项."""
    drafter.press(drafter.choice("撤回").get_by_role("button", name="确认撤回"))
    drafter.expect_said("已撤回")
    panel = drafter.panel(SUBMIT.region)
    drafter.fill(panel, SUBMIT.typed)
    drafter.press(panel.get_by_role("button", name=SUBMIT.button))
    drafter.expect_said(SUBMIT.said)
