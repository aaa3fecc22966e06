"""Readers of cells that several tables share; each takes a filled cell and raises Wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from portal.documents.typesetting.characters import cannot_print, unprintable
from portal.rulebook import date_phrases
from portal.rulebook.date_phrases import NotADeadline
from portal.workbooks.cells import Cell
from portal.workbooks.refusal import Wrong

EPOCH: Final = date(1899, 12, 30)
SERIALS: Final = range(36_526, 73_051)
"""Excel's numbers of the days from 2000 to 2099: a date that lost its format is one of them."""
PARTED: Final = re.compile(r"[、，,；;/／\n]+")
YES, NO = ("是", "√", "对", "有", "1", "y", "yes"), ("否", "×", "无", "0", "n", "no")


def line(most: int) -> Callable[[Cell], str]:
    """A text in one line, of at most so many characters."""

    def read(cell: Cell) -> str:
        return _bounded(" ".join(cell.text.split()), most)

    return read


def lines(most: int) -> Callable[[Cell], str]:
    """A text with its line breaks, of at most so many characters."""

    def read(cell: Cell) -> str:
        return _bounded(cell.text, most)

    return read


def one_of(
    values: Mapping[str, Any], *, also: Mapping[str, Any] | None = None
) -> Callable[[Cell], Any]:
    """One of the choices, by its label however spaced, bracketed or wide; `also` are other words
    that are understood but not proposed."""
    known = {plain(label): value for label, value in {**(also or {}), **values}.items()}

    def read(cell: Cell) -> Any:
        found = known.get(plain(cell.text))
        if found is None:
            raise Wrong(f"没有“{_short(cell.text)}”这个选项，请填写：{'、'.join(values)}。")
        return found

    return read


def whole_number(low: int, high: int) -> Callable[[Cell], int]:
    """A whole number between two, both included."""

    def read(cell: Cell) -> int:
        said = f"请填写{low}至{high}之间的整数。"
        digits = unicodedata.normalize("NFKC", cell.text).strip()
        if not re.fullmatch("-?[0-9]{1,9}", digits) or not low <= int(digits) <= high:
            raise Wrong(said)
        return int(digits)

    return read


def yes_or_no(cell: Cell) -> bool:
    """「是」 or 「否」, also as a tick."""
    word = plain(cell.text)
    if word in YES or word in NO:
        return word in YES
    raise Wrong("请填写“是”或“否”。")


def day(today: date, *, earliest: date, latest: date | None = None) -> Callable[[Cell], date]:
    """A day however written, between two; a cell that Excel knows for a date is taken as it is."""
    last = latest or today

    def read(cell: Cell) -> date:
        found = cell.day or serial_day(cell) or _written_day(cell, today)
        if not earliest <= found <= last:
            raise Wrong(f"日期应在{earliest.isoformat()}至{last.isoformat()}之间，请核对。")
        return found

    return read


def serial_day(cell: Cell) -> date | None:
    """The day of a number that is a date without its format; None of other cells."""
    number = cell.number
    if number is None or not number.is_integer() or int(number) not in SERIALS:
        return None
    return EPOCH + timedelta(days=int(number))


def _written_day(cell: Cell, today: date) -> date:
    refuse_figure(cell)
    try:
        found = date_phrases.read(cell.text, today).period.date
    except NotADeadline as refused:
        raise Wrong(refused.reason) from refused
    if found is None:
        raise Wrong("请填写日期，如2026年11月30日。")
    return found


def refuse_figure(cell: Cell) -> None:
    """「11.30」 is the number 11.3 to Excel: 3 or 30 November, nobody knows."""
    number = cell.number
    if number is not None and not re.fullmatch("20[0-9]{6}", cell.text):
        raise Wrong(f"单元格是数值{cell.text}，无法判断日期或天数，请写成“11月30日”“15天”等文字。")


def parted(text: str) -> list[str]:
    """Several names in one cell, parted by 、，；/ or line breaks; each once, in their order."""
    return list(dict.fromkeys(part.strip() for part in PARTED.split(text) if part.strip()))


def plain(text: str) -> str:
    """A label as it is compared: without blanks, stars and the word 必填, narrow, lower case."""
    narrow = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    return re.sub(r"[*＊:：]|\((?:必填|选填|可多个)\)", "", narrow)


def labels_of(rows: Iterable[Any]) -> dict[str, Any]:
    """The ids of a list of the policy by their labels, for `one_of`."""
    return {row.label: row.id for row in rows}


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong(f"不超过{most}个字，现有{len(text)}个字。")
    missing = unprintable(text)
    if missing:
        raise Wrong(cannot_print(missing))
    return text


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
