"""The mark of authenticity: a small QR code, drawn, not a picture (decision 0103)."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import segno
from reportlab.lib.units import mm

SQUARE: Final = 0.35 * mm
"""Four dots of a scan at 300 dpi, nearly three at 200."""


def size_of(text: str) -> float:
    """Width and height in points, without the white around it."""
    return float(len(_code(text).matrix) * SQUARE)


def draw(canvas: Any, text: str, right: float, bottom: float) -> None:
    """Draw the code of `text` with its lower right corner there; points.

    One broad line, seen through the dark squares alone: what reads the rules of a page as its
    tables meets neither the squares nor a frame.
    """
    rows = _code(text).matrix
    size = len(rows) * SQUARE
    canvas.saveState()
    squares = canvas.beginPath()
    for number, row in enumerate(rows):
        y, place = bottom + size - (number + 1) * SQUARE, 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                squares.rect(right - size + place * SQUARE, y, length * SQUARE, SQUARE)
            place += length
    canvas.clipPath(squares, stroke=0, fill=0)
    canvas.setLineWidth(size)
    canvas.setLineCap(0)
    canvas.line(right - size, bottom + size / 2, right, bottom + size / 2)
    canvas.restoreState()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", boost_error=False)
