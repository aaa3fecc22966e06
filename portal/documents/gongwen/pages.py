"""The pages of a 公文: 版心, page numbers, the code outside (GB/T 9704 5.2, 7.5).

A landscape page is an upright one turned: its number stands where it stands on all others.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus.doctemplate import (
    BaseDocTemplate,
    LayoutError,
    NextPageTemplate,
    PageTemplate,
)
from reportlab.platypus.flowables import PageBreak
from reportlab.platypus.frames import Frame

from portal.documents.checks import DocumentError
from portal.documents.gongwen import measures as m
from portal.documents.gongwen.content import Gongwen
from portal.documents.gongwen.flow import Part, parts
from portal.documents.typesetting import mark
from portal.documents.typesetting.faces import font_name, register
from portal.documents.typesetting.page import BESIDE, CODE

UPRIGHT, TURNED = "upright", "turned"
CODE_SIZE, CODE_ABOVE = 8, 12  # points; millimetres above the lower edge of the paper
MIDDLE = 0.38  # of the size: how high a dash stands above the base line
_NO_PADDING = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
_ROUNDING = 0.1  # points


def build(document: Gongwen, address: str = "") -> bytes:
    """The PDF; the same document gives the same bytes. `address` is what the QR code of each page
    holds; empty: none is drawn. DocumentError: it cannot be set."""
    register()
    try:
        return _build(document, parts(document), address)
    except LayoutError as error:
        raise DocumentError("内容过长或过于复杂，无法排印，请精简后再试。") from error


def _build(document: Gongwen, given: Sequence[Part], address: str) -> bytes:
    out = io.BytesIO()
    paper = BaseDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        title=document.name,
        author="",
        subject="",
        creator="",
        lang="zh-CN",
        initialFontName=font_name("latin"),
    )
    paper.addPageTemplates(_templates(document.control_code, address))
    story: list[Any] = []
    for part in given:
        if story:
            story += [NextPageTemplate(TURNED if part.landscape else UPRIGHT), PageBreak()]
        story += part.flowables
    paper.build(story)
    return out.getvalue()


def _templates(code: str, address: str) -> list[PageTemplate]:
    def upright(canvas: Any, _document: Any) -> None:
        _outside(canvas, code, address)

    def turned(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.translate(0, m.PAPER[0] * m.MM)
        canvas.rotate(-90)
        _outside(canvas, code, address)
        canvas.restoreState()

    return [
        PageTemplate(UPRIGHT, [_frame(m.LEFT, m.BOTTOM, m.WIDTH, m.HEIGHT)], onPage=upright),
        PageTemplate(
            TURNED,
            [_frame(m.BOTTOM, m.RIGHT, m.HEIGHT, m.WIDTH)],
            onPage=turned,
            pagesize=(A4[1], A4[0]),
        ),
    ]


def _frame(left: float, bottom: float, width: float, height: float) -> Frame:
    return Frame(left * m.MM, bottom * m.MM, width * m.MM, height * m.MM + _ROUNDING, **_NO_PADDING)


def _outside(canvas: Any, code: str, address: str) -> None:
    """Number and code of an upright page."""
    canvas.saveState()
    number = canvas.getPageNumber()
    y = (m.BOTTOM - m.NUMBER_BELOW) * m.MM - MIDDLE * m.SMALL
    text = f"— {number} —"
    canvas.setFont(font_name("song"), m.SMALL)
    if number % 2:
        canvas.drawRightString((m.LEFT + m.WIDTH) * m.MM - m.SMALL, y, text)
    else:
        canvas.drawString(m.LEFT * m.MM + m.SMALL, y, text)
    if code:
        canvas.setFont(font_name("song"), CODE_SIZE)
        canvas.drawString(m.LEFT * m.MM, CODE_ABOVE * m.MM, CODE + code)
    if address:
        outer = (m.LEFT + m.WIDTH + BESIDE) * m.MM + mark.size_of(address)
        mark.draw(canvas, address, outer, CODE_ABOVE * m.MM)
    canvas.restoreState()
