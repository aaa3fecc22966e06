"""The pages of a PDF as pictures: what a telephone's browser shows without a viewer of its own.

Drawn when they are looked at, in a process that is confined; nothing is kept.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

SECONDS: Final = 15.0
MOST: Final = 30
"""Pages that are shown; whoever wants more opens the file."""
TYPE: Final = "image/jpeg"
DRAWER: Final = Path(__file__).with_name("page_drawer.py")


class NotDrawn(Exception):
    """The PDF cannot be drawn: damaged, locked, or larger than its share."""


def count(pdf: Path) -> int:
    """How many pages there are. NotDrawn."""
    return int(_drawer(pdf, 0))


def picture(pdf: Path, number: int) -> bytes:
    """One page, the first is 1, as `TYPE`. NotDrawn, also for a page that is none."""
    if not 1 <= number <= MOST:
        raise NotDrawn
    return _drawer(pdf, number)


def _drawer(pdf: Path, number: int) -> bytes:
    with pdf.open("rb") as stream:
        try:
            done = subprocess.run(  # noqa: S603 - this interpreter, this file
                [sys.executable, "-I", str(DRAWER), str(number)],
                stdin=stream,
                capture_output=True,
                timeout=SECONDS,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise NotDrawn from error
    return done.stdout
