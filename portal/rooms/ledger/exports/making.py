"""An export as a file, row by row: the Excel sheet and the printed list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from portal.rooms.ledger.beside import told_of
from portal.rooms.ledger.columns import COLUMNS, Cell, Column, needs_of
from portal.rooms.ledger.exports.printed import PrintedLedger
from portal.rooms.ledger.exports.workbook import LedgerFile
from portal.rulebook.scope import Viewer

EXCEL, PDF = "excel", "pdf"


class File(Protocol):
    """What is written row by row; `row` counts them."""

    row: int

    def add(self, cells: Sequence[Cell]) -> None:
        """One item."""


@dataclass(frozen=True)
class Making:
    """How an export is made, whatever its form: its rows, and the lines that explain it, of as many
    items as are in it."""

    college: str
    columns: Sequence[Column]
    marked: str
    fill: Callable[[File, Sequence[Column]], None]
    explain: Callable[[int], list[tuple[str, str]]]


def rows_of(
    viewer: Viewer,
    ids: Sequence[int],
    columns: Sequence[Column] = COLUMNS,
    first: int = 1,
    granted: frozenset[int] = frozenset(),
) -> Iterable[list[Cell]]:
    """The rows of these items in their order; 序号 begins at `first`. Items this viewer may not
    know of (any more) are not among them, nor sensitive ones that were not granted, also where one
    became it meanwhile."""
    place = first
    for told in told_of(viewer, ids, needs_of(columns)):
        if told.item.classification != "sensitive" or told.item.id in granted:
            row = replace(told, place=place)
            yield [column.of(row) for column in columns]
            place += 1


def _excel(work: Making) -> bytes:
    with LedgerFile(work.columns, work.marked) as file:
        work.fill(file, work.columns)
        file.explain(work.explain(file.row))
        return file.content()


def _pdf(work: Making) -> bytes:
    file = PrintedLedger(work.college, dict(work.explain(0)))
    work.fill(file, COLUMNS)
    return file.content(dict(work.explain(file.row)))


FORMS: Final[dict[str, Callable[[Making], bytes]]] = {EXCEL: _excel, PDF: _pdf}
