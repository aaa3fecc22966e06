"""历史事项导入 (第十六条（七）, SPEC §4): finished on paper, entered with number and days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import queued_work
from portal.extensions import db
from portal.models import ArchiveRecord, Closure, Event, Item, ItemUnit, NumberPlaceholder
from portal.rooms.numbers.past.pages import HISTORY
from portal.rulebook.scope import visible
from portal.workbooks import importing
from tests.pages import Page, fill, get, send, values_of
from tests.rooms.number_pages import HEAD, STAFF, row_of
from tests.steps.registration import tables
from tests.steps.registration.tables import column, results, viewing
from tests.workbooks.books import written

As = Callable[[str], FlaskClient]
ADDRESS = "/numbers/history/items"
PAST: dict[str, Any] = {
    "文号": "阿职督办[2025]第001号",
    "事项": "校园消防设施维修",
    "承办单位": "保卫处、后勤国资处",
    "等级": "二级",
    "事项来源": "院长办公会",
    "办理要求": "更换老化管网。",
    "备案日期": date(2025, 3, 4),
    "完成时限": "2025年3月19日",
    "办结日期": "2025.3.17",
    "办结情况": "已全部更换并通过验收。",
    "存放地点": "综合档案室B12",
}


def _table(*rows: Mapping[str, Any]) -> bytes:
    full = [{**PAST, **row} for row in rows]
    heads = list(dict.fromkeys(label for row in full for label in row))
    return written([heads, *([row.get(label) for label in heads] for row in full)])


def _shown(client: FlaskClient, content: bytes) -> tuple[str, Page]:
    form = get(client, ADDRESS).form(ADDRESS)
    answer = tables.sent(client, form, content, "历史.xlsx")
    assert answer.status == 303, answer.text
    address = answer.location or ""
    return address, get(client, address)


@pytest.fixture
def asked(college: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the queue, in place of a real worker."""
    handed: list[int] = []

    def take(_name: str, row_id: int, **_options: object) -> bool:
        handed.append(row_id)
        return True

    monkeypatch.setattr(queued_work, "enqueue", take)
    return handed


@pytest.fixture
def read_rows(college: Flask) -> Callable[..., list[Any]]:
    """Rows read and checked as 党政办主任, without pages."""

    def read(*rows: Mapping[str, Any]) -> list[Any]:
        with viewing(college, HEAD) as viewer:
            return list(importing.read(viewer, HISTORY, _table(*rows)).rows)

    return read


def test_finished_matters_enter_the_archive_with_their_numbers(
    college: Flask, worker: Flask, as_: As, asked: list[int]
) -> None:
    """One number stood in the register, one is new; a hole is shown before it is confirmed. The
    items are archived, everybody's business, with both copies, a verdict and one event; nobody is
    told. The same file again doubles nothing."""
    head = as_(HEAD)
    page = fill(head, "/numbers/history", "/numbers/history", {"text": "阿职督办〔2025〕1号"})
    form = values_of(page.form("/numbers/history")) | {"confirm": "1"}
    assert send(head, "/numbers/history", form).status == 303

    content = _table(
        {},
        {"文号": "阿职督办〔2025〕4号", "事项": "实训室改造", "承办单位": "教务处", "等级": "四级",
         "完成时限": None, "事项来源": "领导批示", "审定人": "书记", "责任校领导": "坤清祥同志"},
    )  # fmt: skip
    address, page = _shown(head, content)
    assert results(page) == ["可导入", "可导入"]
    assert column(page, "文号") == ["阿职督办〔2025〕1号", "阿职督办〔2025〕4号"]
    holes = page.soup.find("div", attrs={"aria-label": "登记后的编号情况"})
    assert "2至3号" in holes.get_text(), holes
    assert fill(head, address, address).status == 303
    with worker.app_context():
        importing.make(asked[-1])
    assert "已导入2行，均为已归档的历史事项。" in get(head, address).text

    with viewing(college, HEAD) as viewer:
        first, second = db.session.scalars(visible(viewer, Item).order_by(Item.id)).all()
        assert (first.state, first.doc_year, first.doc_seq) == ("archived", 2025, 1)
        assert (first.filed_on, first.issued_on) == (date(2025, 3, 4), date(2025, 3, 4))
        assert (first.closed_on, first.archived_on) == (date(2025, 3, 17), date(2025, 3, 17))
        assert (first.due_original, first.lit) == (date(2025, 3, 19), False)
        assert (second.deadline_kind, second.principal) == ("open", "secretary")
        events = db.session.scalars(visible(viewer, Event).order_by(Event.id)).all()
        assert [(row.act, row.item_to, row.tells) for row in events] == [
            ("enter_history", "archived", []), ("enter_history", "archived", []),
        ]  # fmt: skip
        judged = db.session.scalars(visible(viewer, Closure).order_by(Closure.id)).all()
        assert [(row.on_time, row.days_used, row.via) for row in judged] == [
            (True, 13, "paper"), (None, 13, "paper"),
        ]  # fmt: skip
        kept = db.session.scalars(visible(viewer, ArchiveRecord).order_by(ArchiveRecord.id)).all()
        assert [(row.keeper, row.location) for row in kept[:2]] == [
            ("office", "综合档案室B12"), ("unit", ""),
        ]  # fmt: skip
        shares = db.session.scalars(visible(viewer, ItemUnit)).all()
        assert {row.state for row in shares} == {"handed_in"}
        released = db.session.scalars(select(NumberPlaceholder.item_id)).all()
        assert released == [first.id]
        address_of_first = f"/items/{first.public_id}"
    check = row_of(get(head, "/numbers"), "阿职督办〔2025〕")
    assert (check["末号"], check["下一个"]) == ("4", "41")  # the college began at 41
    assert check["检查结果"] == "空号38个 2至3号、5至40号"
    # Its page opens for the office and for a co-unit, and the ledger lists it.
    for who in (STAFF, "覃燚"):
        opened = get(as_(who), address_of_first)
        assert opened.status == 200
        assert "补录历史事项" in opened.text
        assert "保卫处 见纸质材料" in opened.text
    assert "校园消防设施维修" in get(as_(STAFF), "/ledger?state=archived").text
    _again, page = _shown(head, content)
    assert "共2行：可导入0行，重复2行" in page.text


WRONG = [
    ({"文号": "阿职督办〔2025〕"}, "number", "不是文号，应写作“阿职督办〔2026〕35号”的形式。"),
    ({"文号": "阿职催办〔2025〕1号"}, "number",
     "代字“阿职催办”不是本校的代字（阿职督办）。"),
    ({"文号": "阿职督办〔2024〕2号"}, "number",
     "阿职督办〔2024〕2号的年度与备案日期不符，请核对。"),
    ({"文号": "阿职督办〔2026〕3号", "备案日期": "2026.3.4", "完成时限": "2026.4.1",
      "办结日期": "2026.3.20"}, "number",
     "阿职督办〔2026〕3号不是启用本系统以前的编号，请按立项程序办理。"),
    ({"文号": "阿职督办〔2025〕5000号"}, "number", "与前一个编号之间空号超过1000个，请核对。"),
    ({"交办日期": "2025.3.1"}, "issued_on", "交办日期早于备案日期，请核对。"),
    ({"办结日期": "2025.3.1"}, "completed_on", "办结日期早于交办日期，请核对。"),
    ({"归档日期": "2025.3.10"}, "archived_on", "归档日期早于办结日期，请核对。"),
    ({"完成时限": "2025.3.1"}, "due", "完成时限早于交办日期，请核对。"),
    ({"完成时限": None}, "due", "请填写完成时限；仅四级事项可以不填。"),
    ({"事项来源": "领导批示"}, "principal", "请填写作出批示的领导。"),
    ({"办结日期": "2026.12.1"}, "completed_on",
     "日期应在2000-01-01至2026-11-23之间，请核对。"),
]  # fmt: skip


def test_what_is_wrong_is_said_at_its_row(read_rows: Callable[..., list[Any]]) -> None:
    """Each row with a number of its own, unless the number is what is wrong."""
    rows = read_rows(
        *(
            {"文号": f"阿职督办〔2025〕{place}号", **given}
            for place, (given, _name, _said) in enumerate(WRONG, start=1)
        )
    )
    assert [row.problems for row in rows] == [{name: said} for _given, name, said in WRONG]


def test_a_number_twice_in_one_file(read_rows: Callable[..., list[Any]]) -> None:
    first, second = read_rows({}, {"事项": "另一事项", "文号": "阿职督办〔2025〕1号"})
    assert first.sound
    assert second.problems == {"number": "与第2行为同一文号，请核对。"}


def test_only_the_head_brings_in_history(college: Flask, as_: As) -> None:
    """For others there is no such address; on an item that is there the act is not offered."""
    for who in (STAFF, "覃燚", "坤清祥"):
        assert as_(who).get(ADDRESS).status_code == 404
        assert as_(who).get(f"{ADDRESS}/template.xlsx").status_code == 404
    assert "历史事项导入" in get(as_(HEAD), "/numbers").text
    assert "历史事项导入" not in get(as_(STAFF), "/numbers").text
