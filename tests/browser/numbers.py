"""编号管理 as the office head goes through it: 历史编号导入, 空号作废, 线下使用, 年度首号."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.conftest import ANCHOR

HEAD = "杨思源"


def keep_numbers(seat: Seat, year: int) -> None:
    """The numbers of `year`, which nobody has touched, and one offline number of this year."""
    word = "阿职督办"
    _import(seat, word, year)
    page, main = seat.page, seat.page.get_by_role("main")
    check = main.get_by_role("region", name="编号连续性检查")
    row = check.get_by_role("row", name=f"{word}〔{year}〕")
    expect(row).to_contain_text("空号2个")
    _declare_void(seat, f"{word}〔{year}〕4号")
    expect(row).to_contain_text("空号1个")
    seat.press(page.get_by_text("线下使用", exact=True).first)
    form = page.locator("form[action='/numbers/offline']")
    form.get_by_label("编号").select_option(index=1)
    form.get_by_label("使用日期").fill(date(ANCHOR.year, ANCHOR.month, 20).isoformat())
    seat.met("numbers-offline")
    seat.press(form.get_by_role("button", name="登记线下使用"))
    seat.expect_said("已登记线下使用")
    seat.press(page.get_by_text("年度首号", exact=True).first)
    form = page.locator("form[action='/numbers/start']")
    form.get_by_label("首号").fill("0")
    seat.press(form.get_by_role("button", name="设定首号"))
    expect(form.get_by_role("alert")).to_contain_text("已填内容均已保留")
    seat.met("numbers-start-refused")
    form.get_by_label("编号序列").select_option(label=f"阿职催办〔{ANCHOR.year + 1}〕")
    form.get_by_label("首号").fill(str(year - 2000))
    seat.press(form.get_by_role("button", name="设定首号"))
    seat.expect_said("已设定年度首号")
    seat.met("numbers")


def _import(seat: Seat, word: str, year: int) -> None:
    page = seat.page
    page.goto("/numbers")
    seat.press(page.get_by_role("link", name="历史编号导入"))
    field = page.get_by_label("历史编号", exact=True)
    right = f"{word}[{year}]1号 {year}-02-01\n{word}（{year}）第002号\n{word}〔{year}〕5号\n"
    field.fill(f"{right}川职督办〔{year}〕3号\n{word}〔{year}〕0号")
    seat.press(page.get_by_role("button", name="核对"))
    expect(page.get_by_text("有2行有误")).to_be_visible()
    seat.met("number-history-refused")
    expect(field).to_have_value(f"{right}川职督办〔{year}〕3号\n{word}〔{year}〕0号")
    field.fill(right)
    seat.press(page.get_by_role("button", name="核对"))
    expect(page.get_by_role("region", name="登记后的编号情况")).to_contain_text("3至4号")
    seat.met("number-history-checked")
    seat.press(page.get_by_role("button", name="确认登记3个编号"))
    seat.expect_said("历史编号已登记")


def _declare_void(seat: Seat, number: str) -> None:
    page = seat.page
    seat.press(page.get_by_text("空号作废", exact=True).first)
    form = page.locator("form[action='/numbers/void']")
    form.get_by_label("空号", exact=True).fill(number)
    form.get_by_label("作废原因").fill("纸质台账无此编号的记录")
    seat.press(form.get_by_role("button", name="登记空号作废"))
    seat.expect_said("已登记空号作废")
