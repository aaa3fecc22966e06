"""审计日志 as an Excel file: texts alone, no formulas."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Final

import xlsxwriter

from portal.filters import full_time
from portal.rooms.auditing.queries import Line

HEAD: Final = ("时间", "人员", "操作", "对象", "内容", "网络地址")
WIDTHS: Final = (22, 12, 18, 26, 60, 16)


def workbook(title: str, lines: Iterable[Line]) -> bytes:
    """The bytes of the file. What begins like a formula stays text."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(title)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "bg_color": "#eef1f6"})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, HEAD[column], head)
    sheet.freeze_panes(1, 0)
    for row, line in enumerate(lines, start=1):
        cells = (
            full_time(line.at), line.who, line.what, line.about, "\n".join(line.detail),
            line.address,
        )  # fmt: skip
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, text)
    book.close()
    return buffer.getvalue()
