"""docx as people see it, and files that are none (SPEC §8.2)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from portal.attachments.refusal import FileRefused
from portal.rooms.batches.minutes.word_files import text_of

NUMBERED = (
    '<w:num {ns} w:numId="77"><w:abstractNumId w:val="77"/></w:num>',
    '<w:abstractNum {ns} w:abstractNumId="77">'
    '<w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>'
    "</w:abstractNum>",
)


def packed(document: Any) -> io.BytesIO:
    """The document's bytes."""
    stream = io.BytesIO()
    document.save(stream)
    stream.seek(0)
    return stream


def paragraph(document: Any, text: str, level: int | None = None) -> None:
    """A paragraph, numbered by Word itself if `level` is given."""
    made = document.add_paragraph(text)
    if level is not None:
        given = made._p.get_or_add_pPr().get_or_add_numPr()
        given.get_or_add_ilvl().val = level
        given.get_or_add_numId().val = 77


def with_numbers(document: Any) -> None:
    """Word's own numbering: 一、 and under it 1."""
    root = document.part.numbering_part.element
    number, abstract = (parse_xml(xml.format(ns=nsdecls("w"))) for xml in NUMBERED)
    root.insert(0, abstract)
    root.append(number)


def test_paragraphs_rows_and_words_own_numbers() -> None:
    document = Document()
    with_numbers(document)
    paragraph(document, "会议纪要")
    paragraph(document, "关于供暖", 0)
    paragraph(document, "排查", 1)
    paragraph(document, "关于开课", 0)
    paragraph(document, "核查", 1)
    table = document.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("一", "由教务处牵头", "月底前"), strict=True):
        cell.text = text
    assert text_of(packed(document)).split("\n") == [
        "会议纪要", "一、关于供暖", "1.排查", "二、关于开课", "1.核查", "一　由教务处牵头　月底前",
    ]  # fmt: skip


def test_what_was_deleted_is_not_read_and_what_was_inserted_is() -> None:
    document = Document()
    made = document.add_paragraph("由")
    for tag, text, word in (("del", "delText", "教务处"), ("ins", "t", "科研处")):
        made._p.append(
            parse_xml(
                f'<w:{tag} {nsdecls("w")} w:id="1" w:author="甲"><w:r>'
                f"<w:{text}>{word}</w:{text}></w:r></w:{tag}>"
            )
        )
    made.add_run("牵头")
    assert text_of(packed(document)) == "由科研处牵头"


def _zip(**members: str) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
LITTER = "".join(chr(0x4E00 + number * 7 % 9973) for number in range(342))
"""About a thousand bytes that do not shrink a hundredfold."""
HOSTILE: dict[str, Callable[[], io.BytesIO]] = {
    "no zip": lambda: io.BytesIO("会议纪要".encode()),
    "empty": io.BytesIO,
    "another zip": lambda: _zip(a="b"),
    "types only": lambda: _zip(**{"[Content_Types].xml": TYPES}),
    "broken xml": lambda: _zip(**{"[Content_Types].xml": "<Types", "_rels__.rels": "<"}),
    "a bomb": lambda: _zip(**{"word__document.xml": " " * (11 * 1024 * 1024)}),
    "too much": lambda: _zip(**{"word__document.xml": LITTER * (21 * 1024)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_none_is_refused_in_words(name: str) -> None:
    with pytest.raises(FileRefused):
        text_of(HOSTILE[name]())
