"""The faces as reportlab fonts, registered once in a process (before a worker forks).

A font's ToUnicode table is written here: reportlab's own is wrong above U+FFFF, so that a
name with such a character would copy out of the sheet as another one (SPEC §8.9).
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont
from xhtml2pdf import default

from portal.documents.typesetting.characters import FAMILIES, FONTS

_CODES_A_BLOCK = 100  # the most a bfchar block may hold

_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
"""
_FOOT = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def to_unicode(subset: list[int]) -> str:
    """The ToUnicode table of a subset font: place in `subset` to character, in UTF-16."""
    entries = [
        f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>"
        for place, code in enumerate(subset)
        if code
    ]
    blocks = []
    for start in range(0, len(entries), _CODES_A_BLOCK):
        block = entries[start : start + _CODES_A_BLOCK]
        blocks.append("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar\n"]))
    return _HEAD + "".join(blocks) + _FOOT


class SheetFont(TTFont):  # type: ignore[misc]  # reportlab ships no types
    """A TrueType font whose text copies out of the PDF as it was set."""

    def addObjects(self, doc: Any) -> None:
        """Add the subset fonts to `doc`, with our ToUnicode tables in place of reportlab's."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX
            stream = doc.idToObject["toUnicodeCMap:" + name.decode("pdfdoc")]
            stream.content = to_unicode(subset)


def font_name(face: str) -> str:
    """The name reportlab and the style sheets know `face` by: `Sheet-fang`."""
    return f"Sheet-{face}"


@cache
def register() -> None:
    """Load every face and make it known to reportlab and xhtml2pdf; the second call is free."""
    # xhtml2pdf's warnings quote the document, and nothing of an item goes to a log.
    logging.getLogger("xhtml2pdf").setLevel(logging.CRITICAL)
    for face in {face for faces in FAMILIES.values() for face in faces}:
        name = font_name(face)
        pdfmetrics.registerFont(SheetFont(name, str(FONTS / f"{face}.ttf"), asciiReadable=False))
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(name, bold, italic, name)
        default.DEFAULT_FONT[name.lower()] = name


def css_family(family: str) -> str:
    """`family` as the value of font-family."""
    return ", ".join(font_name(face) for face in FAMILIES[family])
