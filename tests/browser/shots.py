"""`run.py shots`: a picture of every page, and of an item in every state of the main line.

On the desk's screen and on the telephone, from the sample college, into `var/shots/`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from portal import create_app, demo
from portal.clock import Clock
from portal.config import load_settings
from portal.demo import draft_inputs
from portal.demo.drafts import FIRST
from portal.embedded import EmbeddedError, Servers, attach, create_database, drop_database
from tests.browser.chromium import DESKTOP, PHONE, ChromiumMissingError, chromium
from tests.browser.line import DRAFTER, FILED, LINE, SUBMIT, Step, walk
from tests.browser.live import ROOT, NotStartedError, live_portal
from tests.browser.numbers import HEAD, keep_numbers
from tests.browser.pages import PEOPLE, STRANGERS_PAGES, pages_of
from tests.browser.seat import Office, Seat
from tests.conftest import ANCHOR, test_settings
from tests.people import draft

FOLDER = ROOT / "var" / "shots"
WIDTHS = {view.width: view.height for view in (DESKTOP, PHONE)}


class Camera:
    """Takes the page as it stands at both widths; the files are numbered as they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0

    def take(self, page: Page, name: str) -> None:
        """One picture a width; the page keeps the desk's afterwards."""
        self.taken += 1
        for width, height in reversed(WIDTHS.items()):
            page.set_viewport_size({"width": width, "height": height})
            # As tall as the page, so that the phone's bar stands at its foot.
            page.evaluate("scrollTo(0, 0)")
            whole = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(height, whole)})
            file = f"{self.taken:02}-{re.sub(r'[（）/]', '-', name).strip('-')}-{width}.png"
            page.screenshot(path=self.folder / file, caret="initial")
        page.set_viewport_size({"width": DESKTOP.width, "height": DESKTOP.height})
        print(f"{self.taken:02} {name}", flush=True)


def take_all(folder: Path) -> int:
    """Every picture into `folder`, which is emptied first. Returns how many pages were met."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    camera = Camera(folder)
    with (
        TemporaryDirectory() as files,
        _sample(Path(files)) as servers,
        live_portal(servers, Path(files), ANCHOR.isoformat()) as portal,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        office = Office(browser, portal.address, DESKTOP, camera.take, {})
        _strangers(office, camera)
        _follow_the_line(office)
        _visit(office, camera)
        _keep_numbers(office)
        office.close()
    return camera.taken


@contextmanager
def _sample(files: Path) -> Iterator[Servers]:
    """A database with the sample college and its first drafts, for this run alone."""
    data_dir = Path(os.environ.get("PORTAL_TEST_DATA_DIR", ROOT / "var" / "test"))
    servers = attach(load_settings({"PORTAL_DATA_DIR": str(data_dir)}))
    name = f"shots_{os.getpid()}"
    try:
        own = create_database(servers, name)
        settings = test_settings(own, files)
        with create_app(settings).app_context():
            upgrade(directory=str(ROOT / "migrations"))
        app = create_app(settings, clock=Clock.standing_at(ANCHOR))
        demo.load_college(app)
        first, second = FIRST
        draft(app, first, co_units=["HGC"])  # the walk knows of this one co-unit
        draft(app, second)
        yield own
    finally:
        drop_database(servers, name)


def _strangers(office: Office, camera: Camera) -> None:
    page = office.nobody().page
    for name, address in STRANGERS_PAGES.items():
        page.goto(address)
        camera.take(page, name)


def _follow_the_line(office: Office) -> None:
    """The sample's first draft from 提交立项 to 归档, each state as its next person sees it."""
    title = str(draft_inputs()[0]["title"])

    def after(step: Step, seat: Seat) -> None:
        if step.region == FILED:
            seat.press(seat.page.get_by_role("button", name="生成立项备案单"))
            seat.page.get_by_role("link", name="立项备案单.pdf").wait_for()
            seat.met("item-with-sheet")

    walk(office, title, (SUBMIT, *LINE), after)
    office.seat(LINE[-1].who).met("item-archived")


def _visit(office: Office, camera: Camera) -> None:
    office.seats[DRAFTER].trouble.expected |= {404}
    for who in PEOPLE:
        seat = office.seat(who)
        for name, address in pages_of(who).items():
            seat.page.goto(address)
            camera.take(seat.page, f"{name}-{who}")


def _keep_numbers(office: Office) -> None:
    seat = office.seat(HEAD)
    seat.trouble.expected |= {422}
    keep_numbers(seat, ANCHOR.year - 2)


def main() -> int:
    """Take the pictures and say where they are. Returns the exit code."""
    try:
        taken = take_all(FOLDER)
    except (ChromiumMissingError, EmbeddedError, NotStartedError) as error:
        print(error, file=sys.stderr)
        return 1
    except (PlaywrightError, AssertionError) as error:
        notes = "\n".join(getattr(error, "__notes__", ()))
        print(f"页面没有按预期打开：{error}\n{notes}", file=sys.stderr)
        return 1
    print(f"已保存{taken}个页面的截图（宽{'、'.join(map(str, WIDTHS))}像素）：{FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
