"""Line breaking for Chinese: 禁则, whole Latin words and numbers (GB/T 15834 标点).

Pure: works on characters and widths in points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NEVER_FIRST = frozenset("，。、；：？！）》〉】〕」』”’…—～·％‰℃°,.;:?!)]}%")
NEVER_LAST = frozenset("（《〈【〔「『“‘([{￥$#№")
# What a number is not parted from: 「5天」, 「11月」.
MEASURES = frozenset("年月日号天次个项处份期类级时分条")
# Closing marks whose right half is blank: at the end of a line part of that may hang out,
# less than a cell's padding, so that no mark reaches into the next cell.
HANGING = frozenset("，。、；：）》〉】〕」』")
HANGS_OUT = 0.28  # of its width


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as it will be set. `run` tells which run of the paragraph it is of."""

    char: str
    width: float
    run: int
    joined: bool = False  # no break before it


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its glyphs, the width they take, and whether a forced break or the end follows."""

    glyphs: tuple[Glyph, ...]
    width: float
    last: bool


def _wordlike(char: str) -> bool:
    return "!" <= char <= "~" or "\u00c0" <= char <= "\u024f"


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between the two characters."""
    if after == " ":
        return False
    if before == " ":
        return True
    if _wordlike(before) and _wordlike(after):
        return False
    if before.isdigit() and after in MEASURES:
        return False
    return before not in NEVER_LAST and after not in NEVER_FIRST


def _breakable(before: Glyph, after: Glyph) -> bool:
    return not after.joined and may_break(before.char, after.char)


def may_stretch(before: str, after: str) -> bool:
    """Whether justification may put space between the two characters."""
    if before == " ":
        return True
    return after != " " and not (_wordlike(before) and _wordlike(after))


def _room_taken(glyph: Glyph, *, at_end: bool) -> float:
    hangs = at_end and glyph.char in HANGING
    return glyph.width * (1 - HANGS_OUT) if hangs else glyph.width


def _line_end(glyphs: Sequence[Glyph], start: int, room: float) -> int:
    """Index after the last glyph of the line that starts at `start`."""
    taken = 0.0
    allowed = 0
    for index in range(start, len(glyphs)):
        glyph = glyphs[index]
        if glyph.char == "\n":
            return index
        if glyph.char != " " and taken + _room_taken(glyph, at_end=True) > room + 0.01:
            return allowed or max(index, start + 1)
        taken += glyph.width
        following = glyphs[index + 1].char if index + 1 < len(glyphs) else "\n"
        if taken - glyph.width + _room_taken(glyph, at_end=True) <= room + 0.01 and (
            following == "\n" or _breakable(glyph, glyphs[index + 1])
        ):
            allowed = index + 1
    return len(glyphs)


def _line(glyphs: Sequence[Glyph], *, last: bool) -> Line:
    start, end = 0, len(glyphs)
    while start < end and glyphs[start].char == " ":
        start += 1
    while end > start and glyphs[end - 1].char == " ":
        end -= 1
    kept = tuple(glyphs[start:end])
    width = sum(glyph.width for glyph in kept[:-1])
    if kept:
        width += _room_taken(kept[-1], at_end=True)
    return Line(kept, width, last)


def break_lines(glyphs: Sequence[Glyph], room: float, first_indent: float = 0) -> list[Line]:
    """Lines of at most `room` points (the first is shorter by `first_indent`).

    "\\n" forces a break. A word wider than the line is cut where it must be.
    """
    lines: list[Line] = []
    start = 0
    while start < len(glyphs):
        end = _line_end(glyphs, start, room - (0 if lines else first_indent))
        forced = end >= len(glyphs) or glyphs[end].char == "\n"
        lines.append(_line(glyphs[start:end], last=forced))
        start = end + 1 if end < len(glyphs) and glyphs[end].char == "\n" else end
        if forced and start == len(glyphs) and end < len(glyphs):
            break
    return lines
