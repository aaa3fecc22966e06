"""A cell of a workbook as the person sees it: its text, and the value behind it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from portal.filters import full_date
from portal.forms import clean

BEGINS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
CELL_LENGTH: Final = 32_767
"""What Excel holds in one cell."""
Value = str | float | int | bool | date | datetime | time | timedelta | None


class Cell(NamedTuple):
    """`text` is empty for an empty cell; `problem`: the cell holds nothing that can be read, a
    formula without a result or with an error."""

    text: str = ""
    value: Value = None
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.problem)

    @property
    def day(self) -> date | None:
        """The day of a cell that Excel itself knows for a date; None of any other."""
        if isinstance(self.value, datetime):
            return self.value.date()
        return self.value if isinstance(self.value, date) else None

    @property
    def number(self) -> float | None:
        """The number of a cell that holds one; a tick (TRUE) is none."""
        found = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return float(self.value) if found else None  # type: ignore[arg-type]  # found says so


EMPTY = Cell()


def cell_of(value: Value) -> Cell:
    """The cell that holds a value as it was read; text is cleaned as a form's is."""
    text = _text(value)
    return Cell(text, value) if text else EMPTY


def _text(value: Value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return full_date(value.date())
    if isinstance(value, date):
        return full_date(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    words = clean(str(value))
    return words[1:] if words.startswith("'") and harmless(words[1:]) == words else words


def harmless(words: str) -> str:
    """Text that no table program takes for a formula, cut to what a cell holds; read back, the sign
    before it is gone."""
    cut = words[:CELL_LENGTH]
    return f"'{cut[: CELL_LENGTH - 1]}" if cut.startswith(BEGINS_FORMULA) else cut
