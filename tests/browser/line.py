"""The main line as people walk it: who opens what waits, fills which fields, presses what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect

from tests.browser.seat import Office, Seat

DRAFTER = "何玉萍"


class Step(NamedTuple):
    """One act: by whom, in which region, with which button, and what the portal says after it.

    `by` is a link that leads to the region; `typed` goes into the fields by their labels.
    The region may be a second choice that is closed until it is asked for (`place` "choice"), or
    a page with that heading ("page").
    """

    who: str
    region: str
    button: str
    said: str
    typed: Mapping[str, str | bool] = {}
    by: str = ""
    place: Literal["region", "choice", "page"] = "region"


FORM: Mapping[str, str | bool] = {
    "办理要求": "检查全部充电点位，建立台账。",
    "事项来源": "院长办公会",
    "立项依据": "院长办公会2026年第15次会议",
    "牵头单位": "保卫处",
    "后勤国资处": True,
    "二级": True,
}
REPORT: Mapping[str, str | bool] = {
    "办理举措": "对全部充电点位开展拉网式检查。",
    "进展情况": "已检查全部点位，发现隐患17处。",
    "下一步工作思路": "逐项销号。",
    "办理进度": "60",
    "本人确认内容及附件不涉及国家秘密": True,
}
CO_REPORT: Mapping[str, str | bool] = {**REPORT, "本单位协办任务已完成": True}
CLOSING: Mapping[str, str | bool] = {
    "办结情况": "检查点位46处，隐患17处已全部整改。",
    "本人确认内容及附件不涉及国家秘密": True,
}
FILED = "编号备案"
CLOSED = "销号"
PATIENCE = 30  # seconds, on a busy machine
SUBMIT = Step(
    DRAFTER, "提交立项", "提交立项", "已提交立项", {"本人确认内容及附件不涉及国家秘密": True}
)
LINE = (
    Step("坤清祥", "审签同意", "审签同意", "已签批", {"您的意见": "同意立项。"}),
    Step("余茂春", "审核同意", "审核同意", "已签批", {"您的意见": "已审核，请主要领导审定。"}),
    Step("三郎泽里", "审定同意", "审定同意", "已签批"),
    Step(DRAFTER, FILED, "编号备案并下达", "已编号备案"),
    Step("坤建军", "签收", "签收", "已签收", {"承办人": "邓涛"}),
    Step("王尔基", "签收", "签收", "已签收", {"承办人": "杨初"}),
    Step("杨初", "书面报告", "提交反馈", "反馈已报送", CO_REPORT, by="填报反馈"),
    Step("王尔基", "审核反馈（第1期）", "审核报送", "已报送牵头单位"),
    Step("邓涛", "书面报告", "提交反馈", "反馈已报送", REPORT, by="填报反馈"),
    Step("坤建军", "审核反馈（第2期）", "审核上报", "已审核上报"),
    Step(DRAFTER, "阅处反馈（第2期）", "打开反馈", "已阅"),
    Step("邓涛", "申请办结", "申请办结", "已申请办结", CLOSING, place="choice"),
    Step("坤建军", "单位负责人确认办结", "单位负责人确认办结", "已签批"),
    Step("坤清祥", "审签同意办结", "审签同意办结", "已签批"),
    Step("杨思源", "审核通过", "审核通过", "已签批"),
    Step("余茂春", "审核同意办结", "审核同意办结", "已签批"),
    Step("三郎泽里", "阅示同意", "阅示同意", "已签批", {"您的意见": "已阅。"}),
    Step("向维岷", "阅示同意", "阅示同意", "已签批"),
    Step(DRAFTER, CLOSED, "销号", "已销号"),
    Step("邓涛", "确认存档", "确认存档", "已确认存档"),
    Step("黄素芬", "归档", "归档", "已归档"),
)


def register(seat: Seat, title: str, form: Mapping[str, str | bool] = FORM) -> None:
    """新建立项: the 涉密 question, then the form typed in by hand, submitted."""
    seat.home()
    seat.press(seat.page.get_by_role("main").get_by_role("link", name="新建立项").first)
    expect(seat.page.get_by_role("heading", name="是否涉及国家秘密？")).to_be_visible()
    expect(seat.page.get_by_role("textbox", name="事项")).to_have_count(0)
    seat.met("question")
    seat.press(seat.page.get_by_role("link", name="否", exact=True))
    expect(seat.page.get_by_role("button", name="保存草稿")).to_be_visible()
    seat.met("form")
    fill_form(seat, title, form)
    seat.press(seat.page.get_by_role("main").get_by_role("button", name="提交立项"))
    seat.expect_said("已提交立项")


def fill_form(seat: Seat, title: str, form: Mapping[str, str | bool] = FORM) -> None:
    """The form of 立项 that is open, with what is folded."""
    main = seat.page.get_by_role("main")
    seat.press(main.get_by_text("更多内容"))
    seat.fill(main, {"事项": title, **form})


def walk(
    office: Office,
    title: str,
    line: tuple[Step, ...] = LINE,
    *,
    before: Callable[[Step, Seat], None] | None = None,
    after: Callable[[Step, Seat], None] | None = None,
) -> None:
    """Every step by its own person; `before` is called on the page of the step, `after` when it is
    done: another matter may have come up by then."""
    for number, step in enumerate(line, 1):
        seat = office.seat(step.who)
        try:
            seat.open_waiting(title)
            if before is not None:
                before(step, seat)
            _take(seat, title, f"item-{number:02}", step)
        except (PlaywrightError, AssertionError) as error:
            error.add_note(f"{step.who}, {step.region}, {seat.page.url}:\n{seat.words()}")
            raise
        if after is not None:
            after(step, seat)
        if step.region == CLOSED:
            _package_made(seat)


def _package_made(seat: Seat) -> None:
    """What both sides sign for, and a worker makes."""
    made = seat.page.get_by_role("link", name="档案包第1版")
    for _ in range(PATIENCE):
        if made.count():
            return
        seat.page.wait_for_timeout(1000)
        seat.page.reload()
    expect(made).to_be_visible()


def _take(seat: Seat, title: str, name: str, step: Step) -> None:
    seat.met(f"{name}-{step.region}")
    signs = seat.signs()
    place = _place(seat, name, step)
    seat.fill(place, step.typed)
    if signs and step.place == "region":
        seat.agree()
    else:
        seat.press(place.get_by_role("button", name=step.button, exact=True))
    seat.expect_said(step.said)
    if signs:
        return  # what waits next came up, or the list
    expect(seat.page.get_by_role("heading", name=title, level=1)).to_be_visible()


def _place(seat: Seat, name: str, step: Step) -> Locator:
    """The part of the page the act is done in, opened."""
    if step.place == "choice":
        place = seat.other(step.region) if seat.signs() else seat.choice(step.region)
        seat.met(f"{name}-{step.region}-open")
        return place
    if step.by:
        seat.press(seat.page.get_by_role("link", name=step.by))
    if step.place == "page":
        expect(seat.page.get_by_role("heading", name=step.region, level=1)).to_be_visible()
        place = seat.page.get_by_role("main")
    else:
        place = seat.panel(step.region)
    if step.by:
        expect(place).to_be_visible()
        seat.met(f"{name}-{step.by}")
    return place


def number_of(seat: Seat) -> str:
    """文号 of the item whose page is open."""
    head = seat.page.get_by_role("region", name="事项概况").text_content() or ""
    found = re.search(r"阿职督办〔2026〕\d+号", head)
    assert found, head
    return found[0]
