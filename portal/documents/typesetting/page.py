"""Flowables to PDF: A4 pages with a margin, a page number where there are several, the mark of
authenticity."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus.doctemplate import BaseDocTemplate, NextPageTemplate, PageTemplate
from reportlab.platypus.flowables import PageBreak
from reportlab.platypus.frames import Frame

from portal.documents.typesetting import mark
from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.table import content_height

SMALL = 8  # points: page number and control code
CODE = "核验码 "
BESIDE = 5.5  # millimetres of white from the text to the QR code; it needs 1.4
_NO_PADDING = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}


@dataclass(frozen=True)
class Page:
    """Where the text stands on A4, in millimetres, and what stands outside of it."""

    title: str  # of the PDF: the form's name, never an item's (SPEC §7.5 rule 9)
    top: float = 18
    bottom: float = 18
    left: float = 27
    right: float = 27
    control_code: str = ""
    address: str = ""  # what the QR code holds; empty: none is drawn
    across: bool = False  # the paper lies on its long side

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of the sheet of paper in points."""
        width, height = landscape(A4) if self.across else A4
        return float(width), float(height)

    @property
    def width(self) -> float:
        """Points from margin to margin."""
        return float(self.paper[0] - (self.left + self.right) * mm)

    @property
    def height(self) -> float:
        """Points from margin to margin."""
        return float(self.paper[1] - (self.top + self.bottom) * mm)


def fits(flowables: Sequence[Any], page: Page) -> bool:
    """Whether all of it stands on one page."""
    return content_height(flowables, page.width) <= page.height


@dataclass(frozen=True)
class Paper:
    """A form within a PDF: it begins on a page of its own and is numbered by itself.

    `total`, if more than one, is printed as the number of its pages.
    """

    flowables: Sequence[Any]
    page: Page
    total: int = 1


def build(papers: Sequence[Paper]) -> tuple[bytes, list[int]]:
    """The PDF of one or more papers, one after the other, and the pages of each.

    The same flowables give the same bytes.
    """
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        title=papers[0].page.title,
        author="",
        subject="",
        creator="",
        lang="zh-CN",
        initialFontName=font_name("latin"),
    )
    pages = [0] * len(papers)
    story: list[Any] = []
    for number, paper in enumerate(papers):
        document.addPageTemplates([_template(number, paper, pages)])
        if number:
            story += [NextPageTemplate(str(number)), PageBreak()]
        # Copies: reportlab leaves marks on what it moves to the next page.
        story += [copy(flowable) for flowable in paper.flowables]
    document.build(story)
    return out.getvalue(), pages


def _template(number: int, paper: Paper, pages: list[int]) -> PageTemplate:
    page = paper.page

    def outside(canvas: Any, _document: Any) -> None:
        pages[number] += 1
        _draw_outside(canvas, page, pages[number], paper.total)

    frame = Frame(page.left * mm, page.bottom * mm, page.width, page.height + 0.1, **_NO_PADDING)
    return PageTemplate(str(number), frames=[frame], onPage=outside, pagesize=page.paper)


def _draw_outside(canvas: Any, page: Page, number: int, total: int) -> None:
    canvas.saveState()
    canvas.setFont(font_name("song"), SMALL)
    y = page.bottom * mm - 7 * mm
    if page.control_code:
        canvas.drawString(page.left * mm, y, CODE + page.control_code)
    if page.address:
        outer = page.left * mm + page.width + BESIDE * mm + mark.size_of(page.address)
        mark.draw(canvas, page.address, outer, y)
    if total > 1:
        right = page.left * mm + page.width
        canvas.drawRightString(right, y, f"第{number}页 共{total}页")
    canvas.restoreState()
