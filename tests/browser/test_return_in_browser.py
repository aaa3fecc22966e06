"""第十二条 in a real browser, by the round way: a unit drafts, its head confirms, a leader returns
the form, the drafter corrects it, all sign, the office files (SPEC §2.3, §2.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.line import DRAFTER as OFFICE
from tests.browser.line import FILED, FORM, Step, number_of, register, walk
from tests.browser.seat import Office, Seat

LIAISON = "邓涛"
REASON = "请写明每个点位的责任人。"
CORRECTED = "检查全部充电点位，建立台账，逐点明确责任人。"
# 专项会议: both principals, in any order.
UNIT_FORM = {**FORM, "事项来源": "专项会议", "立项依据": "校园安全专项会议第3次会议"}
CONFIRM = Step("坤建军", "单位负责人确认", "单位负责人确认", "已签批")
SIGN = Step("坤清祥", "审签同意", "审签同意", "已签批", {"您的意见": "同意立项。"})
RETURN = Step("余茂春", "退回", "确认退回", "已退回", {"理由": REASON}, place="choice")
CORRECT = Step(
    LIAISON,
    "修改立项",
    "提交立项",
    "已提交立项",
    {"办理要求": CORRECTED},
    by="修改草稿",
    place="page",
)
WAY_BACK = (CONFIRM, SIGN, RETURN)
WAY_ON = (
    CORRECT,
    CONFIRM,
    SIGN,
    Step("余茂春", "审核同意", "审核同意", "已签批"),
    Step("向维岷", "审定同意", "审定同意", "已签批", {"您的意见": "同意，请抓紧落实。"}),
    Step("三郎泽里", "审定同意", "审定同意", "已签批"),
    Step(OFFICE, FILED, "仅编号备案", "已编号备案"),
)


@pytest.mark.long
@pytest.mark.parametrize("view", views(PHONE, DESKTOP, PLAIN), ids=lambda view: view.name)
def test_a_unit_drafts_corrects_and_the_office_files(
    office: Callable[[View], Office], view: View
) -> None:
    """Each act by its own person through 待办; who returned sees the corrected words."""
    title = f"校园消防通道专项整治（{view.name}）"
    people = office(view)
    register(people.seat(LIAISON), title, UNIT_FORM)
    walk(people, title, WAY_BACK)
    drafter = people.seat(LIAISON)
    drafter.open_waiting(title)
    expect(drafter.panel("事项概况")).to_contain_text("退回修改")
    expect(_timeline(drafter)).to_contain_text(REASON)
    walk(people, title, WAY_ON, before=_sees_the_corrected_words)
    _expect_filed(people.seat(OFFICE))
    assert len({step.who for step in (*WAY_BACK, *WAY_ON)}) >= 5


def _sees_the_corrected_words(step: Step, seat: Seat) -> None:
    if step.region == "审核同意":
        expect(seat.page.get_by_role("main")).to_contain_text(CORRECTED)


def _expect_filed(seat: Seat) -> None:
    """A number, both rounds of signatures and the whole way in 办理过程."""
    expect(seat.panel("事项概况")).to_contain_text("已立项待交办")
    assert number_of(seat)
    rounds = seat.page.get_by_role("heading", name="立项签批")
    expect(rounds).to_have_count(2)
    for words in (REASON, "单位负责人确认", "分管领导审签", "学校主要领导审定", "编号备案"):
        expect(_timeline(seat)).to_contain_text(words)
    seat.met("item-filed-after-a-return")


def _timeline(seat: Seat) -> Locator:
    """办理过程, in the side column."""
    return seat.page.get_by_role("complementary", name="相关内容")
