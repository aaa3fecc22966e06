"""The text of a docx as a person sees it: numbers that Word makes by itself, rows of tables as
lines, deleted words left out.

To be called with a file that `attachments.checking` has looked into: bombs, foreign entities and
marks of state secrets are met there.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, Final

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from portal.attachments import archives
from portal.attachments.refusal import DAMAGED, FileRefused

BROKEN: Final = (
    PackageNotFoundError, SyntaxError, zipfile.BadZipFile, KeyError, ValueError, AttributeError,
)  # fmt: skip
"""What python-docx raises of files that are packed as docx and are none inside; its XML parser's
errors are SyntaxErrors."""
DIGITS: Final = "零一二三四五六七八九"
CHINESE: Final = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital",
     "taiwaneseCountingThousand"}
)  # fmt: skip
LEFT_OUT: Final = frozenset({qn("w:del"), qn("w:moveFrom")})
LARGEST_XML: Final = 20 * 1024 * 1024
TWICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def text_of(file: IO[bytes]) -> str:
    """The body's text, one line a paragraph or row of a table. FileRefused if it cannot be read."""
    _bound(file)
    try:
        document = Document(file)
        numbers = _Numbers(document)
        return "\n".join(_lines(document.element.body, numbers))
    except BROKEN as error:
        raise FileRefused(DAMAGED) from error
    finally:
        file.seek(0)


def _bound(file: IO[bytes]) -> None:
    """The XML of a paper of minutes is small; its pictures are not read."""
    with archives.opened(file) as archive:
        xml = sum(
            member.file_size
            for member in archives.members(archive)
            if member.filename.endswith((".xml", ".rels"))
        )
    if xml > LARGEST_XML:
        raise FileRefused("文件内容过多，请只保留纪要正文后重新上传，或粘贴纪要全文。")


def _lines(body: Any, numbers: _Numbers) -> Iterator[str]:
    for part in body:
        if part.tag == qn("w:p"):
            yield from _paragraph(part, numbers)
        elif part.tag == qn("w:tbl"):
            for row in part.iter(qn("w:tr")):
                cells = (_cell(cell, numbers) for cell in row.iter(qn("w:tc")))
                yield "　".join(cell for cell in cells if cell)
        elif part.tag == qn("w:sdt"):
            for content in part.iter(qn("w:sdtContent")):
                yield from _lines(content, numbers)


def _cell(cell: Any, numbers: _Numbers) -> str:
    found = (line for part in cell.iter(qn("w:p")) for line in _paragraph(part, numbers))
    return "".join(line.strip() for line in found)


def _paragraph(paragraph: Any, numbers: _Numbers) -> list[str]:
    """Its lines, with its number in front; a break within it begins another line."""
    pieces = []
    for piece in _seen(paragraph):
        if piece.tag == qn("w:t"):
            pieces.append(piece.text or "")
        elif piece.tag in (qn("w:br"), qn("w:cr")):
            pieces.append("\n")
        elif piece.tag == qn("w:tab"):
            pieces.append(" ")
    return (numbers.before(paragraph) + "".join(pieces)).split("\n")


def _seen(part: Any) -> Iterator[Any]:
    for inside in part:
        if inside.tag in LEFT_OUT or inside.tag == TWICE:
            continue
        if inside.tag == qn("w:pPr"):  # tab stops are no tabs
            continue
        yield inside
        yield from _seen(inside)


class _Numbers:
    """The numbers Word counts by itself (自动编号), as far as minutes use them."""

    def __init__(self, document: Any) -> None:
        self._count: Counter[tuple[str, int]] = Counter()
        self._forms: dict[tuple[str, int], tuple[str, str]] = {}
        parts = document.part.package.iter_parts()
        root = next((part for part in parts if str(part.partname) == "/word/numbering.xml"), None)
        if root is not None:
            self._learn(root.element)

    def _learn(self, root: Any) -> None:
        levels = {
            abstract.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): (
                    _value(level, "w:numFmt"),
                    _value(level, "w:lvlText"),
                )
                for level in abstract.iter(qn("w:lvl"))
            }
            for abstract in root.iter(qn("w:abstractNum"))
        }
        for number in root.iter(qn("w:num")):
            number_id = number.get(qn("w:numId"))
            for level, form in levels.get(_value(number, "w:abstractNumId"), {}).items():
                self._forms[number_id, level] = form

    def before(self, paragraph: Any) -> str:
        """The number in front of a paragraph; empty if it has none."""
        given = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if given is None:
            return ""
        key = (_value(given, "w:numId"), int(_value(given, "w:ilvl") or 0))
        form, pattern = self._forms.get(key, ("", ""))
        if not pattern or form in ("", "bullet", "none"):
            return ""
        self._count[key] += 1
        for other in [other for other in self._count if other[0] == key[0] and other[1] > key[1]]:
            del self._count[other]
        count = self._count[key]
        return pattern.replace(f"%{key[1] + 1}", _chinese(count) if form in CHINESE else str(count))


def _value(element: Any, name: str) -> str:
    found = element.find(qn(name))
    return "" if found is None else str(found.get(qn("w:val")) or "")


def _chinese(count: int) -> str:
    """1 to 99 in words: 一、十、十二、二十一."""
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")
