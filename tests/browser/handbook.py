"""The handbook's pictures, taken from the sample college at its fixed day.

`python3 run.py shots --handbook` writes them anew into docs/handbook/pictures/; the chapters show
them by name (tests/docs/test_handbook.py). What changes from one run to the next is left out of
them: the time at the foot, the watermark, the demo's line; and fields for dates, in which the
browser's own language shows.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from portal import demo
from tests.browser.chromium import DESKTOP, PHONE, View, chromium
from tests.browser.college import sample_college
from tests.browser.live import ROOT, live_portal
from tests.browser.seat import Office, Seat
from tests.conftest import ANCHOR

FOLDER = ROOT / "docs" / "handbook" / "pictures"
COLOURS = 64
"""As many as a page of flat colours needs; a picture then has some tens of kilobytes."""
LEFT_OUT = """() => {
    const all = selector => document.querySelectorAll(selector);
    all(".db-foot, .db-strip-demo, .db-watermark, .db-toasts").forEach(part => part.remove());
    all("input[type=date]").forEach(field => { field.style.color = "transparent"; });
}"""


class Picture(NamedTuple):
    """One picture: its file's name, the chapter that shows it and under which words, whose eyes,
    the address and then the links that are followed, the window, how much of it (px)."""

    name: str
    chapter: str
    shows: str
    who: str
    way: tuple[str, ...]
    view: View = DESKTOP
    height: int = 900


PICTURES = (
    Picture("office-desk", "office", "党政办的工作台", "何玉萍", ("/",)),
    Picture(
        "office-question",
        "office",
        "立项先回答是否涉及国家秘密",
        "何玉萍",
        ("/items/new",),
        height=420,
    ),
    Picture("office-form", "office", "立项的填写页面", "何玉萍", ("/items/new?secret=no",)),
    Picture("office-numbers", "office", "编号管理", "何玉萍", ("/numbers",), height=620),
    Picture("office-waiting", "office", "卡在哪里", "何玉萍", ("/waiting",)),
    Picture("office-urges", "office", "催办管理", "何玉萍", ("/urges",)),
    Picture("office-ledger", "office", "督办台账", "何玉萍", ("/ledger",)),
    Picture("office-stats", "office", "统计分析", "何玉萍", ("/stats",)),
    Picture("office-inspections", "office", "实地督查", "何玉萍", ("/inspections",), height=560),
    Picture("office-indicators", "office", "指标", "何玉萍", ("/reports/indicators",)),
    Picture("office-report", "office", "学期报告", "何玉萍", ("/reports", "关于2026"), height=1100),
    Picture("office-burden", "office", "减负台账", "何玉萍", ("/burden",)),
    Picture("office-calendar", "office", "工作日历", "何玉萍", ("/calendar",)),
    Picture("leader-desk", "leaders", "校领导的工作台", "坤清祥", ("/",)),
    Picture("leader-desk-phone", "leaders", "手机上的工作台", "向维岷", ("/",), PHONE, 844),
    Picture("leader-sign-phone", "leaders", "手机签批", "向维岷", ("/", "审定"), PHONE, 844),
    Picture(
        "leader-item",
        "leaders",
        "事项页",
        "坤清祥",
        ("/ledger?light=red", "南校区学生公寓"),
        height=1100,
    ),
    Picture("unit-desk", "units", "单位负责人的工作台", "坤建军", ("/",)),
    Picture("unit-todo-phone", "units", "手机上的待办", "邓涛", ("/todo",), PHONE, 700),
    Picture("unit-item", "units", "承办人打开的事项页", "邓涛", ("/todo", "冬季校园消防")),
    Picture(
        "unit-report",
        "units",
        "填报反馈",
        "邓涛",
        ("/todo", "冬季校园消防", "填报反馈"),
        height=1100,
    ),
    Picture("case", "accountability", "问责线索", "杨思源", ("/accountability", "南校区学生公寓")),
    Picture("archives", "archivist", "按销号年度列出的档案", "黄素芬", ("/archives",)),
    Picture("lists", "confidentiality", "知悉名单", "周慎之", ("/knowledge",), height=700),
    Picture("admin-units", "administrators", "单位", "sysadmin01", ("/admin/units",), height=700),
    Picture(
        "admin-accounts",
        "administrators",
        "账号和口令",
        "secadmin01",
        ("/admin/accounts",),
        height=700,
    ),
    Picture("admin-log", "administrators", "审计日志", "auditor01", ("/admin/log",), height=620),
)


def main() -> int:
    """Take all of them anew. Returns the exit code."""
    FOLDER.mkdir(exist_ok=True)
    for former in FOLDER.glob("*.png"):
        former.unlink()
    with (
        TemporaryDirectory() as files,
        sample_college(Path(files), demo.load, worker=True) as college,
        live_portal(college.servers, Path(files), ANCHOR.isoformat()) as portal,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for view in (DESKTOP, PHONE):
            office = Office(browser, portal.address, view, lambda _page, _name: None, {})
            for picture in PICTURES:
                if picture.view == view:
                    take(office.seat(picture.who), picture)
            office.close()
    size = sum(file.stat().st_size for file in FOLDER.glob("*.png"))
    print(f"已保存{len(PICTURES)}幅插图，共{size // 1024} KB：{FOLDER}")
    return 0


def take(seat: Seat, picture: Picture) -> None:
    """One picture, into its file."""
    go(seat, picture)
    page = seat.page
    page.set_viewport_size({"width": picture.view.width, "height": picture.height})
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(LEFT_OUT)
    (FOLDER / f"{picture.name}.png").write_bytes(small(page.screenshot()))
    print(picture.name, flush=True)


def go(seat: Seat, picture: Picture) -> None:
    """Open the page as a person would: the address, then the links by their words."""
    address, *links = picture.way
    answer = seat.page.goto(address)
    assert answer is not None
    assert answer.ok, f"{picture.name}: {address}"
    for words in links:
        seat.press(seat.page.get_by_role("main").get_by_role("link", name=words).first)
        seat.page.wait_for_load_state()
    expect(seat.page.get_by_role("heading", level=1)).to_be_visible()


def small(png: bytes) -> bytes:
    """The picture with few colours, as a PNG with a palette."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(written, "PNG", optimize=True)
    return written.getvalue()
