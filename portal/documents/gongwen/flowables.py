"""The parts of a 公文 that are more than paragraphs: red head, signature, slip, 版记."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.platypus.flowables import CondPageBreak, Flowable

from portal.documents.gongwen import measures as m
from portal.documents.gongwen import outline
from portal.documents.gongwen.content import Imprint, Signature, Slip
from portal.documents.gongwen.places import BEFORE, BEFORE_SEAL, places
from portal.documents.gongwen.type import paragraph, width
from portal.documents.typesetting.paragraph import Run, Shape, SheetParagraph
from portal.documents.typesetting.table import Cell, Row, SheetTable, content_height

BLANK_LINE = "\u3000"
_ROUNDING = 0.01  # points
COPIES = "抄送："
PRINTED = "印发"
IMPRINT_LEADING = 22.0
SLIP_PADDING = (4.0, 6.0, 4.0, 6.0)
SLIP_LINE = 0.6


class RedHead(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """发文机关标志, 发文字号 and the red line, and the two lines that stay free below it."""

    def __init__(self, mark: str, number: str, font: str) -> None:
        super().__init__()
        self.mark, self.font = mark, font
        self.number = paragraph(number, alignment=TA_CENTER) if number else None
        spread = width(mark, "title", 100) / 100
        self.size = min(m.MARK_LARGEST, m.WIDTH * m.MM / spread)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Measure; returns width and height."""
        self.width = available_width
        self.line = m.MARK_BELOW * m.MM + self.size + 2 * m.PITCH + m.LINE_BELOW * m.MM
        if self.number is not None:
            self.line += self.number.wrap(available_width, available_height)[1]
        self.height = self.line + 2 * m.PITCH
        return self.width, self.height

    def draw(self) -> None:
        """Draw from the top; the origin is the lower left corner."""
        top = self.height - m.MARK_BELOW * m.MM
        run = Run(self.mark, self.font, self.size, m.RED)
        mark = SheetParagraph([run], Shape(self.size, TA_CENTER))
        mark.wrap(self.width, self.height)
        mark.drawOn(self.canv, 0, top - self.size)
        line = self.height - self.line
        if self.number is not None:
            self.number.drawOn(self.canv, 0, line + m.LINE_BELOW * m.MM)
        self.canv.setStrokeColorRGB(*m.RED)
        self.canv.setLineWidth(1)
        self.canv.line(0, line, self.width, line)


class Stack(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Flowables that stay together."""

    def __init__(self, parts: Sequence[Any]) -> None:
        super().__init__()
        self.parts = tuple(parts)

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Measure; returns width and height."""
        self.width = available_width
        self.height = content_height(self.parts, available_width)
        return self.width, self.height

    def draw(self) -> None:
        """Draw one below the other."""
        y = self.height
        for part in self.parts:
            y -= part.wrap(self.width, self.height)[1]
            part.drawOn(self.canv, 0, y)


class Kept(SheetParagraph):
    """A heading, or an empty line: never the last of its page."""


class Closing(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """The last texts with the signature below them: no page bears a signature alone."""

    LEAST = 2  # lines of the text on the page of the signature

    def __init__(self, texts: Sequence[SheetParagraph], tail: Stack) -> None:
        super().__init__()
        self.texts, self.tail = tuple(texts), tail

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Measure; returns width and height."""
        self.width = available_width
        self.parts: list[Any] = [*self.texts, self.tail]
        self.height = sum(part.wrap(available_width, available_height)[1] for part in self.parts)
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Any]:
        """What stays, of which nothing is kept with the next, and the rest, which has two lines
        at least; empty if none may stay."""
        self.wrap(available_width, available_height)
        stays, rest = self._divided(available_width, available_height)
        while stays and isinstance(stays[-1], Kept):
            rest.insert(0, stays.pop())
        return [*stays, Closing(rest, self.tail)] if stays else []

    def _divided(
        self, width: float, height: float
    ) -> tuple[list[SheetParagraph], list[SheetParagraph]]:
        room = int((height + _ROUNDING) // m.PITCH)
        spare = sum(map(_written, self.texts)) - self.LEAST
        for at, text in enumerate(self.texts):
            whole = len(text.lines)
            count = min(whole, room) if isinstance(text, Kept) else min(whole, room, spare)
            if count < whole:
                return self._cut(at, count, width)
            room, spare = room - whole, spare - _written(text)
        return [], list(self.texts)

    def _cut(
        self, at: int, count: int, width: float
    ) -> tuple[list[SheetParagraph], list[SheetParagraph]]:
        """Before and behind the `count`-th line of a text."""
        text = self.texts[at]
        cut = count > 0 and not isinstance(text, Kept)
        parts = text.split(width, count * m.PITCH) if cut else []
        if len(parts) != 2:
            return list(self.texts[:at]), list(self.texts[at:])
        return [*self.texts[:at], parts[0]], [parts[1], *self.texts[at + 1 :]]

    def draw(self) -> None:
        """Draw the texts above the signature."""
        y = self.height
        for part in self.parts:
            y -= part.height
            part.drawOn(self.canv, 0, y)


def _written(text: SheetParagraph) -> int:
    """How many lines a signature may stand below: those of headings do not count."""
    return 0 if isinstance(text, Kept) else len(text.lines)


def closing(flowables: Sequence[Any], tail: Stack, width: float) -> list[Any]:
    """The flowables of the text, ending with as many of its last paragraphs in one with the
    signature as give two lines, and with the headings above those."""
    left, texts, lines = list(flowables), list[SheetParagraph](), 0
    while left and (lines < Closing.LEAST or isinstance(left[-1], Kept | CondPageBreak)):
        last = left.pop()
        if isinstance(last, CondPageBreak):
            continue
        if not isinstance(last, SheetParagraph):
            left.append(last)
            break
        last.wrap(width, m.HEIGHT * m.MM)
        lines += _written(last)
        texts.insert(0, last)
    return [*left, Closing(texts, tail)]


class AtFoot(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """版记: takes what is left of the page and stands on its lower edge."""

    def __init__(self, imprint: Imprint) -> None:
        super().__init__()
        self.copies = _copies(imprint.copies)
        self.issuer = _small(imprint.issuer, left=1)
        printed = f"{outline.day(imprint.day)}{PRINTED}"
        self.printed, self.taken = _small(printed), width(printed, size=m.SMALL)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Takes all of the height, or says how much more it needs."""
        self.width = available_width
        self.least = IMPRINT_LEADING
        if self.copies is not None:
            self.least += self.copies.wrap(available_width, available_height)[1]
        self.height = max(self.least, available_height)
        return self.width, self.height

    def draw(self) -> None:
        """Draw from the lower edge up: thick lines outside, a thin one between."""
        self.issuer.wrap(self.width - self.taken - 2 * m.SMALL, IMPRINT_LEADING)
        self.issuer.drawOn(self.canv, 0, 0)
        self.printed.wrap(self.taken, IMPRINT_LEADING)
        self.printed.drawOn(self.canv, self.width - self.taken - m.SMALL, 0)
        if self.copies is not None:
            self.copies.drawOn(self.canv, 0, IMPRINT_LEADING)
            self._line(m.THIN, IMPRINT_LEADING)
        self._line(m.THICK, 0)
        self._line(m.THICK, self.least)

    def _line(self, weight: float, y: float) -> None:
        self.canv.setLineWidth(weight * m.MM)
        self.canv.line(0, y, self.width, y)


def _small(text: str, left: float = 0, first: float = 0, right: float = 0) -> SheetParagraph:
    """四号; indents in its own characters."""
    own = m.SMALL / m.ADVANCE
    return paragraph(
        text,
        size=m.SMALL,
        leading=IMPRINT_LEADING,
        alignment=TA_LEFT,
        left=left * own,
        first=first * own,
        right=right * own,
    )


def _copies(copies: Sequence[str]) -> SheetParagraph | None:
    """「抄送：×××，×××。」, one character free at both sides, later lines below the first name."""
    if not copies:
        return None
    name = len(COPIES) + 1
    return _small(f"{COPIES}{'，'.join(copies)}。", left=name, first=1 - name, right=1)


def signature(signed: Signature) -> Stack:
    """落款, with the lines that stay free above it."""
    day = outline.day(signed.day)
    full = m.WIDTH * m.MM / m.ADVANCE
    name = min(width(signed.name) / m.ADVANCE, full)
    free = places(name, width(day) / m.ADVANCE, seal=signed.seal)
    parts = [_empty() for _ in range(BEFORE_SEAL if signed.seal else BEFORE)]
    if signed.beside:
        parts = [_empty(), paragraph(signed.beside, first=m.INDENT), *parts]
    parts.append(_from(signed.name, full - name - free.name))
    parts.append(_from(day, full - width(day) / m.ADVANCE - free.day))
    return Stack(parts)


def _from(text: str, left: float) -> SheetParagraph:
    return paragraph(text, left=max(0.0, left), alignment=TA_LEFT)


def _empty() -> SheetParagraph:
    return paragraph(BLANK_LINE)


def slip(given: Slip) -> SheetTable:
    """The strip to be filled in by hand, in one frame."""
    rows = [
        Row(
            (Cell(0, 1, (paragraph(row.label),), SLIP_PADDING, border=SLIP_LINE),),
            row.height * m.MM,
        )
        for row in given.rows
    ]
    return SheetTable(rows, [m.WIDTH * m.MM], 1.0)
