"""A report with its 佐证材料 in a real browser: chosen, refused, chosen again, sent in one act."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers
from tests.attachments import files
from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.line import REPORT
from tests.browser.seat import Office, Seat
from tests.conftest import ANCHOR, close, test_settings
from tests.people import draft, sign_in
from tests.steps.work import HANDLER, at_work

SHEET = {"name": "隐患台账.xlsx", "mimeType": "", "buffer": files.xlsx("甲")}
PICTURE = {"name": "整改后.png", "mimeType": "image/png", "buffer": files.png()}
PROGRAM = {"name": "程序.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}
TOGETHER = 120 * 1024 * 1024
"""More than the portal reads of one request."""


@pytest.fixture
def item_at_work(live_database: Servers, tmp_path: Path) -> uuid.UUID:
    """An item of the running portal that 邓涛 handles; brought there without a browser."""
    app = create_app(test_settings(live_database, tmp_path), clock=Clock.standing_at(ANCHOR))
    app.config["TESTING"] = True
    made = at_work(app, lambda who: sign_in(app, who), lambda sample: draft(app, sample))
    close(app)
    return made


@pytest.mark.parametrize("view", views(PHONE, DESKTOP, PLAIN), ids=lambda view: view.name)
def test_a_report_is_sent_with_its_files(
    office: Callable[[View], Office], item_at_work: uuid.UUID, view: View
) -> None:
    """422 keeps every text and says that files are to be chosen again; then both are there."""
    seat = office(view).seat(HANDLER)
    seat.trouble.expected |= {422}
    form = _filled(seat, item_at_work)
    seat.met("report with files")
    _send(seat, form, SHEET, PROGRAM)
    expect(form.get_by_text("“程序.pdf”：文件内容与扩展名“pdf”不符")).to_be_visible()
    expect(form.get_by_role("alert")).to_contain_text("已填内容均已保留，文件请重新选择。")
    expect(form.get_by_text("请重新选择文件后再提交。")).to_be_visible()
    expect(form.get_by_label("办理举措")).to_have_value(str(REPORT["办理举措"]))
    seat.met("report refused for a file")
    _send(seat, form, SHEET, PICTURE)
    seat.expect_said("反馈已报送")
    report = seat.page.get_by_role("group").filter(has_text="第1期反馈").first
    link = report.get_by_role("link", name="整改后.png")
    expect(link).to_be_visible()
    expect(report.get_by_role("link", name="隐患台账.xlsx")).to_be_visible()
    answer = seat.context.request.get(str(link.get_attribute("href")))
    assert answer.body() == files.png()
    seat.met("report with its files")


def test_more_than_a_request_holds_is_said_beside_the_form(
    office: Callable[[View], Office], item_at_work: uuid.UUID, tmp_path: Path
) -> None:
    """Before it is sent; the form stands as it was filled."""
    seat = office(DESKTOP).seat(HANDLER)
    form = _filled(seat, item_at_work)
    large = tmp_path / "大.pdf"
    with large.open("wb") as file:
        file.truncate(TOGETHER)
    form.get_by_label("佐证材料").set_input_files(large)
    seat.press(form.get_by_role("button", name="提交反馈"))
    expect(form.get_by_role("alert")).to_contain_text("“大.pdf”超过50 MB")
    expect(form.get_by_label("办理举措")).to_have_value(str(REPORT["办理举措"]))


@pytest.mark.long
def test_a_proxy_s_refusal_is_said_in_the_portal_s_words(
    office: Callable[[View], Office], item_at_work: uuid.UUID
) -> None:
    """nginx answers 413 before the portal sees anything."""
    seat = office(DESKTOP).seat(HANDLER)
    seat.trouble.expected |= {413}
    form = _filled(seat, item_at_work)
    seat.page.route(
        re.compile(r"/feedback\?"), lambda route: route.fulfill(status=413, body="too large")
    )
    _send(seat, form, PICTURE)
    seat.expect_said("文件过大，内容未丢失")
    expect(form.get_by_label("办理举措")).to_have_value(str(REPORT["办理举措"]))


def _filled(seat: Seat, item: uuid.UUID) -> Locator:
    seat.page.goto(f"/items/{item}/feedback/new")
    form = seat.panel("书面报告")
    seat.fill(form, REPORT)
    return form


def _send(seat: Seat, form: Locator, *chosen: dict[str, object]) -> None:
    form.get_by_label("佐证材料").set_input_files(list(chosen))  # type: ignore[arg-type]  # payloads
    seat.press(form.get_by_role("button", name="提交反馈"))
