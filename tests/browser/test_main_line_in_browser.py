"""第十二至十六条 in a real browser: from 新建立项 to 归档 by twelve people, on the desk's screen,
on the telephone, and without scripts."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, open_page, save_sheets, views
from tests.browser.line import CLOSED, DRAFTER, FILED, LINE, Step, number_of, register, walk
from tests.browser.live import Portal
from tests.browser.seat import Office, Seat

SHEETS = {FILED: "立项备案单", CLOSED: "办结备案单"}
MADE_WITHIN = 30_000  # milliseconds, on a busy machine


@pytest.mark.parametrize("view", views(PLAIN, DESKTOP, PHONE), ids=lambda view: view.name)
def test_item_goes_from_the_empty_form_to_the_archive(
    office: Callable[[View], Office], portal: Portal, view: View
) -> None:
    """Each act by its own person through 待办; annex 1 after filing and annex 3 at 销号."""
    title = f"校园电动车充电设施专项检查（{view.name}）"
    people = office(view)
    printed = []

    def after(step: Step, seat: Seat) -> None:
        if step.region in SHEETS:
            printed.append(_print(portal, seat, SHEETS[step.region], title))

    register(people.seat(DRAFTER), title)
    walk(people, title, after=after)
    assert printed == list(SHEETS.values())
    last = people.seat(LINE[-1].who)
    last.met("item-archived")
    expect(last.page.get_by_role("region", name="事项概况")).to_contain_text("已归档")
    assert len({step.who for step in LINE}) >= 8


def _print(portal: Portal, seat: Seat, sheet: str, title: str) -> str:
    """Ask for the sheet, see that it is being made, fetch it, read it. Returns its name."""
    fetch = _fetch_when_listed if seat.view.scripts else _wait_in_its_own_page
    text = _text(fetch(portal, seat, sheet))
    for words in (title, number_of(seat)):
        assert words in text, text
    return sheet


def _ask(seat: Seat, sheet: str) -> None:
    seat.press(seat.page.get_by_role("button", name=f"生成{sheet}"))
    expect(seat.page.locator("#sheets").get_by_text("正在生成")).to_be_visible()


def _fetch_when_listed(portal: Portal, seat: Seat, sheet: str) -> bytes:
    """The list of sheets renews itself and ends with the link."""
    with portal.worker_paused():
        _ask(seat, sheet)
    return seat.fetch_pdf(_listed(seat, sheet))


def _wait_in_its_own_page(portal: Portal, seat: Seat, sheet: str) -> bytes:
    """Without scripts: 「打开」, here in a new tab, looks again by itself until the sheet comes."""
    tab = open_page(seat.context)
    save_sheets(tab)
    with tab.expect_download(timeout=MADE_WITHIN) as coming, portal.worker_paused():
        _ask(seat, sheet)
        tab.goto(str(seat.page.get_by_role("link", name="打开").get_attribute("href")))
        expect(tab.get_by_text("完成后自动打开")).to_be_visible()
    came = coming.value.path().read_bytes()
    tab.close()
    seat.page.reload()
    assert came == seat.fetch_pdf(_listed(seat, sheet))
    return came


def _listed(seat: Seat, sheet: str) -> Locator:
    link = seat.page.get_by_role("link", name=f"{sheet}.pdf")
    expect(link).to_be_visible(timeout=MADE_WITHIN)
    return link


def _text(content: bytes) -> str:
    assert content.startswith(b"%PDF")
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
