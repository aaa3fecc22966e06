"""The stamp on a download of a sensitive item: name, 工号 and time on every page (SPEC §7.6).

Light and aslant, so that what is under it stays readable. Pure: knows no database and no request.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Final

from portal.documents import stamper
from portal.documents.typesetting.characters import clean, coverage

LARGEST: Final = 50 * 1024 * 1024
SECONDS: Final = 15.0
SIZE, SLANT = 20, 32  # points, degrees
SHADE, COVER = 0.35, 0.16  # grey, and how much of it covers
ROWS: Final = (0.2, 0.5, 0.8)  # of the page's height
SCRIPT: Final = Path(stamper.__file__)


class NotStamped(ValueError):
    """A PDF that cannot be stamped: locked, damaged, too large, or too slow to read."""


def stamp_own(pdf: bytes, line: str) -> bytes:
    """A sheet of the portal itself, stamped with the line."""
    return stamper.stamp(pdf, over(line))


def stamp_uploaded(pdf: bytes, line: str) -> bytes:
    """A PDF that somebody uploaded, stamped in a process of its own. NotStamped."""
    if len(pdf) > LARGEST:
        raise NotStamped
    mark = over(line)
    try:
        done = subprocess.run(  # noqa: S603 - the portal's own script, no argument from outside
            [sys.executable, "-I", str(SCRIPT)],
            input=b"%0*d" % (stamper.DIGITS, len(mark)) + mark + pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise NotStamped from slow
    if done.returncode != 0 or not done.stdout:
        raise NotStamped
    return done.stdout


def over(line: str) -> bytes:
    """One A4 page with the line on it three times, nothing else; the same line, the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    from portal.documents.typesetting.faces import font_name, register

    register()
    printable, kept = coverage("song"), clean(line)
    text = "".join(char if ord(char) in printable else "□" for char in kept)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=font_name("latin"))
    canvas.setFillGray(SHADE, alpha=COVER)
    canvas.setFont(font_name("song"), SIZE)
    for row in ROWS:
        canvas.saveState()
        canvas.translate(A4[0] / 2, A4[1] * row)
        canvas.rotate(SLANT)
        canvas.drawCentredString(0, 0, text)
        canvas.restoreState()
    canvas.save()
    return out.getvalue()
