"""A sheet that was read once is set in every size: reading HTML is most of the work of a sheet.

It is read with numbers that stand nowhere else, and each of them is replaced by what it is at the
size that is tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.documents.typesetting.paragraph import SheetParagraph
from portal.documents.typesetting.table import Cell, Row, SheetTable

DIGITS = 3
"""After the point: how exactly a number must be met."""


class Sizes:
    """Lengths in points: what was read, and what it is to be. Others stay as they are."""

    def __init__(self, read: Sequence[float], wanted: Sequence[float]) -> None:
        self._by_read: Mapping[float, float] = {
            round(one, DIGITS): other for one, other in zip(read, wanted, strict=True)
        }

    def of(self, length: float) -> float:
        """What the length is to be."""
        return self._by_read.get(round(length, DIGITS), length)


def resized(flowables: Sequence[Any], sizes: Sizes) -> list[Any]:
    """The same paragraphs and tables in other sizes; what was given stays as it is."""
    return [_resized(flowable, sizes) for flowable in flowables]


def _resized(flowable: Any, sizes: Sizes) -> Any:
    if isinstance(flowable, SheetParagraph):
        return _paragraph(flowable, sizes)
    if isinstance(flowable, SheetTable):
        rows = [_row(row, sizes) for row in flowable.rows]
        return SheetTable(rows, flowable.column_widths, flowable.frame_weight, flowable.head_rows)
    return flowable


def _paragraph(source: SheetParagraph, sizes: Sizes) -> SheetParagraph:
    shape = replace(
        source.shape,
        leading=sizes.of(source.shape.leading),
        first_indent=sizes.of(source.shape.first_indent),
    )
    return SheetParagraph([replace(run, size=sizes.of(run.size)) for run in source.runs], shape)


def _row(row: Row, sizes: Sizes) -> Row:
    return Row(tuple(_cell(cell, sizes) for cell in row.cells), sizes.of(row.height))


def _cell(cell: Cell, sizes: Sizes) -> Cell:
    top, right, bottom, left = (sizes.of(side) for side in cell.padding)
    content = tuple(resized(cell.content, sizes))
    return replace(cell, content=content, padding=(top, right, bottom, left))
