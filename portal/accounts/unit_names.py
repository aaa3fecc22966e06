"""Which unit is meant: by name, short name, part of the name in brackets, code, pinyin or initials.

Tables and minutes write 「学生处」 for 学生工作部（学生处、团委）, 「保卫处」 and "jwc".
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from portal.accounts.pinyin import initials
from portal.models import Unit

SHORTEST_PART: Final = 4
"""Fewer characters than these stand in too many names."""
MOST_NAMED: Final = 5
_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_AROUND: Final = re.compile("^(?:由|学校|学院|我校|校)(?=.{3})|(?:牵头|负责|主办|配合|协办|等)+$")


class NotAUnit(ValueError):
    """No unit, or more than one; `reason` says so in a sentence."""

    def __init__(self, typed: str, reason: str) -> None:
        super().__init__(f"no unit: {typed}")
        self.reason = reason


class UnitNames:
    """The units of a day by all their names."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = list(units)
        self.known: dict[str, dict[int, Unit]] = defaultdict(dict)
        for unit in self.units:
            for name in _names(unit):
                self.known[name][unit.id] = unit

    def find(self, typed: str) -> Unit:
        """The one unit that is meant. NotAUnit with a sentence."""
        word = _plain(typed)
        found = self._named(word) or self._named(_AROUND.sub("", word)) or self._in_part(word)
        if len(found) == 1:
            return found[0]
        if found:
            named = "、".join(unit.short_name for unit in found[:MOST_NAMED])
            raise NotAUnit(typed, f"“{typed}”可指多个单位（{named}），请填写全称。")
        raise NotAUnit(typed, f"没有“{typed}”这个单位{self._near(word)}。")

    def _named(self, word: str) -> list[Unit]:
        return list(self.known[word].values()) if word in self.known else []

    def _in_part(self, word: str) -> list[Unit]:
        """The units in whose name the word stands."""
        if len(word) < SHORTEST_PART or word.isascii():
            return []
        return [unit for unit in self.units if word in _plain(unit.name)]

    def _near(self, word: str) -> str:
        close = difflib.get_close_matches(word, self.known, n=1, cutoff=0.5)
        return f"，是否为“{next(iter(self.known[close[0]].values())).name}”" if close else ""


def _names(unit: Unit) -> Iterator[str]:
    name = _plain(unit.name)
    yield name
    yield _plain(unit.short_name)
    yield _BRACKETS.sub("", name)
    for inside in _BRACKETS.findall(name):
        yield from inside.split("、")
    yield from map(_plain, unit.aliases)
    yield unit.code.lower()
    if unit.pinyin:
        yield unit.pinyin.replace(" ", "").lower()
        yield initials(unit.pinyin)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
