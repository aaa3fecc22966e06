"""A list of any length as PDF, written row by row: A4 landscape, its head on every page.

What is held is a page of rows at a time and the finished pages; nothing grows with their number
but the file itself. Pure: the same rows give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from portal.documents.typesetting.characters import clean, family_of_name
from portal.documents.typesetting.faces import font_name, register
from portal.documents.typesetting.paragraph import Shape, SheetParagraph
from portal.documents.typesetting.runs import runs_of
from portal.documents.typesetting.table import Cell, Row, SheetTable

SIDE, TOP, BOTTOM = 12 * mm, 14 * mm, 16 * mm
WIDTH = landscape(A4)[0] - 2 * SIDE
HEIGHT = landscape(A4)[1] - TOP - BOTTOM
TITLE, TEXT, SMALL = 18, 9, 8  # points
LEADING = 12
PADDING = (2, 2, 2, 2)
LINE, FRAME = 0.4, 0.8
AT_ONCE = 48
"""Rows that are set together: more than stand on a page."""
TOTAL = "total"


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in millimetres, and whether its texts stand in the middle."""

    head: str
    width: float
    centred: bool = False


@dataclass(frozen=True)
class Heading:
    """What stands above the list, and at the foot of each page."""

    title: str
    lines: tuple[str, ...]
    foot: str


class Listing:
    """A list that is being written; `content` are its bytes once nothing follows."""

    def __init__(self, heading: Heading, columns: Sequence[Column]) -> None:
        register()
        self.heading = heading
        self.columns = tuple(columns)
        self.buffer = io.BytesIO()
        self.canvas = Canvas(
            self.buffer, landscape(A4), invariant=1, pageCompression=1,
            initialFontName=font_name("latin"), lang="zh-CN",
        )  # fmt: skip
        self.canvas.setTitle(heading.title)
        self.head = Row(tuple(self._head_cell(*pair) for pair in enumerate(columns)))
        self.rows: list[Row] = []
        self.pages = 0
        self.room = 0.0
        self._begin_page()
        self._draw_heading()

    def add(self, cells: Sequence[str], *, strong: Sequence[int] = ()) -> None:
        """One row; the columns `strong` are set in 黑体."""
        made = (self._cell(number, text, number in strong) for number, text in enumerate(cells))
        self.rows.append(Row(tuple(made)))
        if len(self.rows) >= AT_ONCE:
            self._fill_pages()

    def content(self, notes: Sequence[str] = ()) -> bytes:
        """End the list with these lines below it; its bytes."""
        rest = self._fill_pages()
        self._draw_table(rest)
        for note in notes:
            self._draw_line(note, "body", TEXT, LEADING + 2)
        self.canvas.showPage()
        self._define_total()
        self.canvas.save()
        return self.buffer.getvalue()

    def _fill_pages(self) -> SheetTable:
        """Draw the pages that are full; what is left for the next one."""
        table = SheetTable([self.head, *self.rows], self._widths(), FRAME, head_rows=1)
        while table.wrap(WIDTH, self.room)[1] > self.room:
            parts = table.split(WIDTH, self.room)
            if len(parts) == 2:
                self._draw_table(parts[0])
                table = parts[1]
            elif self.room == HEIGHT:
                raise ValueError("a row cannot be parted and is higher than a page")
            self._begin_page()
        self.rows = list(table.rows[1:])
        return table

    def _widths(self) -> list[float]:
        scale = WIDTH / sum(column.width for column in self.columns)
        return [column.width * scale for column in self.columns]

    def _head_cell(self, number: int, column: Column) -> Cell:
        return self._cell_of(number, column.head, "hei", TA_CENTER)

    def _cell(self, number: int, text: str, strong: bool) -> Cell:
        text = clean(text)
        family = family_of_name(text, "hei" if strong else "body")
        centred = self.columns[number].centred
        return self._cell_of(number, text, family, TA_CENTER if centred else TA_LEFT)

    def _cell_of(self, number: int, text: str, family: str, alignment: int) -> Cell:
        shape = Shape(LEADING, alignment)
        paragraph = SheetParagraph(runs_of(text, family, TEXT), shape)
        return Cell(number, 1, (paragraph,), PADDING, "MIDDLE", LINE)

    def _begin_page(self) -> None:
        if self.pages:
            self.canvas.showPage()
        self.pages += 1
        self.room = HEIGHT
        y = BOTTOM - 8 * mm
        self.canvas.setFont(font_name("song"), SMALL)
        self.canvas.drawString(SIDE, y, self.heading.foot)
        right = SIDE + WIDTH
        self.canvas.drawRightString(right - self._width_of("共000页 "), y, f"第{self.pages}页")
        self.canvas.saveState()
        self.canvas.translate(right, y)
        self.canvas.doForm(TOTAL)
        self.canvas.restoreState()

    def _width_of(self, text: str) -> float:
        return float(pdfmetrics.stringWidth(text, font_name("song"), SMALL))

    def _define_total(self) -> None:
        """What every page left room for: how many there are is known at the end."""
        room = self._width_of("共00000页")
        self.canvas.beginForm(TOTAL, -room, -SMALL, 0, SMALL)
        self.canvas.setFont(font_name("song"), SMALL)
        self.canvas.drawRightString(0, 0, f"共{self.pages}页")
        self.canvas.endForm()

    def _draw_heading(self) -> None:
        self._draw_line(self.heading.title, "title", TITLE, TITLE * 1.6, TA_CENTER)
        for line in self.heading.lines:
            self._draw_line(line, "body", TEXT, LEADING + 1)
        self.room -= 3

    def _draw_line(
        self, text: str, family: str, size: float, leading: float, alignment: int = TA_LEFT
    ) -> None:
        shape = Shape(leading, alignment)
        paragraph = SheetParagraph(runs_of(clean(text), family, size), shape)
        _width, height = paragraph.wrap(WIDTH, self.room)
        if height > self.room:
            self._begin_page()
        self.room -= height
        paragraph.drawOn(self.canvas, SIDE, BOTTOM + self.room)

    def _draw_table(self, table: SheetTable) -> None:
        _width, height = table.wrap(WIDTH, self.room)
        self.room -= height
        table.drawOn(self.canvas, SIDE, BOTTOM + self.room)
