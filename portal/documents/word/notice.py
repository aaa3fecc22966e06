"""督办事项通知单 for Word (SPEC §5.5): the grid of the printed sheet, a page a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from portal.documents.gongwen.outline import day, lines
from portal.documents.sheets import NoticeBatch, NoticeSheet
from portal.documents.word.names import CELL, FANG, HEAD, TITLE
from portal.documents.word.parts import (
    add_paragraph,
    add_text,
    at_least,
    cells,
    fill,
    set_face,
    shape,
)
from portal.documents.word.saving import saved
from portal.documents.word.styles import new, set_page, set_stamp, without_grid
from portal.documents.wording import WORDING, Wording

WIDTHS: Final = (26, 52, 26, 52)  # millimetres
TOP, SIDE = 18, 27
LARGE, LITTLE = 14, 12  # points; a long notice is set smaller, so that it stays on one page
LONG: Final = 380  # characters
AIR: Final = 5  # points more than the letters from line to line
ROW_HEIGHT, SIGNED_HEIGHT, RECEIPT_HEIGHT = 9, 26, 16  # millimetres, at least
CENTRED, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
NAME: Final = "督办事项通知单"


class Row(NamedTuple):
    """A row of the grid: label, text, and label and text of its second half if it has one."""

    label: str
    lines: Sequence[str]
    second: str = ""
    second_text: str = ""


def write(sheet: NoticeSheet | NoticeBatch, stamp: str = "", wording: Wording = WORDING) -> bytes:
    """One notice or all of them as a Word file, with `stamp` at the head of the pages."""
    notices = sheet.notices if isinstance(sheet, NoticeBatch) else (sheet,)
    document = new()
    section = document.sections[0]
    set_page(section)
    section.top_margin = section.bottom_margin = Mm(TOP)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.header_distance = section.footer_distance = Mm(8)
    without_grid(section)
    if stamp:
        set_stamp(document, stamp, even=False)
    _sized(document, LITTLE if max(map(_length, notices)) > LONG else LARGE)
    for number, notice in enumerate(notices):
        _notice(document, notice, wording, anew=number > 0)
    return saved(document, NAME, notices[0].issued_on)


def _length(notice: NoticeSheet) -> int:
    long = (notice.requirement, notice.asks, notice.title, *notice.others, *notice.instructions)
    return sum(map(len, long))


def _sized(document: Document, size: int) -> None:
    style: Any = document.styles[CELL]
    style.font.size = Pt(size)
    style.paragraph_format.line_spacing = Pt(size + AIR)


def _notice(document: Document, notice: NoticeSheet, wording: Wording, *, anew: bool) -> None:
    title = wording.notice_title + (wording.notice_revised if notice.revised else "")
    head = add_paragraph(document, title.replace("{college}", notice.college), TITLE)
    head.paragraph_format.page_break_before = anew
    number = add_paragraph(document, "", CELL)
    number.alignment = RIGHT
    add_text(number, notice.number)
    rows = _rows(notice, wording)
    table = document.add_table(len(rows) + 2, len(WIDTHS), "Table Grid")
    shape(table, WIDTHS)
    for place, row in enumerate(rows):
        _fill(table, place, row)
    _asked(table, len(rows), notice, wording)
    _receipt(table, len(rows) + 1, notice, wording)
    note = add_paragraph(document, "", CELL)
    add_text(note, wording.notice_note + notice.footnote, FANG, LITTLE)


def _rows(notice: NoticeSheet, wording: Wording) -> list[Row]:
    role = wording.notice_lead if notice.lead else wording.notice_co
    others = wording.co_units if notice.lead else wording.notice_lead_unit
    reporting = wording.notice_reporting + notice.reporting
    instructions = [line for text in notice.instructions for line in lines(text)]
    return [
        Row(wording.title, [notice.title]),
        Row(wording.notice_source, [notice.source]),
        Row(wording.category, [wording.categories[notice.category]],
            wording.level, wording.levels[notice.level]),
        Row(wording.notice_method, [wording.methods[notice.method]],
            wording.responsible_leader, notice.responsible_leader),
        Row(wording.notice_unit, [notice.unit + role], wording.lead_head, notice.unit_head),
        Row(others, ["、".join(notice.others)], wording.notice_issued_on, day(notice.issued_on)),
        Row(wording.requirement, lines(notice.requirement)),
        Row(wording.deadline, [notice.deadline, reporting]),
        Row(wording.notice_instructions, instructions),
    ]  # fmt: skip


def _fill(table: Table, place: int, row: Row) -> None:
    own = cells(table, place)
    _label(own[0], row.label)
    if row.second:
        fill(own[1], row.lines, CELL, CENTRED)
        _label(own[2], row.second)
        fill(own[3], [row.second_text], CELL, CENTRED)
    else:
        fill(_joined(own, 1), row.lines, CELL)
    at_least(table, place, ROW_HEIGHT)


def _label(cell: _Cell, label: str) -> None:
    fill(cell, label.split("\n"), HEAD, CENTRED)


def _joined(row: Sequence[_Cell], first: int) -> _Cell:
    """The cells from `first` on as one."""
    joined: _Cell = row[first].merge(row[-1])
    return joined


def _asked(table: Table, place: int, notice: NoticeSheet, wording: Wording) -> None:
    """What the unit is asked, whom to call, and room for the office's seal."""
    contact = f"{wording.notice_contact}{notice.contact}" if notice.contact else ""
    phone = f"　{wording.notice_phone}{notice.phone}" if notice.contact and notice.phone else ""
    cell = _joined(cells(table, place), 0)
    fill(cell, [notice.asks + contact + phone, ""], CELL)
    signed = cell.add_paragraph(f"{wording.notice_seal}　{day(notice.issued_on)}", CELL)
    signed.alignment = RIGHT
    at_least(table, place, SIGNED_HEIGHT)


def _receipt(table: Table, place: int, notice: NoticeSheet, wording: Wording) -> None:
    receipt = notice.receipt
    blank = ("　" * 8, "　" * 6, "") if receipt.empty else ("　　", "　　", "")
    parts = (
        wording.receipt_unit + receipt.unit,
        wording.receipt_person + receipt.person,
        wording.receipt_at + receipt.at,
    )
    text = "".join(part + space for part, space in zip(parts, blank, strict=True))
    cell = _joined(cells(table, place), 0)
    fill(cell, [text], CELL)
    at_least(table, place, RECEIPT_HEIGHT)
    for run in cell.paragraphs[0].runs:
        set_face(run._r, FANG)
