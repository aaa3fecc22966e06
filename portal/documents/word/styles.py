"""An empty document with the styles of 公文, and the pages of GB/T 9704 (SPEC §5.10)."""

from __future__ import annotations

from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from portal.documents.gongwen import measures as m
from portal.documents.word.names import (
    BIG,
    CELL,
    FANG,
    HEAD,
    HEI,
    IDS,
    KAI,
    NOTHING,
    PLACED,
    SMALL,
    SONG,
    TEXT,
    TITLE,
)
from portal.documents.word.parts import add_page_number, add_text, element, indent, set_face

LEADING: Final = 28.95  # points, 固定值: 22 lines of 29 points would be higher than the 版心
GRID_LINES: Final = 579  # twentieths of a point
CONDENSED: Final = -5  # twentieths of a point: 28 characters of 三号 fit in 156 mm, 29 do not
SMALL_LEADING, NUMBER_LEADING = 22, 18
HALF_NUMBER: Final = 3.2  # millimetres from the lower edge of the number's line to its dash
STAMP_SIZE: Final = 8
HEADINGS = {1: HEI, 2: KAI, 3: FANG, 4: FANG}


def new() -> Document:
    """An empty document with the styles; its pages are not set yet.

    28 characters a line come from condensed letters, not from a grid of characters: programs
    differ in what they do with letters wider than their place in it.
    """
    document = docx.Document()
    _defaults(document)
    _style(document, "Normal", FANG, m.BODY, LEADING, justified=True)
    _style(document, TITLE, BIG, m.TITLE, LEADING, centred=True)
    for level, face in HEADINGS.items():
        _style(document, f"Heading {level}", face, m.BODY, LEADING, justified=True, first=m.INDENT)
    for name, face, size, leading, first in (
        (TEXT, FANG, m.BODY, LEADING, m.INDENT),
        (PLACED, FANG, m.BODY, LEADING, 0),
        (CELL, FANG, m.TABLE, m.TABLE_LEADING, 0),
        (HEAD, HEI, m.TABLE, m.TABLE_LEADING, 0),
        (SMALL, FANG, m.SMALL, SMALL_LEADING, 0),
        (NOTHING, FANG, 1, 1, 0),
    ):
        added: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        added.style_id, added.quick_style = IDS[name], name != NOTHING
        _style(document, name, face, size, leading, first=first, justified=name in (TEXT, PLACED))
    _style(document, "Footer", SONG, m.SMALL, NUMBER_LEADING)
    _style(document, "Header", SONG, STAMP_SIZE, STAMP_SIZE + 2)
    return document


def _defaults(document: Document) -> None:
    """The template's own face and language give way."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    properties = defaults.find(qn("w:rPr"))
    for child in list(properties):
        properties.remove(child)
    fonts = element("rFonts", ascii=FANG, hAnsi=FANG, eastAsia=FANG, cs=FANG)
    properties.append(fonts)
    properties.append(element("lang", val="en-US", eastAsia="zh-CN"))


def _style(
    document: Document,
    name: str,
    face: str,
    size: float,
    leading: float,
    *,
    first: float = 0,
    centred: bool = False,
    justified: bool = False,
) -> None:
    style: Any = document.styles[name]
    own = style.element.get_or_add_rPr()
    for child in list(own):
        own.remove(child)
    set_face(style.element, face)
    style.font.size, style.font.bold = Pt(size), False
    style.font.color.rgb = RGBColor(0, 0, 0)
    shape = style.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(leading)
    shape.space_before = shape.space_after = Pt(0)
    shape.widow_control = False
    shape.alignment = WD_ALIGN_PARAGRAPH.LEFT
    if centred or justified:
        shape.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.JUSTIFY
    if first:
        indent(style.element, first=first, size=size)
    if size == m.BODY:
        own.insert_element_before(element("spacing", val=CONDENSED), "w:w", "w:kern", "w:sz")
    _plain(style.element.pPr, on_grid=size == m.BODY)


def _plain(properties: Any, *, on_grid: bool) -> None:
    """Without the line below the template's titles, and without blanks of Word's own between Han
    and digits; what is no body text stands off the grid of lines."""
    for line in properties.findall(qn("w:pBdr")):
        properties.remove(line)
    for name in ("autoSpaceDE", "autoSpaceDN", *(() if on_grid else ("snapToGrid",))):
        properties.insert_element_before(
            element(name, val=0), "w:spacing", "w:ind", "w:jc", "w:rPr"
        )


def set_page(section: Section, *, landscape: bool = False) -> None:
    """The 版心 on A4 with its grid; a landscape page is an upright one turned."""
    width, height, edges = *m.PAPER, (m.TOP, m.RIGHT, m.BOTTOM, m.LEFT)
    if landscape:
        width, height, edges = height, width, (m.LEFT, m.TOP, m.RIGHT, m.BOTTOM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.right_margin = Mm(edges[0]), Mm(edges[1])
    section.bottom_margin, section.left_margin = Mm(edges[2]), Mm(edges[3])
    section.gutter = 0
    section.header_distance = Mm(10)
    section.footer_distance = Mm(edges[2] - m.NUMBER_BELOW - HALF_NUMBER)
    without_grid(section)
    section._sectPr.append(element("docGrid", type="lines", linePitch=GRID_LINES))


def without_grid(section: Section) -> None:
    """Lines stand as the styles say."""
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)


def set_numbers(document: Document) -> None:
    """Page numbers: odd ones right, even ones left, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    odd.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    indent(odd._p, right=1, size=m.SMALL)
    indent(even._p, left=1, size=m.SMALL)
    for footer in (odd, even):
        footer.style = "Footer"
        add_page_number(footer)


def set_stamp(document: Document, stamp: str, *, even: bool) -> None:
    """Who took this copy and when, small at the head of every page."""
    section = document.sections[0]
    heads: list[Paragraph] = [section.header.paragraphs[0]]
    if even:
        heads.append(section.even_page_header.paragraphs[0])
    for head in heads:
        head.style = "Header"
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        add_text(head, stamp)
