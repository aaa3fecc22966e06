"""Scans become sheets: by the code on each page, however it lay on the glass (SPEC §8.4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from portal.documents.control import id_of
from portal.scans import page_reader, reading
from portal.scans.page_reader import grouped
from tests.documents.every import CODE, OTHER_CODE
from tests.scans import paper

Reading = Callable[[bytes, str], list[reading.Read]]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    def it(content: bytes, kind: str) -> list[reading.Read]:
        source = tmp_path / "source"
        source.write_bytes(content)
        folder = tmp_path / "folder"
        folder.mkdir()
        return reading.read(source, kind, folder, lambda _done, _total: None)

    return it


A, B = "a", "b"


@pytest.mark.parametrize(
    ("codes", "sheets"),
    [
        ([], []),
        ([A], [[0]]),
        ([A, A], [[0, 1]]),
        ([A, ""], [[0, 1]]),
        ([A, "", A], [[0, 1, 2]]),
        ([A, B], [[0], [1]]),
        ([A, "", B, ""], [[0, 1], [2, 3]]),
        ([A, B, A], [[0], [1], [2]]),
        ([""], [[0]]),
        (["", "", A], [[0, 1], [2]]),
    ],
)
def test_pages_make_sheets(codes: list[str], sheets: list[list[int]]) -> None:
    assert [one["pages"] for one in grouped(codes)] == sheets


def test_one_scan_of_several_sheets(read: Reading) -> None:
    """Upright, upside down, across, askew, with an empty back between: each is found, with the
    pages it had, as a file of its own and as pictures."""
    [first, second] = paper.pages(paper.sample("notices"))
    lying = [
        first,
        paper.BLANK,
        paper.askew(second, 180),
        paper.askew(first, 90),
        paper.askew(second, 3),
    ]
    found = read(paper.scan(*lying), "pdf")
    assert [id_of(one.code) for one in found] == [
        id_of(code) for code in (CODE, OTHER_CODE, CODE, OTHER_CODE)
    ]
    assert [one.first_page for one in found] == [0, 2, 3, 4]
    assert [len(PdfReader(one.own).pages) for one in found] == [2, 1, 1, 1]
    for one in found:
        for picture in one.pictures:
            with Image.open(picture) as shown:
                assert shown.width == page_reader.WIDE


@pytest.mark.parametrize(("kind", "form"), [("jpg", "JPEG"), ("png", "PNG")])
def test_a_photograph(read: Reading, kind: str, form: str) -> None:
    [page] = paper.pages(paper.sample())
    [one] = read(paper.as_file(paper.askew(page, 270), form), kind)
    assert id_of(one.code) == id_of(CODE)
    assert len(one.pictures) == 1


def test_without_a_code_it_is_one_sheet_of_nobody(read: Reading) -> None:
    found = read(paper.scan(paper.BLANK, paper.BLANK), "pdf")
    assert [(one.code, len(one.pictures)) for one in found] == [("", 2)]


def _pdf(pages: int, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (_pdf(1, "secret"), "pdf", "已加密"),
        (_pdf(page_reader.PAGES + 1), "pdf", "最多200页"),
        (b"%PDF-1.4\nnothing\n%%EOF", "pdf", "已损坏"),
        (b"\xff\xd8\xff" + b"0" * 500, "jpg", "已损坏"),
    ],
    ids=["locked", "long", "broken", "no picture"],
)
def test_what_cannot_be_read_says_why(read: Reading, content: bytes, kind: str, said: str) -> None:
    with pytest.raises(reading.Unreadable, match=said):
        read(content, kind)
