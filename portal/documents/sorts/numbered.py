"""Kinds that count the rows of an item: `phone-2` is its second telephone record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from portal.errors import NotFound

Row = TypeVar("Row")


def kind_of(sort: str, number: int) -> str:
    """The kind of the row with this number, from 1."""
    return f"{sort}-{number}"


def number_of(kind: str, sort: str) -> int | None:
    """Which row of this sort the kind names; None for a kind of another sort."""
    own, _dash, number = kind.partition("-")
    if own != sort or not (number.isdecimal() and number.isascii() and len(number) < 5):
        return None
    return int(number) if str(int(number)) == number != "0" else None


def nth(label: str, number: int) -> str:
    """「电话督办记录（第2次）」."""
    return f"{label}（第{number}次）"


def row_of(rows: Sequence[Row], kind: str, sort: str) -> Row:
    """The row that the kind names. NotFound: there is none."""
    number = number_of(kind, sort)
    if number is None or number > len(rows):
        raise NotFound
    return rows[number - 1]
