"""A package holds whatever sheets an item has (SPEC §2.11), each the one its number leads to."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask

from portal.attachments.checking import look_into
from portal.documents import commands as sheets
from portal.documents.control import printed_in
from portal.extensions import db
from portal.models import Document
from portal.rooms.verifying.queries import of_number
from portal.rulebook.guards import Call
from portal.rulebook.scope import everything, view_as_clock
from portal.steps.closing import commands as closing
from portal.steps.issuing import commands as issuing
from portal.steps.phone import commands as phone
from tests.attachments import files
from tests.documents.samples import text_of
from tests.people import draft
from tests.rooms.archives.conftest import Made, path_of
from tests.stages import person
from tests.steps.acting import CO_HEAD, CO_UNIT, HANDLER, HEAD, LEAD, OFFICE, Actor, intent

SHEETS = [
    "立项备案单",
    "督办事项通知单（保卫处）",
    "督办事项通知单（学工部）",
    "督办事项通知单（后勤国资处）",
    "工作计划表（保卫处）",
    "电话督办记录（第1次）",
    "反馈报告（第1期）",
    "反馈报告（第2期，后勤国资处）",
    "办结备案单",
]
FILE = "整改照片😀.png"
"""No face has the last character: the report's sheet names the file all the same."""
ONCE = "notices"
WEEKS = {"level": 2, "deadline_kind": "days", "deadline_days": 15}


def _live(actor: Actor) -> None:
    """A plan, a call, a report of the lead unit and one of a co-unit; then 销号."""
    actor.to_work()
    viewer, item = actor.item(HEAD)
    days = (date(2026, 11, 27), date(2026, 12, 4))
    steps = [issuing.Step("完成全部楼栋排查", day) for day in days]
    issuing.send_plan(viewer, item, actor.share(LEAD), intent(item), steps)
    viewer, item = actor.item()
    at = viewer.moment.instant - timedelta(seconds=1)
    call = Call(
        called_at=at, caller_id=person(OFFICE), callee_id=person(HANDLER), channel="phone",
        purpose="supervise", content="询问进展。", requirement="", deadline=None,
        reply="明早报送。", reply_form="oral", replied_at=at, promised_on=None,
    )  # fmt: skip
    phone.record(viewer, item, call, intent(item), declared=True)
    sound = look_into(FILE, BytesIO(files.png())).sound
    actor.report(HEAD, files=[sound])
    actor.receive(CO_HEAD, CO_UNIT)
    actor.report(CO_HEAD, CO_UNIT)
    actor.apply_close()
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))


@pytest.mark.long
def test_all_sorts_of_sheets_by_their_numbers(
    college: Flask, worker: Flask, made: Made, asked: list[int]
) -> None:
    """Each once and in the order of the table; the number on it leads to this very version, which
    is what the portal hands out."""
    actor = Actor(college, draft(college, "A01", **WEEKS))
    with college.app_context():
        _live(actor)
        sheets.ask(*actor.item(), "filing")  # asked for and not made: the package makes it
    package = made(actor)
    with zipfile.ZipFile(path_of(college, package)) as archive:
        found = [name for name in archive.namelist() if name[:1] == "0"]
        beside = [f"第1期反馈-{FILE}", "办理过程.pdf", "办理记录及封存摘要.json"]
        assert [name[4:] for name in found] == [*(f"{sheet}.pdf" for sheet in SHEETS), *beside]
        found = found[: len(SHEETS)]
        told = [text_of(archive.read(name)) for name in found]
    numbers = [printed_in(text) for text in told]
    assert "整改照片〓" in told[SHEETS.index("反馈报告（第1期）")]
    assert all(len(of_one) == 1 for of_one in numbers)
    with worker.app_context(), everything(because="测试"):
        viewer = view_as_clock(worker.extensions["portal.clock"])
        for (number,), label in zip(numbers, SHEETS, strict=True):
            kept = of_number(viewer, number)
            assert kept is not None
            assert kept.stand == "current", label
        kinds = set(db.session.scalars(db.select(Document.kind)))
    assert len(kinds) == len(SHEETS), "全部通知单 prints others again"
    assert ONCE not in kinds
