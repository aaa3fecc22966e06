"""The Excel files that the portal gives for a table: the template to fill in, and a table that came
back with a column 问题说明. No macros, no formulas."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from portal.workbooks.cells import harmless
from portal.workbooks.columns import REMARKS, Book, Column, Row, Table
from portal.workbooks.survey import MOST_ROWS
from portal.workbooks.tables import EXPLANATIONS

MADE: Final = datetime(2023, 1, 1)  # noqa: DTZ001 - a note in the file, of no zone
"""The same template is the same bytes, whenever and for whom it is made."""
CHOICES: Final = "选项"
"""The hidden sheet behind the drop-downs: a list in the cell itself ends at 255 characters."""
_USUAL: Final = (
    "带*的列必须填写；表头的文字请勿改动，列的先后可以调整，不用的列可以删除。",
    "合并的单元格按首格内容向下填充；隐藏的工作表不读取。",
    "公式按其计算结果读取；不读取宏和外部链接。",
    "示例行请删除或改写；保持原样的，导入时自动略过。",
)


def template(book: Book) -> bytes:
    """An empty table: heads with comments, drop-downs, a sample row, a sheet that explains."""
    with _File(book) as file:
        if any(column.example for column in book.columns):
            for at, column in enumerate(book.columns):
                file.sheet.write_string(1, at, column.example, file.sample)
        return file.content()


def with_remarks(book: Book, table: Table) -> bytes:
    """The table as it was handed in, with what is wrong with each row in a column of its own."""
    with _File(book, remarks=True) as file:
        for at, row in enumerate(table.rows, start=1):
            file.write(at, row)
        return file.content()


def remarks_of(book: Book, row: Row) -> str:
    """What is wrong with a row, column by column, or why it is left out; empty if nothing."""
    said = [
        f"{label}：{sentence}" if (label := book.label_of(name)) else sentence
        for name, sentence in row.problems.items()
    ]
    return "".join(said) or row.known


class _File:
    """A workbook of one table that is being written."""

    def __init__(self, book: Book, *, remarks: bool = False) -> None:
        self.declared = book
        self.buffer = BytesIO()
        self.file = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.file.set_properties({"created": MADE})
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "border": 1}
        self.head = self.file.add_format(
            {**base, "bold": True, "bg_color": "#eef1f6", "align": "center", "text_wrap": True}
        )
        # Texts stay texts: Excel would make numbers of 「11.30」 and 「2026-1」.
        self.text = self.file.add_format({**base, "text_wrap": True, "num_format": "@"})
        self.sample = self.file.add_format(
            {**base, "text_wrap": True, "num_format": "@", "font_color": "#5f6b7d", "italic": True}
        )
        self.wrong = self.file.add_format(
            {**base, "text_wrap": True, "num_format": "@", "bg_color": "#fdecea"}
        )
        self.sheet = self.file.add_worksheet(book.title)
        self._lay_out(remarks)
        self._explain()

    def _lay_out(self, remarks: bool) -> None:
        columns, sheet = self.declared.columns, self.sheet
        lists = self.file.add_worksheet(CHOICES) if any(c.choices for c in columns) else None
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, self.text)
            sheet.write_string(
                0, at, f"{column.label}*" if column.required else column.label, self.head
            )
            if column.hint:
                sheet.write_comment(0, at, column.hint, {"x_scale": 2, "author": ""})
            if lists is not None and column.choices:
                self._drop_down(lists, at, column)
        if remarks:
            sheet.set_column(len(columns), len(columns), 48, self.text)
            sheet.write_string(0, len(columns), REMARKS, self.head)
        if lists is not None:
            lists.hide()
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _drop_down(self, lists: Any, at: int, column: Column) -> None:
        lists.write_column(0, at, column.choices)
        letter = xl_col_to_name(at)
        rule = {
            "validate": "list",
            "source": f"={CHOICES}!${letter}$1:${letter}${len(column.choices)}",
            # Names may be shortened, several may stand in one cell: the reading is the judge.
            "error_type": "information",
            "error_title": column.label,
            "error_message": "不在下拉列表中的内容，导入时将再作核对。",
        }
        self.sheet.data_validation(1, at, MOST_ROWS, at, rule)

    def _explain(self) -> None:
        sheet = self.file.add_worksheet(EXPLANATIONS)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 90)
        lines = [(column.label, column.hint) for column in self.declared.columns if column.hint]
        notes = [("说明", note) for note in (*self.declared.notes, *_USUAL)]
        for row, (label, words) in enumerate([*notes, *lines]):
            sheet.write_string(row, 0, label, self.head)
            sheet.write_string(row, 1, words, self.text)

    def write(self, at: int, row: Row) -> None:
        """A row as it was handed in; its wrong cells stand out."""
        columns = self.declared.columns
        for place, column in enumerate(columns):
            form = self.wrong if column.name in row.problems else self.text
            self.sheet.write_string(at, place, harmless(row.text(column.name)), form)
        remarks = remarks_of(self.declared, row)
        if remarks:
            form = self.text if row.sound else self.wrong
            self.sheet.write_string(at, len(columns), harmless(remarks), form)

    def content(self) -> bytes:
        """Close the file; its bytes."""
        self.file.close()
        return self.buffer.getvalue()

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is left behind: the file is put together in memory."""
