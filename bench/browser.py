"""`python3 -m bench.browser`: the main pages in a browser, by its own timing (measures).

Largest contentful paint and interaction delay (the longest of what a person presses: the menu, Tab,
in the search dialog a letter) as `PerformanceObserver` tells them, in Chromium, at the width of a
desk and of a phone. On filled ledgers, or with `--at` on a portal that runs, such as the demo's.
Clocks of a shared machine say little: beside the milliseconds stands the ratio to the sign-in page
of the same run. Each page is opened once before it is measured, so that the assets are there.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.addresses import FOUND, MAIN, Address
from bench.filling.kept import DATA_DIR, TODAY, filled
from portal.config import Settings
from portal.embedded import attach
from tests.browser.chromium import DESKTOP, PHONE, View, chromium, new_context
from tests.browser.live import live_portal
from tests.browser.seat import Seat

VIEWS = {view.name: view for view in (DESKTOP, PHONE)}
OBSERVE = """() => {
    window.measured = { paint: 0, delays: {} };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.measured.paint = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
        for (const { interactionId, duration } of list.getEntries()) {
            const longest = window.measured.delays[interactionId] || 0;
            if (interactionId) window.measured.delays[interactionId] = Math.max(longest, duration);
        }
    }).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""
"""The observers; an interaction below 16 ms is not told."""
SETTLED = 300  # milliseconds after which nothing more is painted
DIALOG = "search dialog"
SIGN_IN = Address("sign-in page", "", "/login")
LINE = "{:<26}{:<10}{:<10}{:>9}{:>8}{:>9}{:>8}"


class Timing(NamedTuple):
    """Milliseconds until the largest content was painted, and the longest interaction."""

    paint: float
    delay: float


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.browser", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000], help="numbers of items")
    parser.add_argument("--at", help="the address of a demo that runs, instead")
    parser.add_argument("--rounds", type=int, default=3, help="visits of each page (default 3)")
    parser.add_argument("--throttle", type=float, default=1.0, help="slow the CPU down so often")
    parser.add_argument("--views", choices=VIEWS, nargs="+", default=list(VIEWS))
    wanted = parser.parse_args()
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for said, address in _portals(wanted.at, wanted.sizes):
            for name in wanted.views:
                print(f"\n{said}, {name}, CPU slowed {wanted.throttle:g} times")
                print(LINE.format("page", "as", "view", "LCP", "ratio", "delay", "ratio"))
                visits = Visits(browser, address, VIEWS[name], wanted.throttle, wanted.rounds)
                visits.show(MAIN)
    return 0


def _portals(at: str | None, sizes: Sequence[int]) -> Iterator[tuple[str, str]]:
    """What is measured, and its address."""
    if at:
        yield at, at.rstrip("/")
        return
    servers = attach(Settings(data_dir=DATA_DIR))
    for count in sizes:
        with (
            filled(servers, count) as ours,
            tempfile.TemporaryDirectory() as folder,
            live_portal(ours, Path(folder), TODAY.isoformat()) as portal,
        ):
            yield f"{count:,} items", portal.address


class Visits:
    """Visits of pages in one view by the people who open them."""

    def __init__(
        self, browser: Browser, address: str, view: View, throttle: float, rounds: int
    ) -> None:
        self.browser, self.address, self.view = browser, address, view
        self.throttle, self.rounds = throttle, rounds
        self.kept: dict[str, Any] = {}

    def show(self, pages: Sequence[Address]) -> None:
        """A line a page; the sign-in page first, which the others are compared with."""
        first = self._timing(SIGN_IN)
        for page in (SIGN_IN, *pages):
            timing = first if page is SIGN_IN else self._timing(page)
            print(
                LINE.format(
                    page.name, page.who, self.view.name, f"{timing.paint:.0f}",
                    f"{timing.paint / first.paint:.1f}", f"{timing.delay:.0f}",
                    f"{timing.delay / first.delay:.1f}",
                ),
                flush=True,
            )  # fmt: skip

    def _timing(self, page: Address) -> Timing:
        with self._context(page.who) as context:
            address = "/" if page.name == DIALOG else self._address(context, page.at)
            visits = [self._visit(context, page, address) for _ in range(self.rounds + 1)]
        return Timing(*(statistics.median(each) for each in zip(*visits[1:], strict=True)))

    @contextmanager
    def _context(self, who: str) -> Iterator[BrowserContext]:
        """A browser of this person, signed in if anybody is named."""
        if who and who not in self.kept:
            seat = Seat(self.browser, self.address, self.view, lambda _page, _name: None)
            seat.come_in(who)
            self.kept[who] = seat.context.storage_state()
            seat.context.close()
        context = new_context(self.browser, self.address, self.view, self.kept.get(who))
        try:
            yield context
        finally:
            context.close()

    def _address(self, context: BrowserContext, at: str) -> str:
        """The address itself, or the first one of its kind on the page where such stand."""
        if at not in FOUND:
            return at
        where, pattern = FOUND[at]
        found = pattern.search(context.request.get(where).text())
        if found is None:
            raise RuntimeError(f"no {at} at {where}")
        return found[1]

    def _visit(self, context: BrowserContext, page: Address, address: str) -> Timing:
        window = context.new_page()
        try:
            window.add_init_script(f"({OBSERVE})()")
            if self.throttle > 1:
                session = context.new_cdp_session(window)
                session.send("Emulation.setCPUThrottlingRate", {"rate": self.throttle})
            window.goto(address, wait_until="load")
            window.wait_for_timeout(SETTLED)
            paint = window.evaluate("window.measured.paint")
            _press(window, page)
            window.wait_for_timeout(SETTLED)
            delays = window.evaluate("Object.values(window.measured.delays)")
            return Timing(paint, max(delays, default=16.0))
        finally:
            window.close()


def _press(window: Page, page: Address) -> None:
    """What a person does first: open the menu and go on with Tab, or look for something."""
    if page.name == DIALOG:
        window.keyboard.press("Control+k")
        window.keyboard.type("an", delay=50)
        return
    menu = window.get_by_role("banner").locator("summary")
    if menu.count():
        menu.first.click()
        menu.first.click()
    for _ in range(2):
        window.keyboard.press("Tab")


if __name__ == "__main__":
    sys.exit(main())
