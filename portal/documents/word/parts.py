"""Pieces of a Word document: faces, indents in characters, lines, tables, the page number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from portal.documents.word.names import IDS

SLOTS = ("ascii", "hAnsi", "eastAsia", "cs")
BORDER_STEP: Final = 8  # a border's weight is in eighths of a point
CHARACTER: Final = 100  # indents in characters are in hundredths
TWENTIETHS: Final = 20
BESIDE_TEXT: Final = 80  # twentieths of a point at both sides of a cell


def element(name: str, **attributes: str | int) -> Any:
    """An element of WordprocessingML with these attributes."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def set_face(owner: Any, name: str) -> None:
    """The face of a style or run, for Chinese and Latin alike; `owner` is its element."""
    fonts = owner.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # the template's, of a theme, would win
    for slot in SLOTS:
        fonts.set(qn(f"w:{slot}"), name)


def add_paragraph(document: Document, text: str, style: str) -> Paragraph:
    """A paragraph at the end. The library's own way walks the whole document for each."""
    made = OxmlElement("w:p")
    document.element.body[-1].addprevious(made)
    return _styled(Paragraph(made, document._body), text, style)


def _styled(paragraph: Paragraph, text: str, style: str) -> Paragraph:
    paragraph._p.get_or_add_pPr().insert(0, element("pStyle", val=IDS[style]))
    if text:
        paragraph.add_run(text)
    return paragraph


def add_text(
    paragraph: Paragraph, text: str, face: str = "", size: float = 0, color: Any = None
) -> Run:
    """Text at the end of a paragraph, line breaks as such; without a face in its style's."""
    run = paragraph.add_run(text)
    if face:
        set_face(run._r, face)
    if size:
        run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color
    return run


def indent(
    owner: Any, *, first: float = 0, left: float = 0, right: float = 0, size: float = 16
) -> None:
    """Indents in characters of `size` points; `owner` is the element of a style or paragraph.

    A negative `first` hangs. Both units are given: Word and WPS prefer characters.
    """
    own = owner.get_or_add_pPr().get_or_add_ind()
    named = {"left": left, "right": right, "firstLine" if first >= 0 else "hanging": abs(first)}
    for name, count in named.items():
        own.set(qn(f"w:{name}Chars"), str(round(count * CHARACTER)))
        own.set(qn(f"w:{name}"), str(round(count * size * TWENTIETHS)))


def line_below(paragraph: Paragraph, *, points: float, space: float, color: str) -> None:
    """A line under a paragraph, `space` points below its text."""
    borders = element("pBdr")
    weight = round(points * BORDER_STEP)
    borders.append(element("bottom", val="single", sz=weight, space=round(space), color=color))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap",
        "w:overflowPunct", "w:spacing", "w:ind", "w:jc", "w:rPr",
    )  # fmt: skip


def add_page_number(paragraph: Paragraph) -> None:
    """「— 1 —」, counted by Word."""
    add_text(paragraph, "— ")
    field = element("fldSimple", instr="PAGE")
    field.append(paragraph.add_run("1")._r)
    paragraph._p.append(field)
    add_text(paragraph, " —")


def shape(table: Table, widths: Sequence[float], head_rows: int = 0) -> None:
    """Columns of these widths in millimetres; rows stay whole, head rows repeat on every page."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Mm(width)
    for number, tr in enumerate(table._tbl.tr_lst):
        own = tr.get_or_add_trPr()
        own.append(element("cantSplit"))
        if number < head_rows:
            own.append(element("tblHeader"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=BESIDE_TEXT, type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def cells(table: Table, row: int) -> list[_Cell]:
    """The cells of a row (the library's own way walks the whole table for each)."""
    return [_Cell(tc, table) for tc in table._tbl.tr_lst[row].tc_lst]


def fill(cell: _Cell, lines: Sequence[str], style: str, alignment: Any = None) -> None:
    """A paragraph a line, in the middle of the cell; an empty cell keeps its one."""
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for number, line in enumerate(lines or ("",)):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _styled(paragraph, line, style)
        if alignment is not None:
            paragraph.alignment = alignment


def at_least(table: Table, row: int, height: float) -> None:
    """The row is at least so many millimetres high."""
    own = table.rows[row]
    own.height, own.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
