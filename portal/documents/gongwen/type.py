"""Texts in the faces of a 公文 as paragraphs of the typesetting layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.pdfbase import pdfmetrics

from portal.documents.gongwen import measures as m
from portal.documents.typesetting.characters import FAMILIES, coverage
from portal.documents.typesetting.faces import font_name
from portal.documents.typesetting.paragraph import Run, Shape, SheetParagraph

FAMILY_OF_LEVEL = {1: "hei", 2: "kai", 3: "body", 4: "body"}
TIGHT = m.ADVANCE - m.BODY  # 三号 is a little wider than its place in a line of 28


def runs(text: str, family: str = "body", size: float = m.BODY, color: Any = None) -> list[Run]:
    """The text in the faces of `family`, each character in the first that has it; 三号 on the
    grid of 28 characters a line."""
    spacing = TIGHT if size == m.BODY else 0
    return [
        Run(part, font_name(face), size, color, spacing=spacing)
        for face, part in _by_face(text, family)
    ]


def _by_face(text: str, family: str) -> Iterator[tuple[str, str]]:
    faces = FAMILIES[family]

    def face_of(char: str) -> str:
        return next((face for face in faces if ord(char) in coverage(face)), faces[-1])

    for face, chars in groupby(text, face_of):
        yield face, "".join(chars)


def paragraph(
    text: str,
    family: str = "body",
    size: float = m.BODY,
    *,
    first: float = 0,
    left: float = 0,
    right: float = 0,
    leading: float = m.PITCH,
    alignment: int = TA_JUSTIFY,
) -> SheetParagraph:
    """A paragraph; `first`, `left` and `right` are indents in characters of the body."""
    shape = Shape(
        leading,
        alignment,
        first_indent=first * m.ADVANCE,
        left_indent=left * m.ADVANCE,
        right_indent=right * m.ADVANCE,
    )
    return SheetParagraph(runs(text, family, size), shape)


def width(text: str, family: str = "body", size: float = m.BODY) -> float:
    """Points the text takes in one line."""
    return float(
        sum(
            pdfmetrics.getFont(run.font).stringWidth(run.text, size) + run.spacing * len(run.text)
            for run in runs(text, family, size)
        )
    )
