"""Rows on their way into tables, kept as the lines that COPY takes."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

NULL = r"\N"
Encoder = Callable[[Any], str]


def escaped(text: str) -> str:
    """A text as COPY reads it."""
    if "\\" in text:
        text = text.replace("\\", r"\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")
    return text


def _array(values: list[Any]) -> str:
    """An array of numbers, or of words without a comma or a quotation mark."""
    return "{" + ",".join(map(str, values)) + "}"


ENCODERS: Mapping[type, Encoder] = {
    type(None): lambda _value: NULL,
    bool: lambda value: "t" if value else "f",
    int: str,
    str: escaped,
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _array,
    dict: lambda value: escaped(json.dumps(value, ensure_ascii=False)) if value else "{}",
}


class Rows:
    """What was added since the last `drain`: the columns and the lines of each table.

    Every row gets the next id of its table. The same seed gives the same keys.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - sample rows, no secret
        self.ids: Counter[str] = Counter()
        self.columns: dict[str, tuple[str, ...]] = {}
        self.lines: dict[str, list[str]] = defaultdict(list)

    def add(self, table: str, **values: Any) -> int:
        """One row; its id. All rows of a table name the same columns in the same order."""
        self.ids[table] += 1
        id_ = self.ids[table]
        if self.columns.setdefault(table, tuple(values)) != tuple(values):
            raise ValueError(f"other columns of {table}: {tuple(values)}")
        line = [ENCODERS[type(value)](value) for value in values.values()]
        self.lines[table].append(f"{id_}\t" + "\t".join(line) + "\n")
        return id_

    def plain(self, table: str, **values: Any) -> None:
        """A row of a table without ids."""
        self.columns.setdefault(table, tuple(values))
        line = [ENCODERS[type(value)](value) for value in values.values()]
        self.lines[table].append("\t".join(line) + "\n")

    def drain(self) -> dict[str, list[str]]:
        """The lines so far, which are forgotten here."""
        lines, self.lines = self.lines, defaultdict(list)
        return lines

    @staticmethod
    def array(values: list[int]) -> str:
        """An array that stands in many rows, encoded once."""
        return _array(values)

    def key(self) -> str:
        """A random UUID."""
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:12]}4{digits[13:16]}8{digits[17:]}"
