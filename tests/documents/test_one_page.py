"""Annexes 1 to 3: one page for ordinary content, letters of 14 to 12 points before a sheet breaks
(SPEC §5.1), and how a row is cut where it must be."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pdfplumber
import pytest

from portal.documents.render import render
from portal.documents.sheets import Sheet, SignatureBox
from portal.documents.typesetting.faces import font_name, register
from portal.documents.typesetting.paragraph import Run, Shape, SheetParagraph
from portal.inking import inked
from tests.accounts.pictures import photographed
from tests.documents.every import EVERY
from tests.documents.samples import DAY, OPINION_30, REQUIREMENT_200, rows_of, squeezed

ANNEXES = ("filing", "urge", "closing")


def _set_in(pdf: bytes) -> tuple[int, float]:
    """How many pages, and the size of the body's letters."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        chars = document.pages[0].crop(document.pages[0].find_tables()[0].bbox).chars
        sizes = [round(char["size"], 1) for char in chars if "Fang" in char["fontname"]]
        return len(document.pages), max(sizes)


@pytest.mark.parametrize("kind", ANNEXES)
def test_letters_become_smaller_before_the_sheet_breaks(kind: str) -> None:
    empty: Any = EVERY[kind]["empty"]
    found = [
        _set_in(render(kind, replace(empty, title="试办", requirement="督" * length)))
        for length in (10, 500, 650, 1500)
    ]
    pages, sizes = zip(*found, strict=True)
    assert (sizes[0], sizes[-1]) == (14, 12)
    assert list(sizes) == sorted(sizes, reverse=True)
    assert (pages[0], pages[1], pages[-1]) == (1, 1, 2)


@pytest.mark.parametrize("kind", ANNEXES)
@pytest.mark.parametrize("pictured", [False, True], ids=["typed", "with pictures"])
def test_signed_in_all_boxes_it_is_one_page(kind: str, pictured: bool) -> None:
    """Requirement of 200 characters, opinions of 30, six co-units; each signature a picture."""
    sheet: Any = EVERY[kind]["ordinary"]
    picture = inked(io.BytesIO(photographed())) if pictured else b""
    box = SignatureBox(OPINION_30, "让布·达尔吉", DAY, picture=picture)
    signed = replace(sheet, sign=box, review=box, approve=(box, replace(box, name="三郎泽里")))
    pdf = render(kind, replace(signed, requirement=REQUIREMENT_200))
    assert _set_in(pdf)[0] == 1
    assert len(pdf) < 150_000
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        assert len(page.images) == (4 if pictured else 0)
        boxes = [cell for row in page.find_tables()[0].rows for cell in row.cells if cell]
        lines = page.crop(page.find_tables()[0].bbox).extract_text_lines()
        for image in page.images:
            around = [box for box in boxes if box[0] < image["x0"] and image["x1"] < box[2]]
            assert any(box[1] < image["top"] and image["bottom"] < box[3] for box in around)
            # No line of an opinion is drawn over.
            over = [line for line in lines if OPINION_30[-5:] in squeezed(line["text"])]
            assert all(line["bottom"] <= image["top"] + 1 or line["top"] > image["bottom"] - 1
                       for line in over)  # fmt: skip


def _pages(sheet: Sheet) -> list[list[list[str]]]:
    pdf = render("closing", sheet)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        count = len(document.pages)
    return [rows_of(pdf, page) for page in range(count)]


@pytest.mark.long
def test_signatures_are_not_parted_from_their_dates() -> None:
    """A row of signatures goes to the next page as a whole."""
    long = SignatureBox("同意。" * 60, "坤清祥", DAY)
    for lines in range(18, 34, 5):
        sheet: Any = replace(EVERY["closing"]["ordinary"], closing="\n".join(["办结。"] * lines))
        pages = _pages(replace(sheet, sign=long))
        rows = [row for page in pages for row in page if row[0].startswith("分管院领导")]
        assert [row[0] for row in rows] == ["分管院领导"]
        assert rows[0][1].endswith("坤清祥2026年11月3日")
        assert rows[0][3].endswith("2026年11月3日")


def test_a_signature_stands_below_all_of_a_very_long_opinion() -> None:
    """A row that no page holds is cut: name and date stay together, on the last page."""
    long = SignatureBox("同意。" * 400, "坤清祥", DAY)
    sheet: Any = EVERY["closing"]["ordinary"]
    rows = [row for page in _pages(replace(sheet, sign=long)) for row in page]
    cut = [row for row in rows if row[0].startswith("分管院领导")]
    assert [row[0] for row in cut] == ["分管院领导", *["分管院领导（续）"] * (len(cut) - 1)]
    assert len(cut) > 1
    assert [row[1].endswith("坤清祥2026年11月3日") for row in cut] == [
        *[False] * (len(cut) - 1), True,
    ]  # fmt: skip
    assert "".join(row[1] for row in cut).count("意") == 400
    assert "".join(row[3] for row in cut).count("2026年11月3日") == 1


@pytest.mark.parametrize(
    ("lines", "room", "head"),
    [(9, 9, None), (9, 8, 7), (9, 5, 5), (9, 2, 2), (9, 1, 0), (3, 2, 0), (4, 3, 2), (2, 1, 0)],
)
def test_no_line_of_a_paragraph_stands_alone(lines: int, room: int, head: int | None) -> None:
    """Two lines at least stay at the foot of a page, and two begin the next one."""
    register()
    run = Run("\n".join(["督办"] * lines), font_name("fang"), 12)
    parts = SheetParagraph([run], Shape(leading=16)).split(200, room * 16)
    wanted = {None: [lines], 0: []}.get(head, [head, lines - (head or 0)])
    assert [len(part.lines) for part in parts] == wanted
