"""The browser itself: Debian's Chromium, kept on this machine, and what counts as trouble in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Route,
    expect,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "浏览器测试需要 Chromium，本机没有找到。请先执行（Debian、Ubuntu）：\n"
    "  apt install chromium fonts-noto-cjk"
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Eleven people sit at one browser: whoever is not in front must not fall asleep.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
CHINESE = {"LANGUAGE": "zh_CN"}
"""Its own words (on fields for files and dates) are those that the portal's people see."""
PATIENCE = 20_000  # milliseconds until what must come has come, on a busy machine


class ChromiumMissingError(RuntimeError):
    """There is no Chromium; the message says how to install it."""


class View(NamedTuple):
    """A way to look at the portal: the window, and whether scripts run."""

    name: str
    width: int
    height: int
    touch: bool = False
    scripts: bool = True


DESKTOP = View("desktop", 1440, 900)
PHONE = View("phone", 390, 844, touch=True)
PLAIN = View("without-script", 1440, 900, scripts=False)


def views(first: View, *others: View) -> list[Any]:
    """Views as parameters: the first in every run, the others by --long."""
    return [first, *(pytest.param(view, marks=pytest.mark.long) for view in others)]


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser. Raises ChromiumMissingError: these tests are never left out in silence."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise ChromiumMissingError(MISSING)
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(
        executable_path=path, args=list(ARGUMENTS), env={**os.environ, **CHINESE}
    )
    try:
        yield browser
    finally:
        browser.close()


def new_context(browser: Browser, address: str, view: View, kept: Any = None) -> BrowserContext:
    """One person's browser, with nothing but the cookies of `kept` (a storage state)."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": view.width, "height": view.height},
        has_touch=view.touch,
        is_mobile=view.touch,
        java_script_enabled=view.scripts,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=kept,
    )
    context.set_default_timeout(PATIENCE)
    return context


class Trouble:
    """Collects what must not happen in a browser: errors, failed requests, requests elsewhere."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.found: list[str] = []
        self.expected: set[int] = set()  # status codes that a test brings about on purpose

    def watch(self, context: BrowserContext) -> None:
        """From now on, in all pages of this context."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.found.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium and htmx repeat answers of 400 and above here; `_answered` judges those. Of a
        # page left while it refreshed a part htmx says so in two lines; `_failed` judges that.
        again = (
            "Failed to load resource",
            "Response Status Error Code",
            "htmx:sendAbort",
            "htmx:afterRequest",
        )
        if message.type in {"error", "warning"} and not message.text.startswith(again):
            self.found.append(f"console: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        # Chromium's own viewer of PDF is part of the browser.
        own = (self.address + "/", "data:", "blob:", "chrome:", "chrome-extension:")
        if not request.url.startswith(own):
            self.found.append(f"leaves this machine: {request.url}")

    def _failed(self, request: Request) -> None:
        # A download and a page left while it refreshed a part both end as ERR_ABORTED.
        if request.failure != "net::ERR_ABORTED":
            self.found.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"{response.request.method} {response.url}: {response.status}")


def open_page(context: BrowserContext) -> Page:
    """A window of this person's browser; questions before leaving a page are answered 「离开」."""
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def save_sheets(page: Page) -> None:
    """From now on this window saves a PDF instead of showing it.

    Chromium never ends closing a window whose PDF viewer is just being attached, and Playwright
    waits for the end of closing without a bound: of a hundred windows closed then, half hung.
    """
    page.route("**/*.pdf", _saved)


def _saved(route: Route) -> None:
    answer = route.fetch()
    headers = dict(answer.headers)
    if headers["content-type"] == "application/pdf":
        headers["content-disposition"] = "attachment"
    route.fulfill(response=answer, headers=headers)
