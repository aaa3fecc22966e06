"""/ledger in a real browser: keys, the quick look below a row, columns and views."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers
from tests.browser.chromium import DESKTOP, View
from tests.browser.seat import Office
from tests.conftest import ANCHOR, close, test_settings
from tests.people import draft

TITLES = ("台账快捷键甲", "台账快捷键乙", "台账快捷键丙")
NARROWED = "/ledger?q=台账快捷键&sort=-number"


def test_the_ledger_by_keys(
    office: Callable[[View], Office], live_database: Servers, tmp_path: Path
) -> None:
    """j and k walk along the rows, space opens and closes the quick look, / goes to the search,
    return opens; not while something is typed, and not once they are turned off."""
    app = create_app(test_settings(live_database, tmp_path), clock=Clock.standing_at(ANCHOR))
    for title in TITLES:
        draft(app, "A03", title=title, requirement="逐项核对。")
    close(app)
    seat = office(DESKTOP).seat("何玉萍")
    page = seat.page
    page.goto(NARROWED)
    rows = page.locator("[data-db-row]")
    titles = rows.all_text_contents()
    assert sorted(titles) == sorted(TITLES)
    for key, at in (("j", 0), ("j", 1), ("ArrowDown", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(at)).to_be_focused()
    page.keyboard.press("Space")
    look = page.locator(".db-look-row")
    expect(look).to_contain_text("逐项核对。")
    expect(page.locator("[data-db-look]").nth(1)).to_have_attribute("aria-expanded", "true")
    seat.met("ledger-quick-look")
    page.keyboard.press("Space")
    expect(look).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_label("关键词")).to_be_focused()
    page.keyboard.type("j /")
    expect(page.get_by_label("关键词")).to_have_value("j /")
    page.get_by_role("link", name="列 11/27").click()
    expect(page.get_by_role("button", name="显示这些列")).to_be_visible()
    page.get_by_role("link", name="存为视图").click()
    page.get_by_label("视图名称").fill("快捷键")
    seat.press(page.get_by_role("button", name="保存视图"))
    expect(page.get_by_role("navigation", name="视图")).to_contain_text("快捷键3")
    page.get_by_role("button", name="关闭快捷键").click()
    page.keyboard.press("j")
    expect(rows.nth(0)).not_to_be_focused()
    page.get_by_role("button", name="启用快捷键").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=titles[0], level=1)).to_be_visible()
