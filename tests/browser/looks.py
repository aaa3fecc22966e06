"""What every page that is met must keep: axe finds nothing, it fits and is small."""

from __future__ import annotations

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": STANDARDS},
}
NARROWEST = 360  # pixels, the narrowest telephone in use
LARGEST = 100_000  # bytes of a page's HTML
WITHIN = 30_000  # milliseconds; it takes one second
BEGIN = """options => {
    window.axeFound = null;
    axe.run(document, options).then(found => { window.axeFound = found; });
}"""
_AXE = Axe()


def check(page: Page, name: str) -> None:
    """Fail with the name of the page and what is wrong on it."""
    _small(page, name)
    _accessible(page, name)
    _fits(page, name)
    size = page.viewport_size
    if size is not None and size["width"] < 720:
        page.set_viewport_size({**size, "width": NARROWEST})
        _fits(page, f"{name} at {NARROWEST} px")
        page.set_viewport_size(size)


def _small(page: Page, name: str) -> None:
    size = len(page.content().encode())
    assert size < LARGEST, f"{name} has {size} bytes"


def _accessible(page: Page, name: str) -> None:
    found = AxeResults(_axe(page))
    assert not found.violations_count, f"{name}: {found.generate_report()}"


def _axe(page: Page) -> dict[str, object]:
    """What axe finds. It is begun and then waited for with a bound: a page in the background,
    or one that renews itself meanwhile, may never answer, and is asked once more."""
    for _attempt in range(2):
        page.bring_to_front()
        page.evaluate(_AXE.axe_script)
        page.evaluate(BEGIN, OPTIONS)
        try:
            page.wait_for_function("() => window.axeFound", timeout=WITHIN, polling=200)
        except TimeoutError:
            page.reload()
            continue
        found: dict[str, object] = page.evaluate("() => window.axeFound")
        return found
    raise AssertionError("axe did not end on this page, twice")


def _fits(page: Page, name: str) -> None:
    width = (page.viewport_size or {"width": 0})["width"]
    wide = page.evaluate(
        """width => [document.documentElement.scrollWidth, [...document.body.querySelectorAll("*")]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .slice(0, 5).map(e => e.localName + "." + e.className)]""",
        width,
    )
    assert wide[0] <= width, f"{name} scrolls sideways: {wide}"
