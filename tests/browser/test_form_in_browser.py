"""The form of 立项 in a real browser: it proposes as one chooses, asks only what belongs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Request, expect

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.line import DRAFTER
from tests.browser.seat import Office, Seat

NEW = "/items/new?secret=no"
CHOICES = {
    "source_type", "lead_unit", "level", "co_units", "category", "principal",
    "responsible_leader", "method", "deadline_kind", "deadline_days", "deadline_date",
}  # fmt: skip


def _open(seat: Seat, address: str = NEW) -> None:
    seat.page.goto(address)
    expect(seat.page.get_by_role("button", name="保存草稿")).to_be_visible()


@pytest.mark.parametrize("view", views(DESKTOP, PHONE), ids=lambda view: view.name)
def test_it_proposes_as_one_chooses(office: Callable[[View], Office], view: View) -> None:
    """第十、四、十八条; no word of the texts is in any address."""
    seat = office(view).seat(DRAFTER)
    asked: list[Request] = []
    seat.page.on(
        "request", lambda request: asked.append(request) if "proposal" in request.url else None
    )
    _open(seat)
    main, proposal = seat.page.get_by_role("main"), seat.page.locator("#proposal")
    seat.fill(main, {"事项": "楼道充电专项检查", "办理要求": "逐栋检查，当日报告。"})
    seat.fill(main, {"事项来源": "院长办公会", "牵头单位": "计财处"})
    expect(proposal).to_contain_text("决策类")
    expect(proposal).to_contain_text("审签与审定合并")
    seat.fill(main, {"一级": True})
    expect(proposal).to_contain_text("2026年11月26日前")
    seat.met("form proposing")
    assert asked
    for request in asked:
        query = parse_qs(urlsplit(request.url).query)
        assert query.keys() <= CHOICES
        assert "%E5%85%85" not in request.url


@pytest.mark.parametrize("view", views(PHONE, DESKTOP), ids=lambda view: view.name)
def test_fields_of_one_time_limit_show_with_it_only(
    office: Callable[[View], Office], view: View
) -> None:
    """SPEC §3.1, §3.3: the warnings come with the date; what is hidden is not sent."""
    seat = office(view).seat(DRAFTER)
    _open(seat)
    main, proposal = seat.page.get_by_role("main"), seat.page.locator("#proposal")
    days, date = main.get_by_label("天数", exact=True), main.get_by_label("日期", exact=True)
    seat.press(main.get_by_text("更多内容"))
    expect(days).to_be_hidden()
    expect(date).to_be_hidden()
    seat.fill(main, {"自交办之日起若干天": True, "天数": "9"})
    expect(proposal).to_contain_text("自交办之日起9天")
    seat.met("form with days")
    seat.fill(main, {"明确日期": True, "日期": "2027-02-06"})
    expect(days).to_be_hidden()
    expect(proposal).to_contain_text("该日为休息日")
    expect(proposal).to_contain_text("完成时限在寒假期间（2027年1月18日—2月28日），请确认")
    seat.met("form with a date")
    main.get_by_label("按等级确定").check()
    expect(proposal).to_contain_text("自交办之日起15天")
    expect(date).to_be_disabled()


@pytest.mark.parametrize("view", views(PLAIN, DESKTOP, PHONE), ids=lambda view: view.name)
def test_an_instruction_asks_who_wrote_it(office: Callable[[View], Office], view: View) -> None:
    """第十条（一）: the fold opens; without scripts it does when the form comes back."""
    seat = office(view).seat(DRAFTER)
    seat.trouble.expected |= {422}
    _open(seat)
    main = seat.page.get_by_role("main")
    seat.fill(
        main,
        {
            "事项": "批示事项",
            "办理要求": "研究办理。",
            "事项来源": "领导批示",
            "牵头单位": "保卫处",
        },
    )
    author = main.get_by_label("审定人", exact=True)
    if view.scripts:
        expect(author).to_be_visible()
        expect(seat.page.locator("#proposal")).to_contain_text("请选择作出批示的领导")
    else:
        expect(author).to_be_hidden()
    seat.press(main.get_by_role("button", name="提交立项"))
    expect(main.get_by_role("alert")).to_contain_text("审定人")
    expect(author).to_be_visible()
    expect(author).to_have_attribute("aria-invalid", "true")
    seat.met("form asking for the author")
    seat.fill(main, {"审定人": "党委书记"})
    seat.press(main.get_by_role("button", name="提交立项"))
    seat.expect_said("已提交立项")


def test_a_link_to_a_folded_field_opens_the_fold(office: Callable[[View], Office]) -> None:
    """The summary of errors leads to the field, also where the person has closed it again."""
    seat = office(DESKTOP).seat(DRAFTER)
    seat.trouble.expected |= {422}
    _open(seat)
    main = seat.page.get_by_role("main")
    seat.fill(main, {"事项来源": "领导批示"})
    author = main.get_by_label("审定人", exact=True)
    expect(author).to_be_visible()
    main.get_by_text("更多内容").click()
    expect(author).to_be_hidden()
    seat.page.locator("#proposal").get_by_role("link", name="请选择作出批示的领导").click()
    expect(author).to_be_visible()
    expect(author).to_be_focused()


@pytest.mark.parametrize("view", views(DESKTOP, PLAIN), ids=lambda view: view.name)
def test_a_copy_is_answered_for_anew(office: Callable[[View], Office], view: View) -> None:
    """SPEC §8.3: from the item's page through the 涉密 question to a filled form."""
    seat = office(view).seat(DRAFTER)
    _open(seat)
    main = seat.page.get_by_role("main")
    seat.fill(main, {"事项": f"值班安排（{view.name}）", "牵头单位": "党政办"})
    seat.press(main.get_by_role("button", name="保存草稿"))
    seat.expect_said("草稿已保存")
    seat.press(main.get_by_role("link", name="复制"))
    expect(seat.page.get_by_role("heading", name="是否涉及国家秘密？")).to_be_visible()
    seat.press(seat.page.get_by_role("link", name="否", exact=True))
    expect(main.get_by_label("事项", exact=True)).to_have_value(f"值班安排（{view.name}）")
    seat.met("copy")
    seat.press(main.get_by_role("button", name="保存草稿"))
    seat.expect_said("草稿已保存")
