"""The sheet that was signed on paper, as 党政办 printed and scanned it (SPEC §8.4), and what a unit
brought with a request for more time."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from portal.config import Settings
from portal.documents.queries import standing
from portal.documents.render import render, warm
from portal.documents.table import fill
from portal.documents.typesetting.faces import font_name
from portal.models import Item
from portal.rulebook.scope import Viewer

MARGIN, SIZE, LEADING = 80, 14, 24  # points


def signed_sheet(viewer: Viewer, item: Item, settings: Settings) -> bytes:
    """附件 1 as it stands now, a PDF of one page; the handwriting itself is not drawn."""
    kind = "filing"
    sheet = fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, settings.college)
    return render(kind, sheet)


def evidence_of(title: str, reason: str) -> bytes:
    """证明材料 of a request, a PDF of one page: which matter, and what happened."""
    warm()
    out = io.BytesIO()
    page, font = Canvas(out, pagesize=A4, invariant=1), font_name("fang")
    width, height = A4
    page.setFont(font, SIZE)
    lines = [f"证明材料：{title}", *simpleSplit(reason, font, SIZE, width - 2 * MARGIN)]
    for number, line in enumerate(lines):
        page.drawString(MARGIN, height - MARGIN - number * LEADING, line)
    page.save()
    return out.getvalue()
