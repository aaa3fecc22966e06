"""The Excel file: frozen head, filters, A4 landscape, real dates, no formulas (SPEC §6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from portal.rooms.ledger.columns import COLUMNS, TITLE, Cell, Column

LATE = "逾期"
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_FROZEN = 4
CELL_LENGTH = 32_767
"""What Excel holds in one cell."""


class LedgerFile:
    """An Excel file that is written row by row; `content` are its bytes once it is closed."""

    def __init__(self, columns: Sequence[Column] = COLUMNS, marked: str = "") -> None:
        """`marked` stands at the head of every printed page: who took out sensitive items, when."""
        self.columns = columns
        self.marked = marked
        self.buffer = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.buffer, {"constant_memory": True, "default_date_format": 'yyyy"年"m"月"d"日"'}
        )
        self.sheet = self.book.add_worksheet("督办台账")
        self.row = 0
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
        self.text = self.book.add_format({**base, "text_wrap": True})
        self.day = self.book.add_format({**base, "num_format": 'yyyy"年"m"月"d"日"'})
        self.share = self.book.add_format({**base, "num_format": "0%"})
        self.late = self.book.add_format({**base, "font_color": "#b01c1c", "bold": True})
        self.head = self.book.add_format(
            {**base, "bold": True, "bg_color": "#eef1f6", "align": "center", "text_wrap": True}
        )
        self._lay_out()

    def _lay_out(self) -> None:
        sheet = self.sheet
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, column.width)
        sheet.write_row(0, 0, [column.label for column in self.columns], self.head)
        sheet.freeze_panes(1, self._frozen())
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C第&P页，共&N页")
        if self.marked:
            sheet.set_header(f"&R{self.marked}")

    def _frozen(self) -> int:
        """Up to 事项, where that leaves room for the rest."""
        upto = [column.key for column in self.columns].index(TITLE) + 1
        return upto if upto <= MOST_FROZEN else 0

    def add(self, cells: Sequence[Cell]) -> None:
        """One item."""
        self.row += 1
        for column, cell in enumerate(cells):
            self._write(column, cell)

    def _write(self, column: int, cell: Cell) -> None:
        if cell is None:
            self.sheet.write_blank(self.row, column, None, self.text)
        elif isinstance(cell, date):
            at = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day, not an instant
            self.sheet.write_datetime(self.row, column, at, self.day)
        elif isinstance(cell, float):
            self.sheet.write_number(self.row, column, cell, self.share)
        elif isinstance(cell, int):
            self.sheet.write_number(self.row, column, cell, self.text)
        else:
            form = self.late if cell.startswith(LATE) else self.text
            self.sheet.write_string(self.row, column, harmless(cell), form)

    def explain(self, lines: Sequence[tuple[str, str]]) -> None:
        """The second sheet, 口径说明: label and text a line."""
        sheet = self.book.add_worksheet("口径说明")
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 80)
        for row, (label, words) in enumerate(lines):
            sheet.write_string(row, 0, label, self.head)
            sheet.write_string(row, 1, harmless(words), self.text)

    def content(self) -> bytes:
        """Close the file; its bytes."""
        last = xl_rowcol_to_cell(max(self.row, 1), len(self.columns) - 1)
        self.sheet.autofilter(f"A1:{last}")
        self.book.close()
        return self.buffer.getvalue()

    def __enter__(self) -> LedgerFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: Any, _trace: TracebackType | None
    ) -> None:
        if kind is not None:  # its temporary files go with it
            self.book.close()


def harmless(words: str) -> str:
    """Text that no table program takes for a formula, cut to what a cell holds."""
    cut = words[:CELL_LENGTH]
    return f"'{cut[: CELL_LENGTH - 1]}" if cut.startswith(BEGINS_FORMULA) else cut
