"""The stamp on what leaves the portal: on every page, light, upright (SPEC §7.6, decision 0104)."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from portal.documents import stamper
from portal.documents.render import render
from portal.documents.stamping import ROWS, NotStamped, stamp_own, stamp_uploaded
from tests.attachments import files
from tests.documents.every import marked
from tests.documents.samples import rows_of, squeezed, text_of

LINE = "罗䶮　20260013　2026年11月23日 09:30"


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return render("notices", marked()["notices"])


@pytest.fixture(scope="module")
def stamped(sheet: bytes) -> bytes:
    return stamp_own(sheet, LINE)


def _pages(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=0.6).to_pil().convert("L") for page in document]
    document.close()
    return pictures


def test_every_page_says_who_took_it(sheet: bytes, stamped: bytes) -> None:
    pages = PdfReader(io.BytesIO(stamped)).pages
    assert len(pages) == len(PdfReader(io.BytesIO(sheet)).pages) == 2
    for page in pages:
        assert squeezed(page.extract_text()).count(squeezed(LINE)) == len(ROWS)


def test_what_is_under_it_stays_as_it_was(sheet: bytes, stamped: bytes) -> None:
    assert text_of(stamped).replace(squeezed(LINE), "") == text_of(sheet)
    for before, after in zip(_pages(sheet), _pages(stamped), strict=True):
        lost = ImageChops.difference(before, after)
        assert 0 < lost.getextrema()[1] <= 40  # of 255: a shade, no ink
    assert rows_of(sheet)  # and the stored sheet is not written to


def test_the_same_copy_has_the_same_bytes(sheet: bytes, stamped: bytes) -> None:
    """In this process and in one of its own, so that a hash says which copy it is."""
    assert stamp_own(sheet, LINE) == stamped == stamp_uploaded(sheet, LINE)
    assert stamp_own(sheet, LINE.replace("09:30", "09:31")) != stamped


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_stamp_stands_upright_on_a_page_that_is_turned_or_cut(turned: int) -> None:
    """As the reader sees the page: over all of it, from the lower left to the upper right."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=700, height=500)
    page.cropbox = RectangleObject((100, 50, 600, 450))
    page.rotate(turned)
    out = io.BytesIO()
    writer.write(out)
    (seen,) = _pages(stamp_own(out.getvalue(), LINE))
    ink = ImageChops.invert(seen).point(lambda shade: 255 if shade > 8 else 0)
    box = ink.getbbox()
    assert box is not None
    assert box[2] - box[0] > 0.45 * seen.width
    assert box[3] - box[1] > 0.6 * seen.height
    thirds = [ink.crop((0, top, seen.width, top + seen.height // 10)) for top in _bands(seen)]
    left, right = (part.getbbox() for part in (thirds[1], thirds[0]))
    assert left is not None
    assert right is not None
    assert left[0] < right[0]  # what is lower begins further left


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (700, 500, 0, 0), (-700, -500, 1400, 1000)])
def test_a_crop_box_that_is_none_hides_no_stamp(box: tuple[int, ...]) -> None:
    """Readers show the whole page then, and the copy must say who took it."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=700, height=500)
    page.cropbox = RectangleObject(box)
    out = io.BytesIO()
    writer.write(out)
    (seen,) = _pages(stamp_own(out.getvalue(), LINE))
    found = ImageChops.invert(seen).point(lambda shade: 255 if shade > 8 else 0).getbbox()
    assert found is not None
    assert found[2] - found[0] > 0.45 * seen.width
    assert found[3] - found[1] > 0.6 * seen.height


def _bands(seen: Image.Image) -> tuple[int, int]:
    """Just above and just below the middle line of the stamp."""
    return int(seen.height * 0.38), int(seen.height * 0.52)


@pytest.mark.parametrize(
    "pdf",
    [b"", b"%PDF-1.7", b"\0" * 2000, files.pdf("text", "secret"), files.pdf()[:-200]],
    ids=["empty", "head only", "zeros", "locked", "cut off"],
)
def test_what_cannot_be_stamped_is_said(pdf: bytes) -> None:
    """Or mended and stamped; never half a file."""
    try:
        made = stamp_uploaded(pdf, LINE)
    except NotStamped:
        return
    assert squeezed(LINE) in text_of(made)


def test_too_many_pages_are_not_stamped(monkeypatch: pytest.MonkeyPatch, sheet: bytes) -> None:
    monkeypatch.setattr(stamper, "PAGES", 1)
    with pytest.raises(ValueError, match="pages"):
        stamp_own(sheet, LINE)


def test_a_name_no_face_has_does_not_stop_a_download(sheet: bytes) -> None:
    assert "□20260013" in text_of(stamp_own(sheet, "😀　20260013　\ud800\u202e"))
