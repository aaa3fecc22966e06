"""Flowables to PDF: A4 pages with a margin, a page number where there are several, a code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus.doctemplate import BaseDocTemplate, PageTemplate
from reportlab.platypus.frames import Frame

from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.table import content_height

SMALL = 8  # points: page number and control code
_NO_PADDING = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}


@dataclass(frozen=True)
class Page:
    """Where the text stands on A4 portrait, in millimetres, and what stands outside of it."""

    title: str  # of the PDF: the form's name, never an item's (SPEC §7.5 rule 9)
    top: float = 18
    bottom: float = 18
    left: float = 27
    right: float = 27
    control_code: str = ""

    @property
    def width(self) -> float:
        """Points from margin to margin."""
        return float(A4[0] - (self.left + self.right) * mm)

    @property
    def height(self) -> float:
        """Points from margin to margin."""
        return float(A4[1] - (self.top + self.bottom) * mm)


def fits(flowables: Sequence[Any], page: Page) -> bool:
    """Whether all of it stands on one page."""
    return content_height(flowables, page.width) <= page.height


def build(flowables: Sequence[Any], page: Page, pages: int = 1) -> tuple[bytes, int]:
    """The PDF and its number of pages. `pages`, if more than one, is printed as the total.

    The same flowables give the same bytes.
    """
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        title=page.title,
        author="",
        subject="",
        creator="",
        lang="zh-CN",
        initialFontName=font_name("latin"),
    )

    def outside(canvas: Any, _document: Any) -> None:
        _draw_outside(canvas, page, pages)

    frame = Frame(page.left * mm, page.bottom * mm, page.width, page.height + 0.1, **_NO_PADDING)
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=outside)])
    # Copies: reportlab leaves marks on what it moves to the next page.
    document.build([copy(flowable) for flowable in flowables])
    return out.getvalue(), int(document.page)


def _draw_outside(canvas: Any, page: Page, pages: int) -> None:
    canvas.saveState()
    canvas.setFont(font_name("song"), SMALL)
    y = page.bottom * mm - 7 * mm
    if page.control_code:
        canvas.drawString(page.left * mm, y, page.control_code)
    if pages > 1:
        right = page.left * mm + page.width
        canvas.drawRightString(right, y, f"第{canvas.getPageNumber()}页 共{pages}页")
    canvas.restoreState()
