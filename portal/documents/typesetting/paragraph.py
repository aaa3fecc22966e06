"""A paragraph set by the rules of `breaking`: the flowable every text of a sheet becomes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus.flowables import Flowable

from portal.documents.typesetting.breaking import Glyph, Line, break_lines, may_stretch
from portal.documents.typesetting.characters import (
    BLANK,
    IDEOGRAPHIC_SPACE,
    JOINER,
    family_of_name,
)
from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.pictures import Picture

ASCENT = 0.88  # of the em box a Chinese character stands in
FILLED, UNSEEN = 0, 3  # how a PDF shows a text
LEAST_LINES = 2  # of a paragraph at the foot of a page, and at the head of the next
MOST_STRETCH = 0.5  # of an em between two characters; a line that needs more stays ragged


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one face, size and colour, or a picture as high as `size`. "\\n" in a text is a
    forced break. `spacing`: points added behind each character, so that a line holds a given
    number of them."""

    text: str
    font: str
    size: float
    color: Any = None
    picture: Picture | None = None
    spacing: float = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a paragraph is set; lengths in points."""

    leading: float
    alignment: int = TA_JUSTIFY
    first_indent: float = 0
    left_indent: float = 0
    right_indent: float = 0
    space_before: float = 0
    space_after: float = 0
    keep_with_next: bool = False


def glyphs_of(runs: Sequence[Run]) -> list[Glyph]:
    """The characters of `runs` with their widths."""
    found = []
    joined = False
    for number, run in enumerate(runs):
        if run.picture is not None:
            found.append(Glyph(run.text, run.size * run.picture.ratio, number, joined))
            continue
        font = pdfmetrics.getFont(run.font)
        for char in run.text.replace(BLANK, IDEOGRAPHIC_SPACE):
            if char == JOINER:
                joined = True
                continue
            width = 0.0 if char == "\n" else font.stringWidth(char, run.size) + run.spacing
            found.append(Glyph(char, width, number, joined))
            joined = False
    return found


class SheetParagraph(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Chinese text, justified, with whole Latin words and forced breaks."""

    def __init__(
        self, runs: Sequence[Run], shape: Shape, lines: Sequence[Line] | None = None
    ) -> None:
        """`lines`: already broken ones (the parts of a paragraph cut by a page)."""
        super().__init__()
        self.runs = tuple(runs)
        self.shape = shape
        self.lines: list[Line] = list(lines or ())
        self._fixed = lines is not None
        self._broken_for = -1.0  # the width `lines` were broken for
        self._first = True
        self._pictured = any(run.picture is not None for run in runs)
        self.keepWithNext = shape.keep_with_next

    def getSpaceBefore(self) -> float:
        """Points above, when something stands above."""
        return self.shape.space_before

    def getSpaceAfter(self) -> float:
        """Points below, when something stands below."""
        return self.shape.space_after

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Break the lines for this width; returns width and height."""
        self.width = available_width
        if not self._fixed and available_width != self._broken_for:
            self._broken_for = available_width
            room = available_width - self.shape.left_indent - self.shape.right_indent
            self.lines = break_lines(glyphs_of(self.runs), room, self.shape.first_indent)
        self.height = sum(map(self._line_height, self.lines))
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[SheetParagraph]:
        """What fits, and the rest, each of two lines at least; empty if that cannot be."""
        self.wrap(available_width, available_height)
        taken, count = 0.0, 0
        for line in self.lines:
            taken += self._line_height(line)
            if taken > available_height + 0.01:
                break
            count += 1
        if count >= len(self.lines):
            return [self]
        count = min(count, len(self.lines) - LEAST_LINES)
        if count < LEAST_LINES:
            return []
        head = SheetParagraph(self.runs, self.shape, self.lines[:count])
        rest = SheetParagraph(self.runs, self.shape, self.lines[count:])
        head._first, rest._first = self._first, False
        return [head, rest]

    def draw(self) -> None:
        """Draw the lines; the flowable's origin is its lower left corner."""
        top = self.height
        for number, line in enumerate(self.lines):
            first = self._first and number == 0
            texts = (run.size for run in self._runs_of(line) if run.picture is None)
            size = max(texts, default=0)
            top -= self._line_height(line)
            # A picture makes its line higher and stands on its foot, as a text beside it does.
            baseline = top + (self.shape.leading - size) / 2 + (1 - ASCENT) * size
            self._draw_line(line, top, baseline, self.shape.first_indent if first else 0)
        if not self._fixed:  # of a table of thousands of rows no more than a page is kept broken
            self.lines, self._broken_for = [], -1.0

    def _runs_of(self, line: Line) -> Iterator[Run]:
        return (self.runs[number] for number in {glyph.run for glyph in line.glyphs})

    def _line_height(self, line: Line) -> float:
        if not self._pictured:
            return self.shape.leading
        pictures = (run.size for run in self._runs_of(line) if run.picture is not None)
        return max([self.shape.leading, *pictures])

    def _draw_line(self, line: Line, foot: float, baseline: float, indent: float) -> None:
        left = self.shape.left_indent + indent
        spare = self.width - left - self.shape.right_indent - line.width
        stretch = 0.0
        if self.shape.alignment == TA_CENTER:
            left += spare / 2
        elif self.shape.alignment == TA_RIGHT:
            left += spare
        elif self.shape.alignment == TA_JUSTIFY and not line.last:
            stretch = self._stretch(line, spare)
        for text, number, x, spacing in _pieces(line, left, stretch):
            run = self.runs[number]
            if run.picture is not None:
                self._draw_picture(run.picture, run.size, x, foot)
            else:
                self._draw_piece(text, run, x, baseline, spacing)

    def _draw_picture(self, picture: Picture, size: float, x: float, y: float) -> None:
        width = size * picture.ratio
        self.canv.drawImage(picture.pixels, x, y, width, size, preserveAspectRatio=True, anchor="e")
        unseen = self.canv.beginText(x, y + (1 - ASCENT) * size)
        unseen.setTextRenderMode(UNSEEN)
        face = family_of_name(picture.name, "kai")
        unseen.setFont(font_name(face), min(size, width / max(len(picture.name), 1)))
        unseen.textOut(picture.name)
        unseen.setTextRenderMode(FILLED)
        self.canv.drawText(unseen)

    def _stretch(self, line: Line, spare: float) -> float:
        gaps = sum(_gaps(line))
        size = self.runs[line.glyphs[0].run].size if line.glyphs else 0
        each = spare / gaps if gaps else 0.0
        return each if 0 < each <= MOST_STRETCH * size else 0.0

    def _draw_piece(self, text: str, run: Run, x: float, y: float, spacing: float) -> None:
        drawn = self.canv.beginText(x, y)
        drawn.setFont(run.font, run.size)
        drawn.setCharSpace(spacing + run.spacing)
        if run.color is not None:
            drawn.setFillColor(run.color)
        drawn.textOut(text)
        drawn.setCharSpace(0)
        self.canv.drawText(drawn)


def _gaps(line: Line) -> list[bool]:
    glyphs = line.glyphs
    return [may_stretch(a.char, b.char) for a, b in itertools.pairwise(glyphs)]


def _pieces(line: Line, left: float, stretch: float) -> Iterator[tuple[str, int, float, float]]:
    """Stretches of the line that one PDF text operator can set: text, run, x, spacing."""
    gaps = [*_gaps(line), False][: len(line.glyphs)]  # a line of blanks alone has no glyphs
    text, start, run, spaced = "", left, -1, False
    x = left
    for glyph, gap in zip(line.glyphs, gaps, strict=True):
        spacing = stretch if gap else 0.0
        if text and (glyph.run != run or bool(spacing) != spaced):
            yield text, run, start, stretch if spaced else 0.0
            text = ""
        if not text:
            start, run, spaced = x, glyph.run, bool(spacing)
        text += glyph.char
        x += glyph.width + spacing
    if text:
        yield text, run, start, stretch if spaced else 0.0
