"""The mark of authenticity, read back from the page as a scanner sees it (decision 0103)."""

from __future__ import annotations

import io
from dataclasses import replace

import pdfplumber
import pypdfium2
import pytest
import zxingcpp

from portal.documents.control import address_of
from portal.documents.render import render
from portal.documents.typesetting.page import SMALL
from tests.documents import every
from tests.documents.samples import BASE, CODE, FILING, OTHER_CODE, squeezed, text_of

POINTS = 72
MM = POINTS / 25.4
WHITE = 1.4 * MM  # four squares, as the code wants it around itself


CORNER = (170, 110)
"""Points of the lower right corner of the page, the part of a scan that is looked at."""


def _read(pdf: bytes, page: int = 0, dpi: int = 300) -> list[zxingcpp.Barcode]:
    document = pypdfium2.PdfDocument(pdf)
    seen = document[page]
    cut = (seen.get_width() - CORNER[0], 0, 0, seen.get_height() - CORNER[1])
    picture = seen.render(scale=dpi / POINTS, crop=cut).to_pil().convert("L")
    document.close()
    return list(zxingcpp.read_barcodes(picture))


@pytest.fixture(scope="module")
def marked() -> dict[str, bytes]:
    return {kind: render(kind, sheet, base=BASE) for kind, sheet in every.marked().items()}


def test_every_page_bears_the_address_and_the_number(marked: dict[str, bytes]) -> None:
    for kind, pdf in marked.items():
        numbers = [CODE, OTHER_CODE] if kind == "notices" else [CODE]
        for page, number in enumerate(numbers):
            assert [one.text for one in _read(pdf, page)] == [address_of(number, BASE)], kind
        text = text_of(pdf)
        assert [text.count(number) for number in numbers] == [1] * len(numbers), kind


@pytest.mark.parametrize("base", ["", BASE, "https://portal.example.edu.cn/duban"])
def test_it_is_read_from_a_scan(base: str) -> None:
    pdf = render("signing_list", every.marked()["signing_list"], base=base)
    for dpi in (150, 200, 300, 600):
        assert [one.text for one in _read(pdf, dpi=dpi)] == [address_of(CODE, base)], dpi


def test_it_stands_outside_the_frame_in_the_margin(marked: dict[str, bytes]) -> None:
    """Small, clear of the frame and of the edge that printers leave white."""
    for kind in ("filing", "notice"):
        (found,) = _read(marked[kind])
        scale = POINTS / 300
        corners = [
            getattr(found.position, name)
            for name in ("top_left", "top_right", "bottom_left", "bottom_right")
        ]
        with pdfplumber.open(io.BytesIO(marked[kind])) as document:
            (page,) = document.pages  # one page, as without it
            frame = page.find_tables()[0].bbox
            words = page.extract_words()
        x, y = page.width - CORNER[0], page.height - CORNER[1]
        left, right = (x + edge(at.x for at in corners) * scale for edge in (min, max))
        top, bottom = (y + edge(at.y for at in corners) * scale for edge in (min, max))
        assert frame[2] + WHITE <= left
        assert right <= page.width - 5 * MM
        assert bottom <= page.height - 5 * MM
        assert right - left < 12 * MM
        over = [
            word["text"]
            for word in words
            if word["x1"] > left - WHITE and word["bottom"] > top - WHITE
        ]
        assert over == [], kind


def test_the_form_is_what_it_was(marked: dict[str, bytes]) -> None:
    """The mark takes nothing from the form: every letter stands where it stood without it."""
    bare = render("filing", replace(FILING, control_code=""), base=BASE)
    assert _letters(bare) == [one for one in _letters(marked["filing"]) if one[3] != SMALL]


def _letters(pdf: bytes) -> list[tuple[str, float, float, float]]:
    """What, where, how large; the number at the foot is the only text of its size."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return sorted(
            (char["text"], round(char["x0"], 1), round(char["top"], 1), char["size"])
            for char in document.pages[0].chars
        )


def test_a_sheet_without_number_has_no_mark() -> None:
    pdf = render("filing", replace(FILING, control_code=""), base=BASE)
    assert _read(pdf) == []
    assert "核验码" not in squeezed(text_of(pdf))
