"""The checks of this folder can fail: each finds what it is for on a page made wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import looks
from tests.browser.chromium import (
    PHONE,
    ChromiumMissingError,
    Trouble,
    chromium,
    new_context,
    open_page,
)

PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><title>页</title>'
    '<meta name="viewport" content="width=device-width"><main><h1>页</h1>{}</main></html>'
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A telephone with nothing on it."""
    context = new_context(browser, "http://127.0.0.1:9", PHONE)
    yield open_page(context)
    context.close()


def test_a_sound_page_passes(page: Page) -> None:
    page.set_content(PAGE.format("<p>正文</p>"))
    looks.check(page, "sound")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('<img src="data:,">', "alternative"),
        ('<p style="color: #bbb; background: #fff">淡的字</p>', "contrast"),
        ('<div style="width: 380px">宽</div>', "at 360 px scrolls sideways"),
        ('<div style="width: 500px">宽</div>', "scrolls sideways"),
        ("<p>" + "长" * 33_400 + "</p>", "bytes"),
    ],
)
def test_what_is_wrong_is_found(page: Page, wrong: str, said: str) -> None:
    page.set_content(PAGE.format(wrong))
    with pytest.raises(AssertionError, match=said):
        looks.check(page, "wrong")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("console.error('schade')", "console: schade"),
        ("setTimeout(() => { throw new Error('kaputt') })", "script: .*kaputt"),
        ("new Image().src = 'http://example.invalid/a.png'", "leaves this machine"),
        ("fetch('http://127.0.0.1:9/').catch(() => 0)", "127.0.0.1:9/: net::ERR_"),
    ],
)
def test_trouble_is_collected(browser: Browser, wrong: str, said: str) -> None:
    trouble = Trouble("http://127.0.0.1:9")
    context = new_context(browser, "http://127.0.0.1:9", PHONE)
    trouble.watch(context)
    page = open_page(context)
    page.set_content(PAGE.format(""))
    page.evaluate(f"() => {{ {wrong} }}")
    page.wait_for_timeout(200)
    context.close()
    assert any(re.search(said, found) for found in trouble.found), trouble.found


def test_without_chromium_it_says_how_to_install_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(ChromiumMissingError, match="apt install chromium"), chromium(None):  # type: ignore[arg-type]  # is not reached
        pass
