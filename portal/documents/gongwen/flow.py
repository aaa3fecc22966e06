"""From the data of a 公文 to what is set on its pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, takewhile
from typing import Any, NamedTuple

from reportlab.lib.enums import TA_CENTER
from reportlab.platypus.flowables import CondPageBreak, Spacer

from portal.documents.gongwen import measures as m
from portal.documents.gongwen import outline
from portal.documents.gongwen.content import Annex, Block, Gongwen, Heading, Paragraph, Slip, Table
from portal.documents.gongwen.flowables import (
    BLANK_LINE,
    AtFoot,
    Kept,
    RedHead,
    Stack,
    closing,
    signature,
    slip,
)
from portal.documents.gongwen.titles import broken
from portal.documents.gongwen.type import FAMILY_OF_LEVEL, paragraph, runs, width
from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.paragraph import LEAST_LINES, SheetParagraph
from portal.documents.typesetting.table import Cell, Row, SheetTable

PADDING = (2.0, 4.0, 2.0, 4.0)
FRAME, GRID = 1.0, 0.6  # points
BESIDE_TABLE = 4  # points above and below


class Part(NamedTuple):
    """Flowables that begin on a page of their own."""

    flowables: list[Any]
    landscape: bool = False


def parts(document: Gongwen) -> list[Part]:
    """The text, its annexes, and the 版记 on the last page, which stands upright."""
    found = [Part(_text(document))]
    found += [_annex(document.annexes, number) for number in range(len(document.annexes))]
    if document.imprint is not None:
        if found[-1].landscape:
            found.append(Part([]))
        found[-1].flowables.append(AtFoot(document.imprint))
    return found


def _text(document: Gongwen) -> list[Any]:
    texts = [*blocks(document.body), *_attached(document.attached)]
    ended = closing(texts, signature(document.signature), m.WIDTH * m.MM)
    return [*_head(document), *ended, *_after(document.after)]


def _head(document: Gongwen) -> list[Any]:
    found: list[Any] = [_gap()]
    if document.mark:
        found = [RedHead(document.mark, document.number, font_name("title"))]
    found += [_title(document.title), _gap()]
    if document.addressed:
        found.append(paragraph("、".join(document.addressed) + outline.COLON))
    return found


def _title(title: str, room: float = m.WIDTH) -> SheetParagraph:
    lines = broken(title, room * m.MM / m.TITLE - 1)
    return paragraph("\n".join(lines), "title", m.TITLE, alignment=TA_CENTER)


def _gap() -> Kept:
    return _kept_with_next(paragraph(BLANK_LINE))


def _kept_with_next(text: SheetParagraph) -> Kept:
    return Kept(text.runs, text.shape)


def blocks(given: Sequence[Block], room: float = m.WIDTH) -> list[Any]:
    """The blocks as flowables in `room` millimetres; a heading is not the last on its page."""
    numbered = list(outline.numbered(given))
    made = [_block(block, label, room) for block, label in numbered]
    found: list[Any] = []
    for place, ((block, _label), flowables) in enumerate(zip(numbered, made, strict=True)):
        if isinstance(block, Heading):
            found.append(CondPageBreak(_kept(given, made, place, room)))
        found += flowables
    return found


def _kept(given: Sequence[Block], made: Sequence[list[Any]], place: int, room: float) -> float:
    """Height of the headings from here on, and of the least text that may stay below them."""
    headings = list(
        takewhile(lambda at: at < len(given) and isinstance(given[at], Heading), count(place))
    )
    heights = (made[at][0].wrap(room * m.MM, m.HEIGHT * m.MM)[1] for at in headings)
    below = made[place + len(headings)][:1] if place + len(headings) < len(made) else []
    return float(min(sum(heights) + _least(below, room), m.HEIGHT * m.MM / 2))


def _least(below: Sequence[Any], room: float) -> float:
    """A line; of a paragraph as much of it as a page may hold of it: one of few lines is not
    divided."""
    if not below or not isinstance(below[0], SheetParagraph):
        return m.PITCH
    below[0].wrap(room * m.MM, m.HEIGHT * m.MM)
    lines = len(below[0].lines)
    return (lines if lines < 2 * LEAST_LINES else LEAST_LINES) * m.PITCH


def _block(block: Block, label: str, room: float) -> list[Any]:
    match block:
        case Heading():
            face = FAMILY_OF_LEVEL[block.level]
            return [_kept_with_next(paragraph(label + block.text, face, first=m.INDENT))]
        case Paragraph():
            return _paragraphs(block)
        case Table():
            return [Spacer(0, BESIDE_TABLE), _table(block, room), Spacer(0, BESIDE_TABLE)]
        case Slip():
            return [slip(block)]


def _paragraphs(block: Paragraph) -> list[Any]:
    lines = outline.lines(block.text) or [""]
    lead = runs(block.lead, "hei") if block.lead else []
    found = [paragraph(line, first=m.INDENT) for line in lines if line or lead]
    if lead:
        found[0] = SheetParagraph([*lead, *found[0].runs], found[0].shape)
    return found


def _table(table: Table, room: float) -> SheetTable:
    total = sum(column.share for column in table.columns)
    widths = [room * m.MM * column.share / total for column in table.columns]
    head = Row(
        tuple(_cell(at, column.head, "hei", True) for at, column in enumerate(table.columns))
    )
    rows = [
        Row(
            tuple(
                _cell(at, text, "body", column.centred)
                for at, (column, text) in enumerate(zip(table.columns, row, strict=True))
            )
        )
        for row in table.rows
    ]
    return SheetTable([head, *rows], widths, FRAME, head_rows=1)


def _cell(column: int, text: str, family: str, centred: bool) -> Cell:
    alignment = {"alignment": TA_CENTER} if centred else {}
    content = tuple(
        paragraph(line, family, m.TABLE, leading=m.TABLE_LEADING, **alignment)
        for line in outline.lines(text)
    )
    return Cell(column, 1, content, PADDING, "MIDDLE", GRID)


def _attached(titles: Sequence[str]) -> list[SheetParagraph]:
    """附件说明, a line below the text; the names below one another."""
    found: list[SheetParagraph] = [_gap()] if titles else []
    begins = m.INDENT + width(outline.ATTACHED) / m.ADVANCE
    for before, title in outline.attached(titles):
        number = before.removeprefix(outline.ATTACHED)
        left = begins + width(number) / m.ADVANCE
        first = (begins if before == number else m.INDENT) - left
        found.append(paragraph(before + title, left=left, first=first))
    return found


def _after(given: Sequence[Block]) -> list[Any]:
    """What stands below the signature, kept together."""
    return [Stack([_gap(), *blocks(given)])] if given else []


def _annex(annexes: Sequence[Annex], place: int) -> Part:
    annex = annexes[place]
    room = m.HEIGHT if annex.landscape else m.WIDTH
    label = paragraph(outline.annex_label(annexes, place + 1), "hei")
    head = [label, _gap(), _title(annex.title, room), _gap()]
    return Part([*head, *blocks(annex.blocks, room)], annex.landscape)
