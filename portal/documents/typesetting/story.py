"""HTML to flowables: xhtml2pdf reads the HTML, its paragraphs and tables become ours.

`SheetContext` takes each flowable as xhtml2pdf adds it to the story: the one place where the
two meet. It reads attributes that xhtml2pdf and reportlab do not promise to keep; both are
pinned, and tests read the finished pages back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from reportlab.platypus.flowables import Spacer
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.document import pisaStory
from xhtml2pdf.xhtml2pdf_reportlab import PmlKeepInFrame, PmlParagraph, PmlTable

from portal.documents.typesetting.faces import register
from portal.documents.typesetting.long_tables import Part, parts
from portal.documents.typesetting.paragraph import Run, Shape, SheetParagraph
from portal.documents.typesetting.photos import PhotoBlock, photo_in
from portal.documents.typesetting.pictures import Picture
from portal.documents.typesetting.table import Cell, Row, SheetTable

# Nothing is read from this machine or fetched from another, whatever the HTML says.
_POLICY = {"allow_remote": False, "allowed_hosts": frozenset[str]()}


class SheetContext(pisaContext):  # type: ignore[misc]  # xhtml2pdf ships no types
    """Collects our flowables instead of xhtml2pdf's. `pictures` by their private characters."""

    pictures: Mapping[str, Picture] = MappingProxyType({})

    def addStory(self, data: Any) -> None:
        """Called by xhtml2pdf with each finished paragraph, table and spacer."""
        if isinstance(data, PmlParagraph):
            data = photo_in(data) or _paragraph(data, self.pictures)
        elif isinstance(data, PmlTable):
            data = _table(data)
        super().addStory(data)


def story(html: str, pictures: Mapping[str, Picture] = MappingProxyType({})) -> list[Any]:
    """The flowables of `html`: SheetParagraph, SheetTable, PhotoBlock, Spacer.

    Each private character of `pictures` becomes its picture, as high as its font's size.
    """
    return read(parts(html), pictures)


def read(cut: Iterable[Part], pictures: Mapping[str, Picture] = MappingProxyType({})) -> list[Any]:
    """The flowables of a document in parts. Whoever hands them on one by one can tell how far the
    reading is; it is most of the work of a long table."""
    register()
    found: list[Any] = []
    for part in cut:
        flowables = _read(part.html, pictures)
        if part.goes_on:
            found[-1] = found[-1].joined(flowables.pop(0))
        found += flowables
    return found


def _read(html: str, pictures: Mapping[str, Picture]) -> list[Any]:
    context = SheetContext()
    context.pictures = pictures
    policy = ResourceAccessPolicy.server(None, **_POLICY)
    pisaStory(html.encode(), context=context, encoding="utf-8", resource_policy=policy)
    return list(context.story)


def _paragraph(source: Any, pictures: Mapping[str, Picture]) -> SheetParagraph:
    style = source.style
    runs = [_run(frag, pictures) for frag in source.frags if not hasattr(frag, "cbDefn")]
    runs = [run for run in runs if run.text] or runs[:1]
    return SheetParagraph(
        runs,
        Shape(
            leading=style.leading,
            alignment=style.alignment,
            first_indent=style.firstLineIndent,
            left_indent=style.leftIndent,
            right_indent=style.rightIndent,
            space_before=style.spaceBefore,
            space_after=style.spaceAfter,
            keep_with_next=bool(style.keepWithNext),
        ),
    )


def _run(frag: Any, pictures: Mapping[str, Picture]) -> Run:
    text = "\n" if getattr(frag, "lineBreak", False) else str(frag.text)
    return Run(text, frag.fontName, frag.fontSize, frag.textColor, pictures.get(text))


def _table(source: Any) -> SheetTable:
    frame, borders = _borders(source)
    covered = _spans(source)
    rows = []
    for number, values in enumerate(source._cellvalues):
        cells = [
            _cell(source, number, column, value, covered, borders)
            for column, value in enumerate(values)
            if covered.get((column, number), 1)
        ]
        rows.append(Row(tuple(cells), source._argH[number] or 0))
    widths = [width or 0 for width in source._argW]
    return SheetTable(rows, widths, frame, source.repeatRows or 0)


def _cell(
    source: Any,
    row: int,
    column: int,
    value: Any,
    spans: dict[tuple[int, int], int],
    borders: dict[tuple[int, int], float],
) -> Cell:
    style = source._cellStyles[row][column]
    return Cell(
        column,
        spans.get((column, row), 1),
        tuple(_content(value)),
        (style.topPadding, style.rightPadding, style.bottomPadding, style.leftPadding),
        style.valign,
        borders.get((column, row), 0),
    )


def _content(value: Any) -> Sequence[Any]:
    content = value._content if isinstance(value, PmlKeepInFrame) else []
    ours = SheetParagraph | SheetTable | PhotoBlock | Spacer
    return [part for part in content if isinstance(part, ours)]


def _spans(source: Any) -> dict[tuple[int, int], int]:
    """Place (column, row) to the columns its cell spans; 0 where another cell lies over it."""
    found: dict[tuple[int, int], int] = {}
    for _, (left, top), (right, bottom) in source._spanCmds:
        for column in range(left, right + 1):
            for row in range(top, bottom + 1):
                found[column, row] = 0
        found[left, top] = right - left + 1
    return found


def _borders(source: Any) -> tuple[float, dict[tuple[int, int], float]]:
    """Weight of the table's own line, and of each cell's (its upper line stands for all)."""
    frame, cells = 0.0, {}
    for operation, begin, end, weight, *_ in source._linecmds:
        if operation != "LINEABOVE":
            continue
        if end[0] < 0:
            frame = weight
        else:
            cells[begin] = weight
    return frame, cells
