"""打印台账: the ledger for paper (SPEC §6.5, decision 0102): what is on screen, of any length."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pdfplumber
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import queued_work
from portal.documents.render import DocumentError
from portal.documents.typesetting.listing import AT_ONCE
from portal.embedded import Servers, connect
from portal.rooms.ledger.columns import Cell
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.exports.printed import LABELS, PrintedLedger, printed_cells
from tests.documents.samples import squeezed, text_of
from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import HEAD, LEADER, OFFICE, OFFICE_LEADER, Actor, at_work
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
MM = 72 / 25.4
HEADS = [
    "序号", "文号", "事项", "类别等级", "牵头单位", "协办单位", "责任校领导", "承办人", "交办日期",
    "完成时限", "余期", "状态灯号", "进度", "备注",
]  # fmt: skip
SAID = {
    "数据时间": "2026年11月23日09:30",
    "导出人": "何玉萍",
    "筛选条件": "不限",
    "事项数": "3项",
    "范围": "本表仅含导出人有权查看的事项",
}


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


def _ask(client: FlaskClient, address: str = "/ledger") -> str:
    """Press 打印台账; the page that shows how far it is."""
    answer = fill(client, address, "/ledger/exports", {"form": "pdf"})
    assert answer.status == 303
    return answer.location or ""


def _printed(worker: Flask, asked: list[int], client: FlaskClient, address: str) -> bytes:
    page = _ask(client, address)
    with worker.app_context():
        commands.make(asked[-1])
    with client.get(f"{page}.pdf") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
        return answer.data


def _rows(pdf: bytes) -> list[list[str]]:
    """The cells of the table, page after page; every page begins with the head."""
    found = []
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert (round(page.width), round(page.height)) == (842, 595)
            tables = page.find_tables()
            if not tables:
                continue
            head, *rows = [
                [squeezed(page.crop(cell).extract_text() or "") for cell in row.cells if cell]
                for row in tables[0].rows
            ]
            assert head == HEADS
            found += rows
    return found


def test_the_button_leads_to_the_list_as_it_stands_on_the_page(
    worker: Flask, as_: As, asked: list[int], ledger: dict[str, str]
) -> None:
    """Filter and order of the address; progress, and the file only under its own ending."""
    client = as_(OFFICE)
    address = "/ledger?state=running&sort=number"
    shown = [cell.a.get_text() for cell in get(client, address).soup.select(".db-cell-title")]
    page = _ask(client, address)
    waiting = get(client, page)
    assert "督办台账（PDF）" in waiting.soup.get_text()
    with client.get(f"{page}.pdf") as early:
        assert (early.status_code, early.headers["Retry-After"]) == (202, "1")
    pdf = _printed(worker, asked, client, address)
    rows = _rows(pdf)
    assert [row[2] for row in rows] == [squeezed(title) for title in shown]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    text = text_of(pdf)
    assert "数据时间：2026年11月23日" in text
    assert f"导出人：{OFFICE}" in text
    assert "筛选条件：状态：在办" in text
    assert f"事项数：{len(rows)}项" in text
    assert "本表仅含导出人有权查看的事项" in text
    assert "共1页" in text
    with client.get(f"{page}.xlsx") as other:
        assert other.status_code == 404
    link = get(client, page).soup.select_one("#export a")
    assert link is not None
    assert (link["href"], link.has_attr("download")) == (f"{page}.pdf", False)


def test_a_row_says_what_the_item_s_page_says(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    with at_work(college) as actor:
        actor.report(HEAD)
    (row,) = _rows(_printed(worker, asked, as_(OFFICE), "/ledger"))
    light = row[11].removeprefix("办理中")
    assert light
    assert row == [
        "1", "阿职督办〔2026〕1号", "冬季校园消防安全隐患集中排查整治", "批示类一级", "安全保卫处",
        "学工部、后勤国资处", "坤清祥", "邓涛", "2026年11月23日", "2026年11月26日", "余3天",
        f"办理中{light}", "60%", "",
    ]  # fmt: skip


def test_a_double_click_on_print_is_made_once(college: Flask, as_: As, asked: list[int]) -> None:
    """And the Excel file of the same filters is handed out beside it."""
    client = as_(OFFICE)
    page = _ask(client)
    assert _ask(client) == page
    with client.get("/ledger.xlsx") as beside:
        assert beside.status_code == 200
    assert len(asked) == 1


def test_everybody_prints_his_own_items_and_no_sensitive_one(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    with sensitive(college) as actor:
        actor.to_filing()
    with college.app_context():
        Actor(college, draft(college, "A03")).to_filing()
    for who, told in ((OFFICE, True), (LEADER, True), ("单晓燕", False)):
        pdf = _printed(worker, asked, as_(who), "/ledger")
        text = text_of(pdf)
        assert len(_rows(pdf)) <= 1
        assert "冬季校园消防" not in text
        assert ("敏感事项：另有1项敏感事项不导出" in text) == told, who


def test_a_printed_list_ends_with_the_right_to_know_of_its_items(
    college: Flask, worker: Flask, database: Servers, as_: As, asked: list[int]
) -> None:
    """Decision 0075; and it is nobody else's."""
    draft(college, "A03")
    client = as_(OFFICE)
    page = _ask(client)
    with worker.app_context():
        commands.make(asked[0])
    with client.get(f"{page}.pdf") as mine, as_(OFFICE_LEADER).get(f"{page}.pdf") as other:
        assert (mine.status_code, other.status_code) == (200, 404)
    with connect(database.owner_url) as raw:
        raw.execute(b"UPDATE item SET classification = 'sensitive'")
    with client.get(f"{page}.pdf") as gone:
        assert gone.status_code == 404
    assert "文件已失效" in get(client, page).text


def test_what_cannot_be_printed_is_named_with_its_item(
    college: Flask, worker: Flask, database: Servers, as_: As, asked: list[int]
) -> None:
    draft(college, "A03")
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET title = '清理😀'".encode())
    client = as_(OFFICE)
    page = _ask(client)
    with worker.app_context():
        commands.make(asked[0])
    said = get(client, page).soup.get_text()
    assert "第1项以下字符无法打印，请改用其他写法：「😀」（U+1F600）。" in said


def _row(**given: Cell) -> dict[str, Cell]:
    return {**dict.fromkeys(LABELS), "催办次数": 0, "延期次数": 0, "序号": 1, **given}


def _filled(rows: int, **given: Cell) -> bytes:
    file = PrintedLedger("阿坝职业学院", SAID)
    for number in range(1, rows + 1):
        file.add(list(_row(序号=number, 事项=f"第{number}项", **given).values()))
    return file.content(SAID)


@pytest.mark.long
def test_a_list_of_many_pages_has_its_head_and_number_on_each() -> None:
    """More rows than are set at once; each once and in order; the same rows give the same bytes."""
    rows = AT_ONCE + 5
    pdf = _filled(rows, 文号="阿职督办〔2026〕35号", 承办人="陈𬭎")
    assert pdf == _filled(rows, 文号="阿职督办〔2026〕35号", 承办人="陈𬭎")
    assert [row[0] for row in _rows(pdf)] == [str(number) for number in range(1, rows + 1)]
    pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"第{number}页" in page
        assert f"共{len(pages)}页" in page
        assert "本表仅含导出人有权查看的事项" in page
    assert text_of(pdf).count("陈𬭎") == rows


def test_an_empty_list_is_one_page() -> None:
    pdf = _filled(0)
    assert _rows(pdf) == []
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1


@pytest.mark.long
def test_a_row_higher_than_a_page_goes_on_over_several() -> None:
    pdf = _filled(3, 备注="琥珀" * 1500)
    assert text_of(pdf).count("琥") == 3 * 1500
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert all(char["top"] >= 0 and char["bottom"] <= page.height for char in page.chars)


def test_markup_and_invisible_characters_print_as_typed_or_not_at_all() -> None:
    text = text_of(_filled(1, 协办单位="<b>&amp;</b>\x00\u200b{{ 1 }}"))
    assert "<b>&amp;</b>{{1}}" in text


def test_an_unprintable_text_stops_the_list() -> None:
    file = PrintedLedger("阿坝职业学院", SAID)
    file.add(list(_row().values()))
    with pytest.raises(DocumentError, match=r"^第2项以下字符无法打印"):
        file.add(list(_row(备注="འ").values()))


@pytest.mark.parametrize(
    ("given", "cell", "said"),
    [
        ({"现行时限": date(2026, 12, 10), "原定时限": date(2026, 12, 10)}, 9, "2026年12月10日"),
        ({"现行时限": date(2026, 12, 10), "原定时限": date(2026, 11, 26)}, 9,
         "2026年12月10日\n原定11月26日"),
        ({"现行时限": date(2027, 1, 8), "原定时限": date(2026, 11, 26)}, 9,
         "2027年1月8日\n原定2026年11月26日"),
        ({"类别": "批示类", "等级": "一级"}, 3, "批示类\n一级"),
        ({"状态": "草稿"}, 11, "草稿"),
        ({"状态": "不予立项", "灯号": "不予立项"}, 11, "不予立项"),
        ({"状态": "办理中", "灯号": "逾期20天"}, 11, "办理中\n逾期"),
        ({"办理进度": 1.0}, 12, "100%"),
        ({"催办次数": 2, "延期次数": 1, "备注": "长期"}, 13, "催办2次，延期1次，长期"),
        ({"办结日期": date(2026, 11, 22), "是否按时": "是"}, 13, "2026年11月22日销号，按时办结"),
        ({"办结日期": date(2026, 11, 22), "是否按时": "否"}, 13, "2026年11月22日销号，逾期办结"),
    ],
)  # fmt: skip
def test_what_two_columns_of_the_sheet_become_on_paper(
    given: dict[str, Cell], cell: int, said: str
) -> None:
    assert printed_cells(_row(**given))[cell] == said


def test_the_columns_fill_the_page() -> None:
    with pdfplumber.open(io.BytesIO(_filled(1))) as document:
        left, _, right, _ = document.pages[0].find_tables()[0].bbox
    assert right - left == pytest.approx(273 * MM, abs=0.5)
