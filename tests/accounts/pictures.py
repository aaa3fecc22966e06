"""Photographs of signatures as people send them, and damaged ones."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

PAPER, PEN = (196, 188, 176), (30, 32, 90)


def photographed(
    form: str = "JPEG",
    size: tuple[int, int] = (800, 500),
    paper: tuple[int, ...] = PAPER,
    mode: str = "RGB",
    strokes: int = 3,
) -> bytes:
    """Strokes of a pen on paper, as a file of this form."""
    picture = Image.new(mode, size, paper)
    drawn = ImageDraw.Draw(picture)
    wide, high = size
    for number in range(strokes):
        left = wide * (0.3 + 0.12 * number)
        drawn.line([(left, high * 0.4), (left + wide * 0.1, high * 0.6)], PEN, max(2, wide // 80))
    made = io.BytesIO()
    picture.save(made, form)
    return made.getvalue()
