"""`run.py shots`: a picture of every page as every office sees it, on the desk's screen and on the
telephone, from the sample college, into `var/shots/`; its index.html shows them together.

First a walk from draft to archive, each state as its next person meets it; then everybody's round
through the whole sample. `--handbook` takes the handbook's pictures instead.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright
from werkzeug.routing import Map

from portal import demo
from portal.demo import draft_inputs
from portal.embedded import EmbeddedError
from tests.browser import handbook
from tests.browser.chromium import DESKTOP, PHONE, ChromiumMissingError, chromium
from tests.browser.college import first_drafts, sample_college
from tests.browser.line import DRAFTER, FILED, LINE, SUBMIT, Step, walk
from tests.browser.live import ROOT, NotStartedError, live_portal
from tests.browser.numbers import HEAD, keep_numbers
from tests.browser.pages import STRANGERS_PAGES
from tests.browser.rounds import OFFICES, go_round
from tests.browser.seat import Office, Seat
from tests.conftest import ANCHOR

FOLDER = ROOT / "var" / "shots"
WIDTHS = {view.width: view.height for view in (DESKTOP, PHONE)}
SHOWN = {str(DESKTOP.width)[-3:]: 640, str(PHONE.width): 260}
"""How wide index.html shows a picture, by the last signs of its name."""


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
            file = f"{self.taken:03}-{re.sub(r'[（）/]', '-', name).strip('-')}-{width}.png"
            page.screenshot(path=self.folder / file, caret="initial")
        page.set_viewport_size({"width": DESKTOP.width, "height": DESKTOP.height})
        print(f"{self.taken:03} {name}", flush=True)


def take_all(folder: Path) -> int:
    """Every picture into `folder`, which is emptied first. Returns how many pages were met."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    camera = Camera(folder)
    with (
        TemporaryDirectory() as files,
        sample_college(Path(files), first_drafts) as college,
        live_portal(college.servers, Path(files), ANCHOR.isoformat()) as portal,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        office = Office(browser, portal.address, DESKTOP, camera.take, {})
        _strangers(office, camera)
        _follow_the_line(office)
        _keep_numbers(office)
        office.close()
    with (
        TemporaryDirectory() as files,
        sample_college(Path(files), demo.load, worker=True) as college,
        live_portal(college.servers, Path(files), ANCHOR.isoformat()) as portal,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        office = Office(browser, portal.address, DESKTOP, camera.take, {})
        _rounds(office, camera, college.places)
        office.close()
    _index(folder)
    return camera.taken


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

    walk(office, title, (SUBMIT, *LINE), after=after)
    office.seat(LINE[-1].who).met("item-archived")


def _rounds(office: Office, camera: Camera, places: Map) -> None:
    for who, post in OFFICES.items():
        seat = office.seat(who)
        every = who == DRAFTER  # who may know of an item in any state

        def take(page: Page, name: str, post: str = post) -> None:
            camera.take(page, f"{post}-{name}")

        go_round(seat, places, take, every_state=every)


def _index(folder: Path) -> None:
    """All pictures on one page, to be looked through."""
    figures = "".join(
        f'<a href="{escape(file.name)}"><img src="{escape(file.name)}" alt="{escape(file.stem)}"'
        f' width="{SHOWN[file.stem[-3:]]}" loading="lazy"></a>\n'
        for file in sorted(folder.glob("*.png"))
    )
    page = f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>截图</title>\n{figures}'
    (folder / "index.html").write_text(page, encoding="utf-8")


def _keep_numbers(office: Office) -> None:
    seat = office.seat(HEAD)
    seat.trouble.expected |= {422}
    keep_numbers(seat, ANCHOR.year - 2)


def main() -> int:
    """Take the pictures and say where they are. Returns the exit code."""
    asked = argparse.ArgumentParser(prog="python3 run.py shots", description="每个页面的截图")
    asked.add_argument("--handbook", action="store_true", help="重新生成使用手册的插图")
    try:
        if asked.parse_args().handbook:
            return handbook.main()
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
