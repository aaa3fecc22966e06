"""The frame in a real Chromium: reachable, readable, nothing refused by its own policy."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
PAGES = {
    "/components": 200,
    "/raise/404": 404,
    "/raise/stale": 409,
    "/raise/broken": 500,
    "/form?as=nobody": 200,
}


def opened(browser: Browser, width: str = "desktop", *, scripts: bool = True) -> Page:
    """A new page of that width; the context closes with the page's browser."""
    w, h = WIDTHS[width]
    context = browser.new_context(viewport={"width": w, "height": h}, java_script_enabled=scripts)
    return context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible_and_fit(
    browser: Browser, frame_url: str, address: str, width: str
) -> None:
    page = opened(browser, width)
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    answer = page.goto(frame_url + address)
    assert answer is not None
    assert answer.status == PAGES[address]
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert refused == []
    page.context.close()


def test_phone_targets_are_large_enough(browser: Browser, frame_url: str) -> None:
    page = opened(browser, "phone")
    page.goto(f"{frame_url}/components")
    small = page.eval_on_selector_all(
        ".btn, .db-phrase, .db-phone-link, .db-top-link, .db-me > summary",
        """all => all.filter(e => e.offsetParent)
            .map(e => [e.innerText, e.getBoundingClientRect()])
            .filter(([, r]) => r.height < 44).map(([text]) => text)""",
    )
    assert small == []
    page.context.close()


def test_a_second_click_sends_once(browser: Browser, frame_app: Flask, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/form")
    page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); }")
    page.wait_for_selector("text=已保存")
    assert frame_app.config["COUNTED"] == 1
    page.context.close()


def test_forms_and_menus_work_without_scripts(
    browser: Browser, frame_app: Flask, frame_url: str
) -> None:
    page = opened(browser, scripts=False)
    page.goto(f"{frame_url}/form")
    assert not page.is_visible("[data-db-rail]")
    page.click(".db-me > summary")
    assert page.is_visible("text=退出登录")
    page.click("#send")
    assert page.is_visible("text=已保存")
    assert frame_app.config["COUNTED"] == 1
    page.context.close()


def test_htmx_swaps_422_and_puts_errors_into_the_corner(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/form")
    page.click("#gone")
    page.wait_for_selector("#db-toasts >> text=没有找到您要的内容")
    assert page.is_visible("#gone"), "the page itself stays as it was"
    page.click("#db-toasts [data-db-close]")
    assert page.locator("#db-toasts > *").count() == 0
    page.click("#again")
    page.wait_for_selector("#part #answer")
    page.context.close()


def test_a_broken_connection_is_said(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/form")
    page.context.set_offline(True)
    page.click("#gone")
    page.wait_for_selector("text=网络中断，内容未丢失，请稍后重试。")
    page.context.close()


def test_phrases_fill_the_opinion(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/components")
    phrase = page.locator(".db-phrase", has_text="已审核")
    phrase.click()
    assert page.input_value("#opinion") == "已审核，拟同意，请主要领导审定。"
    assert phrase.get_attribute("aria-pressed") == "true"
    page.fill("#opinion", "另有意见。")
    assert phrase.get_attribute("aria-pressed") == "false"
    page.context.close()


def test_the_rail_is_kept(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/form")
    assert page.locator(".db-side").bounding_box()["width"] == 208
    page.click("[data-db-rail]")
    page.reload()
    assert page.locator(".db-side").bounding_box()["width"] == 64
    page.context.close()


def test_control_k_and_escape(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/form")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"
    page.click(".db-me > summary")
    page.keyboard.press("Escape")
    assert not page.is_visible("text=退出登录")
    page.context.close()


def test_unsaved_changes_ask_before_leaving(browser: Browser, frame_url: str) -> None:
    page = opened(browser)
    page.goto(f"{frame_url}/components")
    page.fill("#reason", "理由")
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # Playwright's Dialog
        dialog.accept()  # type: ignore[attr-defined]  # as above

    page.on("dialog", answer)
    page.goto(f"{frame_url}/form")
    assert asked == ["beforeunload"]
    page.context.close()
