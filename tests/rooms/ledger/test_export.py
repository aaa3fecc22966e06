"""督办台账 as Excel, SPEC §6.5: at once, or as a job with progress; the viewer's own items, no
formulas."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.workbook import Workbook
from sqlalchemy import select, update

from portal import queued_work
from portal.attachments import unused
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import LedgerExport
from portal.rooms.ledger.columns import COLUMNS
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.exports.making import rows_of
from portal.rooms.ledger.exports.workbook import LedgerFile, harmless
from portal.rulebook.scope import everything, visible
from tests.pages import Page, get, values_of
from tests.people import draft
from tests.shaping import read_as
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    Actor,
    at_work,
)
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
OTHER, CO_UNIT_HEAD, RECORDER = "卓玛青措", "覃燚", "冉静"
LABELS = tuple(one.label for one in COLUMNS)
ORDINARY = "办理学生反映食堂部分窗口饭菜质价问题"


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


def _day(of_november: int) -> datetime:
    """A day as a sheet is read back."""
    return datetime(2026, 11, of_november)  # noqa: DTZ001 - Excel knows days, no zones


def _press(client: FlaskClient, address: str, **button: str) -> Workbook:
    """Press 导出全部列 on the ledger: the file itself comes back."""
    page = get(client, address)
    form = page.form("/ledger/exports")
    sent = {**values_of(form), **(button or {"every": "1"})}
    with client.post("/ledger/exports", data=sent) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "attachment" in answer.headers["Content-Disposition"]
        return openpyxl.load_workbook(BytesIO(answer.data))


def _rows(book: Workbook) -> list[dict[str, Any]]:
    sheet = book["督办台账"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == LABELS
    return [dict(zip(LABELS, row, strict=True)) for row in rows]


def _said(book: Workbook) -> dict[str, str]:
    return dict(book["口径说明"].iter_rows(values_only=True))


def _ask(app: Flask, query: str = "columns=all", who: str = OFFICE) -> str:
    """Ask for a job, as a release does; its page."""
    with app.app_context():
        return f"/ledger/exports/{commands.ask(read_as(app, who), query).public_id}"


def _file(client: FlaskClient, page: str) -> tuple[int, bytes]:
    with client.get(f"{page}.xlsx") as answer:
        return answer.status_code, answer.data


def test_a_short_ledger_is_handed_out_at_once(college: Flask, as_: As, asked: list[int]) -> None:
    """No job, no bytes kept; the row says who took which item."""
    draft(college, "A01")
    office = as_(OFFICE)
    assert len(_rows(_press(office, "/ledger"))) == 1
    with office.get("/ledger.xlsx") as direct:
        assert direct.status_code == 200
    assert asked == []
    with college.app_context():
        viewer = read_as(college, OFFICE)
        first, _second = db.session.scalars(visible(viewer, LedgerExport))
        assert (first.state, first.sha256, first.total, len(first.item_ids)) == (
            "given",
            None,
            1,
            1,
        )
    log = get(office, "/ledger/exports")
    assert [row.get_text(" ", strip=True) for row in log.soup.select("tbody .db-cell-title")] == [
        "不限", "不限",
    ]  # fmt: skip


def test_the_columns_of_the_button_are_those_of_the_page(college: Flask, as_: As) -> None:
    draft(college, "A01")
    book = _press(as_(OFFICE), "/ledger?columns=title,urged,light", form="excel")
    assert [cell.value for cell in book["督办台账"][1]] == ["事项", "催办次数", "灯号"]
    assert book["督办台账"].freeze_panes == "B2"


def test_a_job_leads_to_the_file(college: Flask, worker: Flask, as_: As, asked: list[int]) -> None:
    """Asked, made, downloaded; until then 202, and the page looks again by itself."""
    draft(college, "A01")
    office, page = as_(OFFICE), _ask(college)
    waiting = get(office, page)
    assert "正在导出" in waiting.soup.get_text()
    assert waiting.soup.find(id="export")["hx-trigger"] == "every 1s"
    with office.get(f"{page}.xlsx") as early:
        assert (early.status_code, early.headers["Retry-After"]) == (202, "1")
    with office.get(page) as without_script:
        assert without_script.headers["Refresh"] == "1"
    with worker.app_context():
        commands.make(asked[0])
        commands.make(asked[0])  # a second worker finds nothing to do
    done = get(office, page)
    assert "已完成，共1项" in done.soup.get_text()
    link = done.soup.find("a", attrs={"download": True})
    assert link is not None
    with office.get(str(link["href"])) as file:
        assert file.status_code == 200
        assert file.headers["Cache-Control"] == "no-store"
        assert "attachment" in file.headers["Content-Disposition"]


def test_a_row_says_what_the_item_s_page_says(college: Flask, as_: As) -> None:
    """An item in work with a report: every column, real dates, the share of the work as a share."""
    with at_work(college) as actor:
        actor.report(HEAD)
    book = _press(as_(OFFICE), "/ledger")
    (row,) = _rows(book)
    assert row | {"来源": "", "办理要求": ""} == {
        "序号": 1,
        "文号": "阿职督办〔2026〕1号",
        "事项": "冬季校园消防安全隐患集中排查整治",
        "来源": "",
        "类别": "批示类",
        "督办方式": "书面督办",
        "等级": "一级",
        "承办（牵头）单位": "安全保卫处",
        "单位责任人": HEAD,
        "承办人": HANDLER,
        "协办单位": "学工部、后勤国资处",
        "责任校领导": "坤清祥",
        "办理要求": "",
        "交办日期": _day(23),
        "原定时限": _day(26),
        "现行时限": _day(26),
        "剩余/逾期天数": "余3天",
        "状态": "办理中",
        "灯号": row["灯号"],
        "办理进度": 0.6,
        "最近反馈日期": _day(23),
        "最新进展": "已排查全部楼栋，发现隐患17处。",
        "催办次数": 0,
        "延期次数": 0,
        "办结日期": None,
        "是否按时": None,
        "备注": None,
    }
    sheet = book["督办台账"]
    assert sheet["N2"].number_format == 'yyyy"年"m"月"d"日"'
    assert sheet["T2"].number_format == "0%"
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:AA2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 0), (None, 0))
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        ("/ledger?state=running&sort=number", ["7", "18", "20", "21"]),
        ("/ledger?light=red", ["7"]),
        ("/ledger?sort=-number&q=号", []),
        ("/ledger?level=1", ["7", "3"]),
    ],
)
def test_filters_and_order_are_those_of_the_page(
    as_: As,
    ledger: dict[str, str],
    address: str,
    numbers: list[str],
) -> None:
    """What stands on the page under these filters, and the filters in words beside it."""
    client = as_(OFFICE)
    page: Page = get(client, address)
    book = _press(client, address)
    rows = _rows(book)
    assert [row["事项"] for row in rows] == [
        cell.a.get_text() for cell in page.soup.select(".db-cell-title")
    ]
    seen = [row["文号"].partition("〕")[2].removesuffix("号") for row in rows]
    assert [number for number in seen if number] == numbers
    said = _said(book)
    assert said["导出人"] == OFFICE
    assert said["范围"] == "本表仅含导出人有权查看的事项"
    assert said["事项数"] == f"{len(rows)}项"
    assert said["数据时间"].startswith("2026年11月23日")
    assert said["筛选条件"] != "不限"


def test_everybody_gets_his_own_items_and_no_others(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """A sensitive item stands in no sheet; who is on its list reads how many there are, others
    find no trace of it. A leader exports what he is in charge of, a head the unit's."""
    with sensitive(college) as actor:
        actor.to_filing()
    draft_id = draft(college, "A03")
    with college.app_context():
        Actor(college, draft_id).to_filing()
    told, titles = {}, {}
    for who in (OFFICE, LEADER, OTHER, HEAD, CO_UNIT_HEAD):
        client = as_(who)
        book = _press(client, "/ledger")
        rows = _rows(book)
        titles[who] = {row["事项"] for row in rows}
        assert [row["序号"] for row in rows] == list(range(1, len(rows) + 1))
        told[who] = _said(book).get("敏感事项")
        page = _ask(college, who=who)
        with worker.app_context():
            commands.make(asked[-1])
        assert ("另有1项敏感事项不导出" in get(client, page).text) == bool(told[who])
    one = "另有1项敏感事项不导出"
    assert told == {OFFICE: one, LEADER: one, OTHER: None, HEAD: one, CO_UNIT_HEAD: one}
    assert titles == {
        OFFICE: {ORDINARY}, LEADER: {ORDINARY}, OTHER: {ORDINARY}, HEAD: set(),
        CO_UNIT_HEAD: {ORDINARY},
    }  # fmt: skip


EXPORTS = {
    OFFICE: True, OFFICE_HEAD: True, LEADER: True, HEAD: True, RECORDER: True,
    HANDLER: False, "黄素芬": False, "周慎之": False,
}  # fmt: skip
"""SPEC §1.3 导出台账: 党政办, 分管校领导, 单位负责人, 纪委办 may; 承办人, 档案员, 机要员 not."""


@pytest.mark.parametrize(("who", "may"), EXPORTS.items())
def test_who_may_export(college: Flask, as_: As, who: str, may: bool) -> None:
    """The button stands where the address answers."""
    client = as_(who)
    page = get(client, "/ledger")
    assert ("/ledger/exports" in page.actions()) == may
    for address in ("/ledger.xlsx", "/ledger/exports", "/ledger/releases/new"):
        with client.get(address) as answer:
            assert (answer.status_code == 200) == may, address
            assert may or answer.status_code == 403


def test_recorders_export_no_texts_of_the_matter(college: Flask, as_: As) -> None:
    """「S」: without 办理要求 and 最新进展."""
    book = _press(as_(RECORDER), "/ledger")
    head = [cell.value for cell in book["督办台账"][1]]
    assert head == [one.label for one in COLUMNS if one.key not in ("requirement", "progress")]


def test_what_became_sensitive_meanwhile_is_left_out(college: Flask) -> None:
    """Also for who may know a part of it, and would count that part alone."""
    with sensitive(college) as actor:
        actor.to_filing()
        viewer, item = actor.item()
        assert list(rows_of(viewer, [item.id])) == []
        assert len(list(rows_of(viewer, [item.id], granted=frozenset({item.id})))) == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("public", "classification = 'sensitive'"),
        ("public", "readers = '{-1}'"),
        ("sensitive", "readers = '{-1}'"),
    ],
)
def test_a_file_ends_with_the_right_to_know_of_its_items(
    college: Flask, worker: Flask, database: Servers, as_: As, asked: list[int],
    was: str, becomes: str,
) -> None:  # fmt: skip
    """404, the page says so, the next wish is made anew; a file that only counts an item too."""
    draft(college, "A03", classification=was)
    client = as_(OFFICE)
    page = _ask(college)
    with worker.app_context():
        commands.make(asked[0])
    assert _file(client, page)[0] == 200
    assert _ask(college) == page
    with connect(database.owner_url) as raw:
        raw.execute(f"UPDATE item SET {becomes}".encode())  # noqa: S608 - of the table above
    assert _file(client, page)[0] == 404
    assert "文件已失效" in get(client, page).text
    assert _ask(college) != page
    assert len(asked) == 2


def test_nobody_else_finds_an_export(
    college: Flask, as_: As, worker: Flask, asked: list[int]
) -> None:
    """Another person's export answers like one that is none; so do both its addresses."""
    page = _ask(college)
    with worker.app_context():
        commands.make(asked[0])
    stranger = as_(OFFICE_LEADER)
    missing = f"/ledger/exports/{uuid.uuid4()}"
    for ending in ("", ".xlsx"):
        with stranger.get(page + ending) as found, stranger.get(missing + ending) as none:
            assert (found.status_code, none.status_code) == (404, 404)


def test_a_lost_job_is_found_again(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """A killed worker: taken up anew after a minute, given up after three tries."""
    draft(college, "A01")
    page = _ask(college)
    long_ago = datetime.now().astimezone() - timedelta(minutes=2)
    for tries in (1, 2, 3):
        with worker.app_context(), everything(because="test"):
            db.session.execute(
                update(LedgerExport).values(state="making", started_at=long_ago, tries=tries)
            )
            db.session.commit()
        with worker.app_context():
            commands.sweep()
    assert len(asked) == 3, "asked once, found lost twice"
    assert "导出未完成" in get(as_(OFFICE), page).soup.get_text()
    assert _ask(college) != page, "a failed one is asked for anew"


def test_asked_twice_is_made_once(college: Flask, asked: list[int]) -> None:
    """A double click is one export; other filters are another one."""
    first = _ask(college)
    assert _ask(college) == first
    assert _ask(college, "level=1") != first
    assert len(asked) == 2


def test_more_than_at_once_is_not_made_without_leave(
    college: Flask, worker: Flask, as_: As, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rows were fewer when they were asked for."""
    draft(college, "A01")
    page = _ask(college)
    monkeypatch.setattr(commands, "AT_ONCE", 0)
    with worker.app_context():
        commands.make(asked[0])
    assert "须经党政办主任同意" in get(as_(OFFICE), page).text


def test_the_bytes_go_after_a_day_and_the_row_stays(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """Who took what out stays on record."""
    page = _ask(college)
    with worker.app_context():
        commands.make(asked[0])
        unused.remove()
    assert _file(as_(OFFICE), page)[0] == 200
    with worker.app_context(), everything(because="test"):
        made = db.session.scalars(select(LedgerExport)).one()
        made.made_at = made.made_at - timedelta(days=2)
        db.session.commit()
    assert "文件保留1天，已过期" in get(as_(OFFICE), page).soup.get_text()
    assert _file(as_(OFFICE), page)[0] == 202


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86 837", "'+86 837"),
        ("-SUM(A1)", "'-SUM(A1)"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("消防=安全", "消防=安全"),
    ],
)
def test_no_text_becomes_a_formula(text: str, written: str) -> None:
    """Cells that begin with = + - @ are text and stay text when the file is saved on."""
    file = LedgerFile()
    file.add([text, *([None] * (len(COLUMNS) - 1))])
    sheet = openpyxl.load_workbook(BytesIO(file.content()))["督办台账"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (written, "s")


def test_a_cell_holds_no_more_than_excel_does() -> None:
    """Longer text is cut."""
    assert len(harmless("长" * 40_000)) == len(harmless("=" * 40_000)) == 32_767
