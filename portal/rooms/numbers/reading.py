"""历史编号 as pasted: one a line, however typed, with its day if known (SPEC §4 rule 5). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from portal.rulebook import numbering
from portal.rulebook.numbering import Number

MOST_LINES = 10_000
LONGEST_LINE = 60
_DATED = re.compile(
    r"(?P<number>.+?)[,;、(]*"
    r"(?P<year>20[0-9]{2})[-./年](?P<month>[0-9]{1,2})[-./月](?P<day>[0-9]{1,2})日?\)?"
)


class Line(NamedTuple):
    """One line: its place in the text, as typed, what it was read as, or what is wrong with it."""

    place: int
    typed: str
    number: Number | None = None
    used_on: date | None = None
    wrong: str = ""


def filled(text: str) -> list[tuple[int, str]]:
    """The lines that hold something, with their places from 1."""
    lines = enumerate(text.split("\n"), start=1)
    return [(place, line.strip()) for place, line in lines if line.strip()]


def read(text: str, words: Collection[str], today: date) -> list[Line]:
    """Every line that holds something. `words` are the 代字 of the college."""
    return list(_read(text, words, today))


def _read(text: str, words: Collection[str], today: date) -> Iterator[Line]:
    for place, typed in filled(text):
        try:
            number, used_on = _number_and_day(typed, words, today)
        except ValueError as error:
            shown = typed if len(typed) <= LONGEST_LINE else f"{typed[:LONGEST_LINE]}…"
            yield Line(place, shown, wrong=getattr(error, "reason", "") or str(error))
        else:
            yield Line(place, typed, number, used_on)


def _number_and_day(typed: str, words: Collection[str], today: date) -> tuple[Number, date | None]:
    """ValueError, whose words are for the person, if the line is not a number with its day."""
    if len(typed) > LONGEST_LINE:
        raise ValueError(f"本行超过{LONGEST_LINE}个字，每行只写一个文号。")
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    dated = _DATED.fullmatch(plain)
    number = numbering.parse(dated["number"] if dated else plain, words)
    if number.year > today.year:
        raise ValueError(f"年度晚于今年，只登记{today.year}年及以前的编号。")
    return number, _day(dated, number, today) if dated else None


def _day(dated: re.Match[str], number: Number, today: date) -> date:
    try:
        day = date(int(dated["year"]), int(dated["month"]), int(dated["day"]))
    except ValueError as error:
        raise ValueError("日期不存在，请核对。") from error
    if day.year != number.year:
        raise ValueError("日期不在编号的年度内，请核对。")
    if day > today:
        raise ValueError("日期晚于今天，请核对。")
    return day
