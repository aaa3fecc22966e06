"""The rows of a workbook's sheet, read without opening anything outside the file.

Results of formulas are taken as the office program last worked them out; links are never followed
and macros never run: the reader (calamine) knows neither. Hidden sheets are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any, Final, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from portal.workbooks.cells import EMPTY, Cell, cell_of
from portal.workbooks.refusal import WorkbookRefused
from portal.workbooks.survey import BROKEN, TOO_LARGE, Marks, Place, sheet_paths, survey

MOST_SHEETS: Final = 20
MOST_MERGED: Final = 200_000
"""Cells in blocks merged downwards."""
NO_SHEETS: Final = "文件中没有可读取的工作表，请核对后重新上传。"


class Sheet(NamedTuple):
    """A visible sheet: all its rows from the first one on, and of each cell that lies within a
    merged block the one whose value it shows."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: dict[Place, Place]

    def shown(self, row: int, column: int) -> Cell:
        """What a person sees there: of a block merged downwards, the value of its first cell."""
        row, column = self.merged.get((row, column), (row, column))
        return self.own(row, column)

    def own(self, row: int, column: int) -> Cell:
        """What stands in the cell itself; empty beyond the table."""
        cells = self.rows[row] if row < len(self.rows) else ()
        return cells[column] if column < len(cells) else EMPTY


def sheets_of(file: IO[bytes]) -> Iterator[Sheet]:
    """The visible sheets in their order, each built when it is asked for.

    Raises WorkbookRefused for what cannot be read, FileRefused for a packed file that is none.
    """
    marks = survey(file)
    paths = sheet_paths(file)
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            names = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == SheetVisibleEnum.Visible
            ]
            if not names or len(names) > MOST_SHEETS:
                raise WorkbookRefused(NO_SHEETS)
            for name in names:
                # A sheet that the survey did not meet is not built.
                if (path := paths.get(name)) in marks:
                    yield _sheet(book.get_sheet_by_name(name), marks[path])
    except CalamineError as error:
        raise WorkbookRefused(BROKEN) from error
    finally:
        file.seek(0)


def _sheet(sheet: CalamineSheet, marks: Marks) -> Sheet:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    cells = [[cell_of(value) for value in row] for row in rows]
    for (row, column), problem in marks.items():
        for missing in range(len(cells), row + 1):
            cells.insert(missing, [])
        cells[row] += [EMPTY] * (column + 1 - len(cells[row]))
        cells[row][column] = Cell(problem=problem)
    return Sheet(sheet.name, cells, _merged(sheet, len(cells)))


def _merged(sheet: CalamineSheet, rows: int) -> dict[Place, Place]:
    """Only downwards, in the first column of each block: a title over several columns stays one."""
    blocks = [(at, min(end[0] + 1, rows)) for at, end in sheet.merged_cell_ranges or ()]
    if sum(max(0, below - top) for (top, _left), below in blocks) > MOST_MERGED:
        raise WorkbookRefused(TOO_LARGE)
    return {
        (row, left): (top, left) for (top, left), below in blocks for row in range(top + 1, below)
    }
