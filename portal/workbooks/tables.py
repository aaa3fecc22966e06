"""From the sheets of a file to a table: where its heads stand, which rows hold something, what each
cell means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import IO, Final

from portal.workbooks.cells import Cell
from portal.workbooks.columns import REMARKS, Book, Column, Row, Table
from portal.workbooks.parsers import plain
from portal.workbooks.reading import NO_SHEETS, Sheet, sheets_of
from portal.workbooks.refusal import WorkbookRefused, Wrong
from portal.workbooks.survey import MOST_ROWS, TOO_LARGE

HEADS_WITHIN: Final = 20
"""A title and some lines of explanation may stand above the heads."""
EXPLANATIONS: Final = "填写说明"
NUMBERING: Final = ("序号", "编号", "行号")
"""Columns that everybody adds and nobody needs."""


def read(file: IO[bytes], book: Book) -> Table:
    """The table of a file, from its first visible sheet that has the heads.

    Raises WorkbookRefused with a sentence, FileRefused for a packed file that is none; what is
    wrong with single cells stands at their rows.
    """
    best: tuple[Sheet, int, dict[int, Column]] | None = None
    others: list[str] = []
    for sheet in sheets_of(file):
        place, heads = _heads(sheet, book)
        if best is None or (_missing(book, best[2]) and not _missing(book, heads)):
            best = sheet, place, heads
        if sheet.rows and sheet.name != EXPLANATIONS:
            others.append(sheet.name)
    if best is None:
        raise WorkbookRefused(NO_SHEETS)
    sheet, place, heads = best
    _must_be_complete(book, sheet, place, heads)
    rows, samples = _rows(sheet, place, heads, book)
    passed = _passed_over(sheet, place, heads, [name for name in others if name != sheet.name])
    if samples:
        passed.append("示例行未导入。")
    return Table(sheet.name, rows, passed)


def _heads(sheet: Sheet, book: Book) -> tuple[int, dict[int, Column]]:
    """The row with most of the heads, and the column at each place of it."""
    known = {
        plain(head): column for column in book.columns for head in (column.label, *column.also)
    }
    found = [
        {
            at: known[plain(cell.text)]
            for at, cell in enumerate(cells)
            if cell.text and plain(cell.text) in known
        }
        for cells in sheet.rows[:HEADS_WITHIN]
    ]
    place = max(range(len(found)), key=lambda row: len(found[row]), default=0)
    return place, found[place] if found else {}


def _missing(book: Book, heads: dict[int, Column]) -> list[str]:
    there = {column.name for column in heads.values()}
    return [column.label for column in book.columns if column.required and column.name not in there]


def _must_be_complete(book: Book, sheet: Sheet, place: int, heads: dict[int, Column]) -> None:
    missing = _missing(book, heads)
    if missing:
        raise WorkbookRefused(
            f"工作表“{sheet.name}”的表头中没有“{'”“'.join(missing)}”，请使用模板填写。"
        )
    times = Counter(column.label for column in heads.values())
    twice = [label for label, count in times.items() if count > 1]
    if twice:
        raise WorkbookRefused(
            f"工作表“{sheet.name}”第{place + 1}行的表头中，“{'”“'.join(twice)}”重复，请只保留一列。"
        )


def _rows(sheet: Sheet, place: int, heads: dict[int, Column], book: Book) -> tuple[list[Row], int]:
    """The rows below the heads that hold something of their own, and how many samples were left
    out: the template's example, if it still stands there word for word."""
    sample = {column.name: plain(column.example) for column in book.columns if column.example}
    rows, samples = [], 0
    for number in range(place + 1, len(sheet.rows)):
        if not any(sheet.own(number, at) for at in heads):
            continue
        cells = {column.name: sheet.shown(number, at) for at, column in heads.items()}
        if sample and _says(cells) == sample:
            samples += 1
            continue
        rows.append(_row(number + 1, cells, book.columns))
    if len(rows) > MOST_ROWS:
        raise WorkbookRefused(TOO_LARGE)
    return rows, samples


def _says(cells: dict[str, Cell]) -> dict[str, str]:
    return {name: plain(cell.text) for name, cell in cells.items() if cell}


def _row(place: int, cells: dict[str, Cell], columns: Sequence[Column]) -> Row:
    row = Row(place, cells)
    for column in columns:
        try:
            row.values[column.name] = column.value_of(cells.get(column.name, Cell()))
        except Wrong as wrong:
            row.refuse(column.name, str(wrong))
    return row


def _passed_over(
    sheet: Sheet, place: int, heads: dict[int, Column], others: list[str]
) -> list[str]:
    unknown = [
        cell.text
        for at, cell in enumerate(sheet.rows[place])
        if cell.text and at not in heads and plain(cell.text) not in (REMARKS, *NUMBERING)
    ]
    said = []
    if unknown:
        said.append(f"未识别的列没有读取：{'、'.join(unknown)}。")
    if others:
        said.append(f"只读取工作表“{sheet.name}”，其余工作表没有读取：{'、'.join(others)}。")
    return said
