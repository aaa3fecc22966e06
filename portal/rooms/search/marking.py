"""Which part of a text was found, to be shown with a mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from portal.accounts.pinyin import INTERPUNCT
from portal.readings import span_of
from portal.rooms.search.asked import Word

AROUND = 18
"""Characters of a longer text that stand before the found part."""
SHOWN = 60
"""Characters that are shown of a longer text."""


class Piece(NamedTuple):
    """A part of a text, found or not."""

    text: str
    found: bool


def pieces(text: str, words: Iterable[Word]) -> list[Piece]:
    """The text in parts, those that a word met marked."""
    marked = bytearray(len(text))
    for word in words:
        for start, end in _spans(text, word):
            marked[start:end] = b"\1" * (end - start)
    found: list[Piece] = []
    for character, hit in zip(text, marked, strict=True):
        if found and found[-1].found == bool(hit):
            found[-1] = Piece(found[-1].text + character, bool(hit))
        else:
            found.append(Piece(character, bool(hit)))
    return found


def excerpt(text: str, words: Iterable[Word]) -> list[Piece]:
    """Of a longer text what stands around the first found part; nothing if none is found."""
    line, words = " ".join(text.split()), list(words)
    starts = [start for word in words for start, _end in _literal(line, word)]
    if not starts:
        return []
    begin = max(0, min(starts) - AROUND)
    shown = line[begin : begin + SHOWN]
    before = "…" if begin else ""
    after = "…" if begin + SHOWN < len(line) else ""
    return pieces(f"{before}{shown}{after}", words)


def _spans(text: str, word: Word) -> Iterator[tuple[int, int]]:
    literal = list(_literal(text, word))
    yield from literal
    if not literal and word.letters and (span := span_of(text, word.letters)):
        yield span


def _literal(text: str, word: Word) -> Iterator[tuple[int, int]]:
    """Where the word itself stands, whatever the case of its letters, with or without a ·."""
    places = [place for place, sign in enumerate(text) if sign != INTERPUNCT]
    plain, sought = "".join(text[place].lower()[:1] for place in places), word.plain.lower()
    at = plain.find(sought) if sought else -1
    while at >= 0:
        yield places[at], places[at + len(sought) - 1] + 1
        at = plain.find(sought, at + len(sought))
