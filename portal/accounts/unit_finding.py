"""Finding units by what people call them (SPEC §8.8): short or full name, the names in brackets,
the code, an abbreviation (后勤处 of 后勤与国有资产管理处), pinyin and first letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from portal.accounts.queries import units_in_order
from portal.models import Unit
from portal.readings import letters_of, pattern_of, reading_of

SHORTEST_ABBREVIATION = 2
_PARTS = re.compile(r"[（）()、，,]")


def find_units(typed: str, day: date) -> list[Unit]:
    """The units of a day that may be meant, the likeliest first, else in the official order."""
    word = "".join(typed.split())
    if not word:
        return []
    ranked = [(_rank(unit, word), unit) for unit in units_in_order(day)]
    found = [(rank, unit) for rank, unit in ranked if rank is not None]
    return [unit for _rank_of, unit in sorted(found, key=lambda pair: pair[0])]


def names_of(unit: Unit) -> list[str]:
    """What it is called: the short name, the full one, each of those in its brackets."""
    names = [unit.short_name, unit.name, *_PARTS.split(unit.name)]
    return list(dict.fromkeys(name for name in names if name))


def unit_reading(unit: Unit) -> str:
    """Readings of the short name, as stored, and of all names, parted by `|`."""
    return _readings(unit.pinyin, *names_of(unit))


@lru_cache(maxsize=512)
def _readings(stored: str, *names: str) -> str:
    """Units are few, and each is read at every letter that somebody types."""
    readings = (stored.title().replace(" ", ""), *(reading_of(name) for name in names))
    return "|".join(dict.fromkeys(reading for reading in readings if reading))


def _rank(unit: Unit, word: str) -> int | None:
    """How near the word is to the unit: 0 is its name; None: another unit."""
    names = names_of(unit)
    if word in names or word.upper() == unit.code:
        return 0
    for rank, near in enumerate((str.startswith, str.__contains__), start=1):
        if any(near(name, word) for name in names):
            return rank
    letters = letters_of(word)
    if letters:
        reading = unit_reading(unit)
        if re.search(pattern_of(letters, from_start=True), reading):
            return 3
        return 4 if re.search(pattern_of(letters), reading) else None
    return 5 if _abbreviates(word, unit.name) else None


def _abbreviates(word: str, name: str) -> bool:
    """Whether the word is made of characters of the name, in their order, from its first on."""
    if len(word) < SHORTEST_ABBREVIATION or not name.startswith(word[0]):
        return False
    left: Iterator[str] = iter(name)
    return all(character in left for character in word)
