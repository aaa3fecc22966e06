"""A stamp laid over every page of a PDF; also a process of its own for files that people uploaded.

As a process: on its input the length of the stamp in ten digits, the stamp and the PDF; on its
output the stamped PDF. It loads nothing of the portal and takes no more than its share of time and
memory. Exit status 3: the PDF asks for a password.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pypdf import PageObject, Transformation
    from pypdf.generic import RectangleObject

SECONDS, BYTES, PAGES = 10, 1536 * 1024 * 1024, 1000
LOCKED: Final = 3
DIGITS: Final = 10


def stamp(pdf: bytes, over: bytes) -> bytes:
    """`pdf` with the one page of `over` on each of its pages, stretched to the page's size.

    Errors of pypdf for a PDF that is none, PermissionError for one that asks for a password.
    """
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(pdf))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PermissionError("the PDF asks for a password")
    writer = PdfWriter(clone_from=reader)
    mark = PdfReader(io.BytesIO(over)).pages[0]
    for number, page in enumerate(writer.pages):
        if number == PAGES:
            raise ValueError("more pages than anybody reads")
        page.merge_transformed_page(mark, _placed(mark, page))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _placed(mark: PageObject, page: PageObject) -> Transformation:
    """The mark upright over what is seen of the page, however it lies or is turned."""
    from pypdf import Transformation

    (left, low, right, high), turned = _seen(page), page.rotation % 360
    width, height = right - left, high - low
    seen = (height, width) if turned in (90, 270) else (width, height)
    size = mark.mediabox
    placed = Transformation().scale(seen[0] / float(size.width), seen[1] / float(size.height))
    back = {90: (width, 0.0), 180: (width, height), 270: (0.0, height)}.get(turned, (0.0, 0.0))
    return placed.rotate(turned).translate(*back).translate(left, low)


def _seen(page: PageObject) -> tuple[float, float, float, float]:
    """What of the page is shown, in points: of its crop box what lies on the paper, and all of the
    paper where nothing does, as programs write it that leave the box empty."""
    crop, paper = (_corners(box) for box in (page.cropbox, page.mediabox))
    left, low = max(crop[0], paper[0]), max(crop[1], paper[1])
    right, high = min(crop[2], paper[2]), min(crop[3], paper[3])
    return (left, low, right, high) if right > left and high > low else paper


def _corners(box: RectangleObject) -> tuple[float, float, float, float]:
    """Left, low, right, high, whichever corners the box names."""
    across, up = sorted((float(box[0]), float(box[2]))), sorted((float(box[1]), float(box[3])))
    return across[0], up[0], across[1], up[1]


def main() -> int:
    """Stamp what is on the input; the exit status."""
    _confine()
    given = sys.stdin.buffer.read()
    begin = DIGITS + int(given[:DIGITS])
    try:
        sys.stdout.buffer.write(stamp(given[begin:], given[DIGITS:begin]))
    except PermissionError:
        return LOCKED
    return 0


def _confine() -> None:
    try:
        import resource
    except ImportError:  # only Unix has it; elsewhere the caller's timeout holds alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
