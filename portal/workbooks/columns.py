"""What a table is made of: its columns as they are declared, its rows as they were read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from portal.workbooks.cells import EMPTY, Cell
from portal.workbooks.refusal import Wrong

REMARKS: Final = "问题说明"
"""The column that the portal adds; it is passed over when the file comes back."""
LONG: Final = 28
"""From so many characters of width on a column holds sentences."""


class Named(NamedTuple):
    """A row of the database that a cell names: its id, and its name as the preview shows it."""

    id: int
    name: str


class Column(NamedTuple):
    """One column of a table.

    `read` makes the value of a filled cell, raising Wrong with a sentence; an empty one is
    `empty`, or wrong where the column is `required`. `also` are other heads by which the column is
    known, `hint` stands as a comment at its head, `choices` drop down, `example` fills the sample
    row. `width` is in characters of the template.
    """

    name: str
    label: str
    read: Callable[[Cell], Any]
    required: bool = False
    also: tuple[str, ...] = ()
    hint: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    width: int = 16
    empty: Any = ""

    @property
    def long(self) -> bool:
        """Whether its texts want room on a page."""
        return self.width >= LONG

    def value_of(self, cell: Cell) -> Any:
        """The value of a cell. Wrong with a sentence."""
        if cell.problem:
            raise Wrong(cell.problem)
        if cell:
            return self.read(cell)
        if self.required:
            raise Wrong("请填写。")
        return self.empty


class Book(NamedTuple):
    """A kind of table: what its files are kept for (`purpose`), its name on screen and in files,
    its columns, the lines of the sheet 填写说明."""

    purpose: str
    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()

    def label_of(self, name: str) -> str:
        """The label of a column by its name; empty for the row as a whole."""
        return next((column.label for column in self.columns if column.name == name), "")


@dataclass
class Row:
    """One row: its place in the sheet from 1, its cells and their values by column.

    `problems` are sentences by column ("": the whole row): a row with any is not brought in.
    `notes` are what to heed of a sound one; `known`: it is there already, and why it is left out.
    `says` is by column what the cell was read as, where that is not what was typed.
    """

    place: int
    cells: Mapping[str, Cell]
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    known: str = ""
    says: dict[str, str] = field(default_factory=dict)

    def refuse(self, column: str, sentence: str) -> None:
        """Say what is wrong with the row at one of its columns; the first word stands."""
        self.problems.setdefault(column, sentence)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems

    @property
    def new(self) -> bool:
        """Whether it is sound and not there yet."""
        return self.sound and not self.known

    def text(self, name: str) -> str:
        """What stands in a column, as typed."""
        return self.cells.get(name, EMPTY).text

    def shown(self, name: str) -> str:
        """What the preview shows in a column: as read, else as typed."""
        return self.says.get(name) or self.text(name)

    @property
    def key(self) -> str:
        """Names the row by what it says: the same in another file, or further down in this one."""
        said = [(name, cell.text) for name, cell in sorted(self.cells.items()) if cell]
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass
class Table:
    """What was read of a file: the rows that hold something, and what was passed over."""

    sheet: str
    rows: Sequence[Row]
    passed_over: Sequence[str] = ()
    """Sentences: unknown columns, other sheets, the sample row."""

    @property
    def new(self) -> list[Row]:
        """The rows that would be brought in."""
        return [row for row in self.rows if row.new]

    @property
    def wrong(self) -> list[Row]:
        """The rows with something to mend."""
        return [row for row in self.rows if not row.sound]

    @property
    def known(self) -> list[Row]:
        """The sound rows that are there already."""
        return [row for row in self.rows if row.sound and row.known]

    @property
    def digest(self) -> str:
        """Names what would be brought in: who confirms something else than was shown is told so."""
        said = [(row.place, sorted(row.values.items())) for row in self.new]
        return hashlib.sha256(repr(said).encode()).hexdigest()
