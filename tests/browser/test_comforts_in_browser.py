"""Search, saving by itself, pasting and files in a real browser (SPEC §8.8, §8.14)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from portal.embedded import Servers, connect
from tests.browser.chromium import DESKTOP, View
from tests.browser.line import DRAFTER
from tests.browser.seat import Office

WORD = "一、排查隐患\v二、督促整改\r\n\uf0b7\t张三\u00a0\t组长\r\n\r\n\r\n\r\n让布•达尔吉 "
PLAIN = "一、排查隐患\n二、督促整改\n张三\u3000组长\n\n让布·达尔吉"
PASTE = """(box, text) => {
  const bag = new DataTransfer();
  bag.setData("text/plain", text);
  bag.setData("text/html", "<p style='color: red'>x</p>");
  box.focus();
  const given = { clipboardData: bag, bubbles: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent("paste", given));
}"""
DROP = """(box, names) => {
  const bag = new DataTransfer();
  names.forEach((name) => bag.items.add(new File(["%PDF-1.4 " + name], name)));
  box.dispatchEvent(new DragEvent("drop", { dataTransfer: bag, bubbles: true, cancelable: true }));
}"""


def test_search_by_keys(office: Callable[[View], Office]) -> None:
    """Ctrl K, letters, arrows, Enter; what is said to a screen reader goes along."""
    seat = office(DESKTOP).seat(DRAFTER)
    page, field = seat.page, seat.page.get_by_role("combobox", name="搜索")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type("zrwm")
    option = page.get_by_role("option", name="泽仁旺姆")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(option.locator("mark")).to_have_text("泽仁旺姆")
    seat.met("search suggesting")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger?q=*")


def test_typing_is_saved_and_comes_back(
    office: Callable[[View], Office], live_database: Servers
) -> None:
    """Pasted without what Word brings; saved after half a minute; offered when opened anew."""
    with connect(live_database.owner_url) as raw:  # what another test left of the same page
        raw.execute("DELETE FROM typed_text")
    seat = office(DESKTOP).seat(DRAFTER)
    page, main = seat.page, seat.page.get_by_role("main")
    page.clock.install()
    page.goto("/items/new?secret=no")
    text = main.get_by_label("办理要求", exact=True)
    text.evaluate(PASTE, WORD)
    expect(text).to_have_value(PLAIN)
    main.get_by_label("事项", exact=True).fill("自动保存的事项")
    _choose_unit(main)
    page.clock.fast_forward(31_000)
    expect(main.get_by_text("自动保存").last).to_contain_text("已于")
    page.goto("/items/new?secret=no")
    expect(text).to_have_value("")
    main.get_by_role("button", name="恢复").click()
    expect(text).to_have_value(PLAIN)
    expect(main.get_by_label("事项", exact=True)).to_have_value("自动保存的事项")
    _choose_unit(main)
    main.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", name="自动保存的事项", level=1)).to_be_visible()
    _star(page)
    _drop(main)


def _choose_unit(main: Locator) -> None:
    """By first letters."""
    unit = main.get_by_role("combobox", name="牵头单位")
    unit.fill("bwc")
    unit.press("Enter")
    expect(unit).to_have_value("保卫处")
    assert main.locator("select[name=lead_unit]").evaluate(
        "one => one.selectedOptions[0].label"
    ) == ("保卫处")


def _star(page: Page) -> None:
    page.get_by_role("button", name="收藏").click()
    expect(page.get_by_role("button", name="已收藏")).to_be_visible()


def _drop(main: Locator) -> None:
    """Two files are dropped, one is taken out again, the other is sent by the field's own form."""
    main.locator("summary").get_by_text("上传附件").click()
    box = main.locator(".db-drop:visible")
    box.evaluate(DROP, ["甲.pdf", "乙.pdf"])
    expect(box.get_by_role("listitem")).to_have_count(2)
    box.get_by_role("button", name="移除甲.pdf").click()
    expect(box.get_by_role("listitem")).to_have_count(1)
    names = "input => [...input.files].map((file) => file.name)"
    assert main.locator("input[type=file]:visible").evaluate(names) == ["乙.pdf"]
