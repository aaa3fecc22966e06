"""The forms' table: a grid with columns of fixed width and rows at least as high as asked.

A row too high for the rest of the page goes to the next one; a row too high for a good part
of any page flows over the page's end: its box is closed at the foot and its labels are
repeated at the head with （续）. In a form, labels and values alternate, but for rows of one
cell; rows of a table head are repeated on every page instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.platypus.flowables import Flowable, Spacer

from portal.documents.typesetting.paragraph import Run, SheetParagraph

FLOWS_FROM = 170.0  # points: a row lower than this is never cut
SIGNED_FLOWS_FROM = 450.0  # nor a row of signatures lower than this
LEAST_PART = 50.0  # points a part of a cut row must have
HIGHER_THAN_A_PAGE = 2000.0  # points
CONTINUED = "（续）"


@dataclass(frozen=True)
class Cell:
    """One cell: `content` is paragraphs and spacers; a spacer takes the height left over."""

    column: int
    span: int
    content: tuple[Any, ...]
    padding: tuple[float, float, float, float] = (0, 0, 0, 0)  # top, right, bottom, left
    align: str = "TOP"
    border: float = 0

    @property
    def is_label(self) -> bool:
        """Labels stand in the first, third … column of a form, and take no other's place."""
        return self.column % 2 == 0 and self.span == 1


@dataclass(frozen=True)
class Row:
    """Cells side by side, at least `height` points high."""

    cells: tuple[Cell, ...]
    height: float = 0

    @property
    def signed(self) -> bool:
        """Whether a signature stands at the foot of a cell, held there by a spacer."""
        return any(isinstance(part, Spacer) for cell in self.cells for part in cell.content)


@dataclass
class Layout:
    """What is known of a table: the widths of its columns, the heights of its first rows."""

    widths: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)


def content_height(content: Sequence[Any], width: float) -> float:
    """Height of flowables set one below the other in `width` points.

    Beyond what any page holds the exact figure does not matter and is not computed.
    """
    total = 0.0
    for number, flowable in enumerate(content):
        if total > HIGHER_THAN_A_PAGE:
            break
        total += flowable.wrap(width, 1e6)[1]
        if number:
            total += flowable.getSpaceBefore()
        if number < len(content) - 1:
            total += flowable.getSpaceAfter()
    return total


class SheetTable(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """See the module. Each row is measured once, however many pages the table takes."""

    def __init__(
        self, rows: Sequence[Row], widths: Sequence[float], frame: float, head_rows: int = 0
    ) -> None:
        """`widths` of the columns and `frame`, the weight of the outer line, in points."""
        super().__init__()
        self.rows = tuple(rows)
        self.column_widths = tuple(widths)
        self.frame_weight = frame
        self.head_rows = head_rows
        self.layout = Layout()

    def joined(self, other: SheetTable) -> SheetTable:
        """The table with the rows of `other`, which repeats its head, below its own."""
        rows = (*self.rows, *other.rows[self.head_rows :])
        return SheetTable(rows, self.column_widths, self.frame_weight, self.head_rows)

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Measure the rows; returns width and height.

        Of a table much higher than any page no more than that is measured.
        """
        scale = min(1.0, available_width / sum(self.column_widths))
        widths = [width * scale for width in self.column_widths]
        if widths != self.layout.widths:
            self.layout = Layout(widths)
        heights = self.layout.heights
        self.width, self.height = sum(widths), sum(heights)
        while len(heights) < len(self.rows) and self.height <= HIGHER_THAN_A_PAGE:
            heights.append(self._row_height(self.rows[len(heights)]))
            self.height += heights[-1]
        return self.width, self.height

    def _inner_width(self, cell: Cell) -> float:
        outer = sum(self.layout.widths[cell.column : cell.column + cell.span])
        return outer - cell.padding[1] - cell.padding[3]

    def _cell_height(self, cell: Cell) -> float:
        inner = content_height(cell.content, self._inner_width(cell))
        return inner + cell.padding[0] + cell.padding[2]

    def _row_height(self, row: Row) -> float:
        return max([row.height, *(self._cell_height(cell) for cell in row.cells)])

    def split(self, available_width: float, available_height: float) -> list[SheetTable]:
        """The part for this page and the rest; empty if nothing sensible fits."""
        self.wrap(available_width, available_height)
        heights = self.layout.heights
        taken, count = 0.0, 0
        while count < len(heights) and taken + heights[count] <= available_height:
            taken += heights[count]
            count += 1
        if count == len(self.rows):
            return [self]
        head, rest = list(self.rows[:count]), list(self.rows[count:])
        known = heights[count:]
        if heights[count] > (SIGNED_FLOWS_FROM if rest[0].signed else FLOWS_FROM):
            cut = self._cut_row(rest[0], available_height - taken)
            if cut:
                head, rest = [*head, cut[0]], [cut[1], *rest[1:]]
                known = []
        if len(head) <= self.head_rows:
            return []
        heads = self.head_rows
        if known:
            known = [*heights[:heads], *known]
        return [
            self._part(head, heights[:count]),
            self._part([*self.rows[:heads], *rest], known),
        ]

    def _part(self, rows: Sequence[Row], known: Sequence[float]) -> SheetTable:
        part = SheetTable(rows, self.column_widths, self.frame_weight, self.head_rows)
        part.layout = Layout(self.layout.widths, list(known))
        return part

    def _cut_row(self, row: Row, height: float) -> tuple[Row, Row] | None:
        if height < LEAST_PART:
            return None
        heads, rests = [], []
        for cell in row.cells:
            head: Sequence[Any]
            rest: Sequence[Any]
            if cell.is_label and not self.head_rows:
                head, rest = cell.content, _continued(cell.content)
            else:
                room = height - cell.padding[0] - cell.padding[2]
                head, rest = _cut_content(cell.content, self._inner_width(cell), room)
            align = cell.align if cell.is_label else "TOP"
            heads.append(replace(cell, content=tuple(head), align=align))
            rests.append(replace(cell, content=tuple(rest)))
        if not any(cell.content for cell in heads if not cell.is_label or self.head_rows):
            return None
        return Row(tuple(heads), height), Row(tuple(rests))

    def draw(self) -> None:
        """Draw lines and cells; the origin is the lower left corner."""
        top = self.height
        for row, height in zip(self.rows, self.layout.heights, strict=True):
            for cell in row.cells:
                self._draw_cell(cell, top, height)
            top -= height
        if self.frame_weight:
            self.canv.setLineWidth(self.frame_weight)
            self.canv.rect(0, 0, self.width, self.height)

    def _draw_cell(self, cell: Cell, top: float, height: float) -> None:
        left = sum(self.layout.widths[: cell.column])
        width = sum(self.layout.widths[cell.column : cell.column + cell.span])
        if cell.border:
            self.canv.setLineWidth(cell.border)
            self.canv.rect(left, top - height, width, height)
        spare = height - self._cell_height(cell)
        springs = sum(isinstance(flowable, Spacer) for flowable in cell.content)
        y = top - cell.padding[0]
        if not springs:
            y -= {"MIDDLE": spare / 2, "BOTTOM": spare}.get(cell.align, 0)
        for number, flowable in enumerate(cell.content):
            y -= flowable.getSpaceBefore() if number else 0
            y -= flowable.wrap(self._inner_width(cell), 1e6)[1]
            if isinstance(flowable, Spacer):
                y -= spare / springs
            else:
                flowable.drawOn(self.canv, left + cell.padding[3], y)
            y -= flowable.getSpaceAfter()


def _cut_content(
    content: Sequence[Any], width: float, height: float
) -> tuple[list[Any], list[Any]]:
    """What fits of the content, and the rest. A signature goes with the rest as a whole."""
    text, foot = _signature_apart(content)
    whole = content_height(content, width) <= height + 0.01
    if foot and not whole and content_height(foot, width) < SIGNED_FLOWS_FROM:
        head, rest = _cut_content(text, width, height)
        return head, [*rest, *foot]
    taken = 0.0
    for number, flowable in enumerate(content):
        before = flowable.getSpaceBefore() if number else 0
        own = flowable.wrap(width, 1e6)[1]
        if taken + before + own > height + 0.01:
            parts = flowable.split(width, height - taken - before)
            if len(parts) != 2:
                return list(content[:number]), list(content[number:])
            return [*content[:number], parts[0]], [parts[1], *content[number + 1 :]]
        taken += before + own + flowable.getSpaceAfter()
    return list(content), []


def _signature_apart(content: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    """What stands above the first spacer, and it with what stands below."""
    for number, part in enumerate(content):
        if isinstance(part, Spacer):
            return content[:number], content[number:]
    return content, ()


def _continued(label: Sequence[Any]) -> tuple[Any, ...]:
    paragraphs = [part for part in label if isinstance(part, SheetParagraph)]
    if not paragraphs or paragraphs[-1].runs[-1].text == CONTINUED:
        return tuple(label)
    last = paragraphs[-1]
    like = next(run for run in reversed(last.runs) if run.text or run is last.runs[0])
    shape = replace(last.shape, alignment=TA_CENTER, first_indent=0)
    mark = SheetParagraph([Run(CONTINUED, like.font, like.size, like.color)], shape)
    return (*label, mark)
