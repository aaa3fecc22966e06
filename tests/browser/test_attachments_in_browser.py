"""附件 in a real browser: uploaded in place and without scripts, opened, taken away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.attachments import files
from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View, views
from tests.browser.line import DRAFTER, fill_form
from tests.browser.seat import Office, Seat

PICTURE = {"name": "现场照片.png", "mimeType": "image/png", "buffer": files.png()}
PROGRAM = {"name": "程序.pdf", "mimeType": "application/pdf", "buffer": b"MZ"}


@pytest.mark.parametrize("view", views(PLAIN, DESKTOP, PHONE), ids=lambda view: view.name)
def test_a_file_is_uploaded_opened_and_removed(
    office: Callable[[View], Office], view: View
) -> None:
    """The refused file says why beside the field; the good one stands in the list and opens."""
    seat = office(view).seat(DRAFTER)
    seat.trouble.expected |= {422}
    _draft(seat, f"附件试填（{view.name}）")
    _upload(seat, PROGRAM)
    expect(seat.page.get_by_text("文件内容与扩展名“pdf”不符").first).to_be_visible()
    seat.met("upload-refused")
    if not view.scripts:
        seat.press(seat.page.get_by_role("link", name="返回事项"))
    _upload(seat, PICTURE)
    seat.expect_said("附件已上传")
    link = seat.page.get_by_role("link", name="现场照片.png")
    expect(link).to_be_visible()
    seat.met("attached")
    answer = seat.context.request.get(str(link.get_attribute("href")))
    assert answer.body() == files.png()
    seat.press(seat.page.get_by_text("移除现场照片.png"))
    seat.met("removing")
    seat.press(seat.page.get_by_role("button", name="确认移除"))
    seat.expect_said("附件已移除")
    expect(link).to_have_count(0)


def _draft(seat: Seat, title: str) -> None:
    seat.page.goto("/items/new?secret=no")
    fill_form(seat, title)
    seat.press(seat.page.get_by_role("button", name="保存草稿"))
    seat.expect_said("草稿已保存")


def _upload(seat: Seat, file: dict[str, object]) -> None:
    form = seat.page.locator("form[action$='/attachments']")
    if not form.is_visible():
        seat.press(seat.page.get_by_text("上传附件", exact=True).first)
    form.get_by_label("文件").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    form.get_by_label("本人确认内容及附件不涉及国家秘密").check()
    seat.press(form.get_by_role("button", name="上传"))
