"""What every page that is met must keep: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": STANDARDS},
}
NARROWEST = 360  # pixels, the narrowest telephone in use
_AXE = Axe()


def check(page: Page, name: str) -> None:
    """Fail with the name of the page and what is wrong on it."""
    _accessible(page, name)
    _fits(page, name)
    size = page.viewport_size
    if size is not None and size["width"] < 720:
        page.set_viewport_size({**size, "width": NARROWEST})
        _fits(page, f"{name} at {NARROWEST} px")
        page.set_viewport_size(size)


def _accessible(page: Page, name: str) -> None:
    found = _AXE.run(page, options=OPTIONS)
    assert not found.violations_count, f"{name}: {found.generate_report()}"


def _fits(page: Page, name: str) -> None:
    width = (page.viewport_size or {"width": 0})["width"]
    wide = page.evaluate(
        """width => [document.documentElement.scrollWidth, [...document.body.querySelectorAll("*")]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .slice(0, 5).map(e => e.localName + "." + e.className)]""",
        width,
    )
    assert wide[0] <= width, f"{name} scrolls sideways: {wide}"
