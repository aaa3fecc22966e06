"""A document in 公文 style for Word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from portal.documents.gongwen import measures as m
from portal.documents.gongwen import outline
from portal.documents.gongwen.content import (
    Annex,
    Block,
    Gongwen,
    Heading,
    Imprint,
    Paragraph,
    Signature,
    Slip,
    Table,
)
from portal.documents.gongwen.flowables import COPIES, PRINTED
from portal.documents.gongwen.places import BEFORE, BEFORE_SEAL, ems, places
from portal.documents.gongwen.titles import broken
from portal.documents.word.names import (
    BIG,
    CELL,
    HEAD,
    HEI,
    IDS,
    NOTHING,
    PLACED,
    SMALL,
    TEXT,
    TITLE,
)
from portal.documents.word.parts import (
    BORDER_STEP,
    TWENTIETHS,
    add_paragraph,
    add_text,
    at_least,
    cells,
    element,
    fill,
    indent,
    line_below,
    shape,
)
from portal.documents.word.saving import saved
from portal.documents.word.styles import new, set_numbers, set_page, set_stamp

GRID: Final = "Table Grid"
CENTRED: Final = WD_ALIGN_PARAGRAPH.CENTER
RED: Final = RGBColor(255, 0, 0)


def write(sheet: Gongwen, stamp: str = "") -> bytes:
    """The document as a Word file, with `stamp` at the head of its pages."""
    document = new()
    set_page(document.sections[0])
    set_numbers(document)
    if stamp:
        set_stamp(document, stamp, even=True)
    _head(document, sheet)
    _blocks(document, sheet.body)
    _attached(document, sheet.attached)
    _signature(document, sheet.signature)
    if sheet.after:
        _empty(document, 1)
        _blocks(document, sheet.after)
        add_paragraph(document, "", NOTHING)  # Word wants one behind a table
    for number in range(len(sheet.annexes)):
        _annex(document, sheet.annexes, number)
    if sheet.imprint is not None:
        if sheet.annexes and sheet.annexes[-1].landscape:
            _begin_section(document, landscape=False)
        _imprint(document, sheet.imprint)
    return saved(document, sheet.name, sheet.signature.day)


def _head(document: Document, sheet: Gongwen) -> None:
    if sheet.mark:
        _red_head(document, sheet.mark, sheet.number)
    else:
        _empty(document, 1)
    _title(document, sheet.title, m.WIDTH)
    _empty(document, 1)
    if sheet.addressed:
        add_paragraph(document, "、".join(sheet.addressed) + outline.COLON, PLACED)


def _red_head(document: Document, mark: str, number: str) -> None:
    size = min(m.MARK_LARGEST, m.WIDTH * m.MM / max(1.0, ems(mark)))
    paragraph = add_paragraph(document, "", TITLE)
    paragraph.paragraph_format.space_before = Pt(m.MARK_BELOW * m.MM)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(size)
    add_text(paragraph, mark, BIG, size, RED)
    _empty(document, 2)
    below = add_paragraph(document, number, PLACED)
    below.alignment = CENTRED
    line_below(below, points=1, space=m.LINE_BELOW * m.MM, color="FF0000")
    _empty(document, 2)


def _title(document: Document, title: str, width: float) -> None:
    paragraph = add_paragraph(document, "", TITLE)
    for number, line in enumerate(broken(title, width * m.MM / m.TITLE - 1)):
        if number:
            paragraph.add_run().add_break(WD_BREAK.LINE)
        paragraph.add_run(line)


def _empty(document: Document, count: int) -> None:
    for _ in range(count):
        add_paragraph(document, "", PLACED)


def _blocks(document: Document, blocks: Sequence[Block], width: float = m.WIDTH) -> None:
    for block, label in outline.numbered(blocks):
        match block:
            case Heading():
                add_paragraph(document, label + block.text, f"Heading {block.level}")
            case Paragraph():
                _paragraphs(document, block)
            case Table():
                _table(document, block, width)
            case Slip():
                _slip(document, block)


def _paragraphs(document: Document, block: Paragraph) -> None:
    lines = outline.lines(block.text) or [""]
    for number, line in enumerate(lines):
        if not (line or block.lead):
            continue
        paragraph = add_paragraph(document, "", TEXT)
        if block.lead and number == 0:
            add_text(paragraph, block.lead, HEI)
        paragraph.add_run(line)


def _table(document: Document, given: Table, width: float) -> None:
    total = sum(column.share for column in given.columns)
    table = document.add_table(1 + len(given.rows), len(given.columns), GRID)
    shape(table, [width * column.share / total for column in given.columns], head_rows=1)
    for cell, column in zip(cells(table, 0), given.columns, strict=True):
        fill(cell, outline.lines(column.head), HEAD, CENTRED)
    for number, row in enumerate(given.rows, 1):
        for cell, column, text in zip(cells(table, number), given.columns, row, strict=True):
            fill(cell, outline.lines(text), CELL, CENTRED if column.centred else None)


def _slip(document: Document, given: Slip) -> None:
    table = document.add_table(len(given.rows), 1, GRID)
    shape(table, [m.WIDTH])
    for number, row in enumerate(given.rows):
        cell = cells(table, number)[0]
        fill(cell, [row.label], PLACED)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.TOP
        at_least(table, number, row.height)


def _attached(document: Document, titles: Sequence[str]) -> None:
    if titles:
        _empty(document, 1)
    begins = m.INDENT + len(outline.ATTACHED)
    for before, title in outline.attached(titles):
        number = before.removeprefix(outline.ATTACHED)
        paragraph = add_paragraph(document, before + title, PLACED)
        left = begins + ems(number)
        first = (begins if before == number else m.INDENT) - left
        indent(paragraph._p, left=left, first=first)


def _signature(document: Document, signed: Signature) -> None:
    """Kept with the last text: no page bears a signature alone."""
    _keep_last(document)
    day = outline.day(signed.day)
    free = places(ems(signed.name), ems(day), seal=signed.seal)
    lines: list[WordParagraph] = []
    if signed.beside:
        lines += [add_paragraph(document, "", PLACED), add_paragraph(document, signed.beside, TEXT)]
    lines += [
        add_paragraph(document, "", PLACED) for _ in range(BEFORE_SEAL if signed.seal else BEFORE)
    ]
    for text, right in ((signed.name, free.name), (day, free.day)):
        lines.append(add_paragraph(document, text, PLACED))
        lines[-1].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        indent(lines[-1]._p, right=right)
    for line in lines[:-1]:
        line.paragraph_format.keep_with_next = True


def _keep_last(document: Document) -> None:
    """The last paragraph, and the one before where the last is a line."""
    last = document.paragraphs[-2:]
    for paragraph in last if ems(last[-1].text) < m.CHARACTERS - m.INDENT else last[1:]:
        paragraph.paragraph_format.keep_with_next = True


def _begin_section(document: Document, *, landscape: bool) -> None:
    """On a new page. The paragraph that ends the one before takes no room."""
    set_page(document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)
    document.element.body[-2].pPr.insert(0, element("pStyle", val=IDS[NOTHING]))


def _annex(document: Document, annexes: Sequence[Annex], place: int) -> None:
    annex = annexes[place]
    width = m.HEIGHT if annex.landscape else m.WIDTH
    _begin_section(document, landscape=annex.landscape)
    label = add_paragraph(document, "", PLACED)
    add_text(label, outline.annex_label(annexes, place + 1), HEI)
    _empty(document, 1)
    _title(document, annex.title, width)
    _empty(document, 1)
    _blocks(document, annex.blocks, width)


def _imprint(document: Document, imprint: Imprint) -> None:
    """版记: a table that stands on the lower edge of the last page's 版心."""
    rows = [f"{imprint.issuer}\t{outline.day(imprint.day)}{PRINTED}"]
    if imprint.copies:
        rows.insert(0, f"{COPIES}{'，'.join(imprint.copies)}。")
    table = document.add_table(len(rows), 1)
    shape(table, [m.WIDTH])
    for number, text in enumerate(rows):
        cell = cells(table, number)[0]
        fill(cell, [text], SMALL)
        own = cell.paragraphs[0]
        indent(own._p, left=1, right=1, size=m.SMALL)
        if "\t" in text:
            tabs = element("tabs")
            right = round((m.WIDTH * m.MM - m.SMALL) * TWENTIETHS)
            tabs.append(element("tab", val="right", pos=right))
            own._p.get_or_add_pPr().insert_element_before(tabs, "w:spacing", "w:ind", "w:jc")
    _at_foot(table._tbl.tblPr)
    add_paragraph(document, "", NOTHING)


def _at_foot(properties: object) -> None:
    """Placed by the lower edge, with the lines of the 版记 above, between and below."""
    place = element(
        "tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="margin",
        tblpXSpec="center", tblpYSpec="bottom",
    )  # fmt: skip
    thick, thin = (round(width * m.MM * BORDER_STEP) for width in (m.THICK, m.THIN))
    borders = element("tblBorders")
    for edge, weight in (("top", thick), ("bottom", thick), ("insideH", thin)):
        borders.append(element(edge, val="single", sz=weight, space=0, color="000000"))
    properties.insert_element_before(  # type: ignore[attr-defined]  # an element of the library
        place, "w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize", "w:tblStyleColBandSize",
        "w:tblW", "w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout",
        "w:tblCellMar", "w:tblLook",
    )  # fmt: skip
    properties.insert_element_before(  # type: ignore[attr-defined]
        borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )
