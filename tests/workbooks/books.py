"""Workbooks made in memory: ordinary ones by xlsxwriter, hostile ones part by part."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from portal.workbooks import parsers
from portal.workbooks.columns import Book, Column
from tests.attachments.files import TYPES, zipped

DAY = 'yyyy"年"m"月"d"日"'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TODAY, OLDEST = date(2026, 11, 23), date(1950, 1, 1)
KINDS = {"职能部门": 1, "二级学院": 2}
UNITS = Book(
    "units",
    "单位",
    (
        Column("name", "单位名称", parsers.line(10), required=True, example="教务处"),
        Column(
            "kind",
            "类型",
            parsers.one_of(KINDS),
            choices=tuple(KINDS),
            example="职能部门",
            hint="从下拉列表中选择。",
            also=("单位类型",),
        ),
        Column("order", "排序", parsers.whole_number(1, 99), example="6", empty=None),
        Column("since", "设立日期", parsers.day(TODAY, earliest=OLDEST), empty=None),
        Column("active", "在用", parsers.yes_or_no, empty=True),
    ),
)
"""A table of five kinds of columns."""
HEADS = tuple(column.label for column in UNITS.columns)


def written(
    rows: Sequence[Sequence[Any]],
    more: Callable[[Workbook, Worksheet], None] | None = None,
    *,
    sheet: str = "单位",
    **options: Any,
) -> bytes:
    """A workbook with these rows from A1 on; `more` writes what else it is to hold."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    page, day = book.add_worksheet(sheet), book.add_format({"num_format": DAY})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
                page.write_datetime(at, column, moment, day)
            elif value is not None:
                page.write(at, column, value)
    if more is not None:
        more(book, page)
    book.close()
    return buffer.getvalue()


def by_hand(rows: str, after: str = "", more: str = "") -> bytes:
    """A workbook of one sheet with this XML as its rows, after them, and in a part of its own."""
    return zipped(
        {
            TYPES: "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{LINKS}'
            '/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
            '<sheet name="单位" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1"'
            f' Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>'
            f"{after}</worksheet>",
            **({"xl/worksheets/sheet2.xml": more} if more else {}),
        }
    )


def cell(place: str, text: str) -> str:
    """A cell that holds its text itself."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
