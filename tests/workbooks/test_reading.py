"""Workbooks as offices hand them in, and files that are none (SPEC §8.1)."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from portal.attachments.refusal import FileRefused
from portal.workbooks import survey, tables
from portal.workbooks.columns import Table
from portal.workbooks.refusal import WorkbookRefused
from portal.workbooks.template import template, with_remarks
from tests.workbooks.books import HEADS, UNITS, by_hand, cell, written


def _read(content: bytes) -> Table:
    return tables.read(io.BytesIO(content), UNITS)


def _values(content: bytes) -> list[dict[str, Any]]:
    return [row.values for row in _read(content).rows]


def _problems(content: bytes) -> list[dict[str, str]]:
    return [row.problems for row in _read(content).rows]


PLAIN = {"name": "教务处", "kind": "", "order": None, "since": None, "active": True}


def test_an_ordinary_table() -> None:
    day = date(2019, 9, 1)
    found = _read(written([HEADS, ["教务处", "职能部门", 6, day, "是"], ["教育学院", "二级学院"]]))
    assert [row.values for row in found.rows] == [
        {"name": "教务处", "kind": 1, "order": 6, "since": day, "active": True},
        {"name": "教育学院", "kind": 2, "order": None, "since": None, "active": True},
    ]
    assert [row.place for row in found.rows] == [2, 3]
    assert found.passed_over == []


def test_heads_are_found_below_a_title_in_any_order_and_spelling() -> None:
    rows = [
        ["各单位情况表"],
        [],
        ["单位 类型", "序号", " 单位名称*", "电话"],
        ["二级学院", 1, "教育学院", 8],
    ]
    found = _read(written(rows))
    assert found.rows[0].values["kind"] == 2
    assert found.rows[0].place == 4
    assert found.passed_over == ["未识别的列没有读取：电话。"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (date(2019, 9, 1), date(2019, 9, 1)),
        (43709, date(2019, 9, 1)),
        ("2019年9月1日", date(2019, 9, 1)),
        ("2019.9.1", date(2019, 9, 1)),
        ("2019-09-01", date(2019, 9, 1)),
        (20190901, date(2019, 9, 1)),
        ("二〇一九年九月一日", date(2019, 9, 1)),
    ],
)
def test_days_in_many_forms(typed: object, read: date) -> None:
    assert _values(written([HEADS, ["教务处", None, None, typed]]))[0]["since"] == read


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    day = date(2019, 9, 1)
    content = written([HEADS, ["教务处", None, None, day]], date_1904=True)
    assert _values(content)[0]["since"] == day


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ([None, "职能部门"], "name", "请填写。"),
        (["一二三四五六七八九十一"], "name", "不超过10个字，现有11个字。"),
        (["教务处", "部门"], "kind", "没有“部门”这个选项，请填写：职能部门、二级学院。"),
        (["教务处", None, 6.5], "order", "请填写1至99之间的整数。"),
        (["教务处", None, "第六"], "order", "请填写1至99之间的整数。"),
        (["教务处", None, 100], "order", "请填写1至99之间的整数。"),
        (["教务处", None, None, 11.3], "since",
         "单元格是数值11.3，无法判断日期或天数，请写成“11月30日”“15天”等文字。"),
        (["教务处", None, None, "2026年2月30日"], "since",
         "“2026年2月30日”中的日期不存在，请核对。"),
        (["教务处", None, None, "2027-01-01"], "since",
         "日期应在1950-01-01至2026-11-23之间，请核对。"),
        (["教务处", None, None, "长期"], "since", "请填写日期，如2026年11月30日。"),
        (["教务处", None, None, None, "也许"], "active", "请填写“是”或“否”。"),
        (["😀"], "name", "以下字符无法打印，请改用其他写法：「😀」（U+1F600）。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_cell(row: list[object], column: str, said: str) -> None:
    assert _problems(written([HEADS, row])) == [{column: said}]


def test_merged_cells_are_filled_down() -> None:
    def merge(_book: Workbook, page: Worksheet) -> None:
        page.merge_range("B2:B4", "二级学院")
        page.merge_range("A6:B6", "合计")

    rows = [HEADS, ["教育学院"], ["农林学院"], [], ["医护学院"]]
    found = _read(written(rows, merge))
    assert [(row.values["name"], row.values.get("kind")) for row in found.rows[:3]] == [
        ("教育学院", 2),
        ("农林学院", 2),
        ("医护学院", ""),
    ]
    # A block over several columns stands in its first one; the row that it alone fills is one.
    assert found.rows[3].text("name") == "合计"
    assert found.rows[3].text("kind") == ""


def test_formulas_give_their_results() -> None:
    def formulas(_book: Workbook, page: Worksheet) -> None:
        page.write_formula("A2", '="教务"&"处"', None, "教务处")
        page.write_formula("C2", "=2*3", None, 6)
        page.write_formula("A3", "=A1", None, "")
        page.write_formula("A4", "=1/0", None, "#DIV/0!")
        page.write_formula("A5", "='[1]别处'!A1", None, "财务处")

    found = _read(written([HEADS], formulas))
    assert (found.rows[0].values["name"], found.rows[0].values["order"]) == ("教务处", 6)
    said = [row.problems.get("name", "") for row in found.rows]
    assert said[1].startswith("公式没有计算结果")
    assert said[2] == "公式结果有误（#DIV/0!），请改为文字或数值。"
    assert found.rows[3].values["name"] == "财务处"  # as last worked out; the link is not followed


def test_hidden_sheets_are_not_read_and_others_are_named() -> None:
    def sheets(book: Workbook, page: Worksheet) -> None:
        secret = book.add_worksheet("底稿")
        secret.write_row(0, 0, HEADS)
        secret.write_row(1, 0, ["隐藏处"])
        secret.hide()
        book.add_worksheet("备注").write(0, 0, "无")
        page.set_row(1, None, None, {"hidden": True})

    found = _read(written([HEADS, ["教务处"]], sheets))
    assert [row.values["name"] for row in found.rows] == ["教务处"]
    assert found.passed_over == ["只读取工作表“单位”，其余工作表没有读取：备注。"]


def test_the_template_comes_back_empty_of_its_sample() -> None:
    """The sample row, word for word, is passed over; the heads with their stars are known."""
    found = _read(template(UNITS))
    assert (found.rows, found.passed_over) == ([], ["示例行未导入。"])


def test_the_table_with_remarks_comes_back() -> None:
    """Mended in the file that was given out, the rows are the same; what began like a formula did
    not become one."""

    def begins_as_formula(_book: Workbook, page: Worksheet) -> None:
        page.write_string("A4", "=1+1")

    rows = [HEADS, ["教务处", "部门"], ["教务处", None, None, "2019.9.1"]]
    first = _read(written(rows, begins_as_formula))
    assert first.rows[2].text("name") == "=1+1"
    content = with_remarks(UNITS, first)
    again = _read(content)
    assert [row.key for row in again.rows] == [row.key for row in first.rows]
    assert [row.problems for row in again.rows] == [row.problems for row in first.rows]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet, strings = (
            book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "sharedStrings")
        )
    assert "<f>" not in sheet
    assert "类型：没有“部门”这个选项" in strings


NAME = cell("A1", "单位名称")
REFUSED = {
    "no heads": (written([["甲", "乙"], [1, 2]]), "表头中没有“单位名称”"),
    "heads twice": (written([[*HEADS, "单位名称"], ["甲"]]), "“单位名称”重复"),
    "nothing": (written([]), "表头中没有“单位名称”"),
    "far corner": (by_hand(f'<row r="1">{NAME}{cell("XFD1", "乙")}</row>'), "表格过大"),
    "far below": (by_hand(f'<row r="1048576">{cell("A1048576", "乙")}</row>'), "表格过大"),
    "an empty text far below": (
        by_hand(f'<row r="1">{NAME}</row><row r="20000"><c r="A20000" t="str"><v></v></c></row>'),
        "表格过大",
    ),
    "a place that is none": (by_hand('<row r="1"><c r="甲1"><v>1</v></c></row>'), "已损坏"),
    "a row that is none": (by_hand('<row r="-1"><c><v>1</v></c></row>'), "已损坏"),
    "broken": (by_hand("<row>"), "已损坏"),
    "entities": (
        by_hand("", more='<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'),
        "已损坏",
    ),
    "far unpacked": (by_hand("", more="<a>" + "b" * (survey.LARGEST + 1)), "过大"),
    "merged without end": (
        by_hand(
            f'<row r="1">{NAME}</row><row r="10000">{cell("A10000", "甲")}</row>',
            after="<mergeCells>" + '<mergeCell ref="A2:A10000"/>' * 30 + "</mergeCells>",
        ),
        "表格过大",
    ),
    "a zip of nothing": (b"PK\x05\x06" + b"\0" * 18, "压缩包是空的"),
    "half a file": (written([HEADS, ["教务处"]])[:900], "文件已损坏"),
    "no zip": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "文件已损坏"),
    "csv": ("单位名称,类型\n教务处,职能部门\n".encode("gb18030"), "文件已损坏"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_a_sentence(name: str) -> None:
    content, said = REFUSED[name]
    with pytest.raises((WorkbookRefused, FileRefused)) as refused:
        _read(content)
    assert said in str(refused.value)


def test_the_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert len(_read(written([HEADS, ["甲"], [], ["乙"]])).rows) == 2
    with pytest.raises(WorkbookRefused, match="每次不超过10000行"):
        _read(written([HEADS, ["甲"], ["乙"], ["丙"]]))


def test_formatted_cells_without_content_count_for_nothing() -> None:
    """Whole columns that were given a frame reach to the end of the sheet."""
    row = f'<row r="1">{cell("A1", "单位名称")}</row><row r="2">{cell("A2", "教务处")}</row>'
    content = by_hand(
        f'<sheetData>{row}<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    )
    assert [row.values["name"] for row in _read(content).rows] == ["教务处"]


SOUND = written([HEADS, ["教务处", "职能部门", 6, date(2019, 9, 1), "是"]])


@pytest.mark.parametrize("encoding", ["TF-8", "utf-32", "utf-7", "big5", "", "Ａ", "x" * 100])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
             "xl/sharedStrings.xml", "xl/styles.xml"],
)  # fmt: skip
def test_a_part_in_an_unknown_encoding_is_refused(part: str, encoding: str) -> None:
    """With the sentence for what is damaged, if it is not read all the same."""
    damaged = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(SOUND)) as before,
        zipfile.ZipFile(damaged, "w") as after,
    ):
        assert part in before.namelist()
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                body = content.split(b"?>", 1)[-1]
                content = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + body
            after.writestr(name, content)
    with contextlib.suppress(WorkbookRefused, FileRefused):
        assert _read(damaged.getvalue()).sheet


@settings(max_examples=60)
@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever bytes of its parts are changed: a table or a sentence, never another error."""
    damaged = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(SOUND)) as before,
        zipfile.ZipFile(damaged, "w") as after,
    ):
        names = [name for name in before.namelist() if name.startswith("xl/")]
        hit = data.draw(st.sampled_from(names))
        for name in before.namelist():
            content = bytearray(before.read(name))
            if name == hit:
                at = data.draw(st.integers(0, len(content) - 1))
                content[at : at + 1] = data.draw(st.binary(max_size=4))
            after.writestr(name, bytes(content))
    with contextlib.suppress(WorkbookRefused, FileRefused):
        assert _read(damaged.getvalue()).sheet


def test_the_template_helps_to_fill_it_in() -> None:
    """Heads with stars and comments, drop-downs from a hidden sheet, a sample, an explanation."""
    book = openpyxl.load_workbook(io.BytesIO(template(UNITS)))
    sheet = book["单位"]
    assert [cell.value for cell in sheet[1]] == ["单位名称*", "类型", "排序", "设立日期", "在用"]
    assert "从下拉列表中选择。" in sheet["B1"].comment.text
    assert [cell.value for cell in sheet[2]][:3] == ["教务处", "职能部门", "6"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1) == ("list", "选项!$B$1:$B$2")
    assert [cell.value for cell in book["选项"]["B"]] == ["职能部门", "二级学院"]
    assert (book["选项"].sheet_state, sheet.freeze_panes) == ("hidden", "B2")
    assert "示例行" in " ".join(str(row[1].value) for row in book["填写说明"].rows)
