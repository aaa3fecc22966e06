"""A paper as a file: Excel with a sheet for each part, PDF as one list (SPEC §6.5).

Sensitive items are left out, as of every export (SPEC §7.5); the file says how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import xlsxwriter

from portal.documents.render import DocumentError
from portal.documents.typesetting.characters import cannot_print, unprintable
from portal.filters import full_date
from portal.rooms.papers.queries import Part, Row
from portal.workbooks.cells import harmless

if TYPE_CHECKING:
    from portal.documents.typesetting.listing import Column

Cell = str | int | date | None
ONLY_VISIBLE: Final = "本表仅含导出人有权查看的事项"


class PaperColumn(NamedTuple):
    """A column of both files: head, width in Excel's characters and in millimetres."""

    head: str
    width: int
    printed: float
    of: Callable[[Row], Cell]


COLUMNS: Final = (
    PaperColumn("文号", 20, 28, lambda row: row.line.number),
    PaperColumn("事项", 42, 68, lambda row: row.line.title),
    PaperColumn("类别", 12, 22, lambda row: row.line.category),
    PaperColumn("等级", 7, 13, lambda row: row.line.level),
    PaperColumn("牵头单位", 16, 27, lambda row: row.line.unit),
    PaperColumn("承办人", 12, 20, lambda row: row.line.handlers),
    PaperColumn("责任校领导", 12, 20, lambda row: row.line.leader),
    PaperColumn("完成时限", 15, 30, lambda row: row.line.due or row.line.limit),
    PaperColumn("情况", 20, 28, lambda row: row.what),
)


class Head(NamedTuple):
    """What a file says of itself: its title, when and by whom it was made, what is left out."""

    title: str
    at: str
    by: str
    withheld: int

    @property
    def lines(self) -> list[tuple[str, str]]:
        """口径说明."""
        said = [("数据时间", self.at), ("导出人", self.by), ("范围", ONLY_VISIBLE)]
        if self.withheld:
            said.append(("敏感事项", f"另有{self.withheld}项敏感事项不导出"))
        return said


def excel(head: Head, parts: Sequence[Part], _college: str) -> bytes:
    """A sheet a part, and 口径说明."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    for part in parts:
        _sheet(book, part)
    sheet = book.add_worksheet("口径说明")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    for row, (label, words) in enumerate([("名称", head.title), *head.lines]):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, harmless(words))
    book.close()
    return buffer.getvalue()


def _sheet(book: Any, part: Part) -> None:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
    text = book.add_format({**base, "text_wrap": True})
    day = book.add_format({**base, "num_format": 'yyyy"年"m"月"d"日"'})
    bold = book.add_format({**base, "bold": True, "bg_color": "#eef1f6", "align": "center"})
    sheet = book.add_worksheet(part.section.label)
    heads = ["序号", *(column.head for column in COLUMNS)]
    for place, width in enumerate((6, *(column.width for column in COLUMNS))):
        sheet.set_column(place, place, width)
    sheet.write_row(0, 0, heads, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第&P页，共&N页")
    for number, row in enumerate(_ordinary(part), 1):
        sheet.write_number(number, 0, number, text)
        for place, column in enumerate(COLUMNS, 1):
            _write(sheet, number, place, column.of(row), text, day)
    sheet.autofilter(0, 0, max(1, len(_ordinary(part))), len(COLUMNS))


def _write(sheet: Any, row: int, place: int, cell: Cell, text: Any, day: Any) -> None:
    if isinstance(cell, date):
        at = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day, not an instant
        sheet.write_datetime(row, place, at, day)
    else:
        sheet.write_string(row, place, harmless(str(cell or "")), text)


def pdf(head: Head, parts: Sequence[Part], college: str) -> bytes:
    """One list, part after part. DocumentError: a sign that cannot be printed."""
    from portal.documents.typesetting.listing import Heading, Listing

    foot = f"数据时间：{head.at}　导出人：{head.by}　{ONLY_VISIBLE}"
    counted = "　".join(f"{part.section.label}{len(_ordinary(part))}项" for part in parts)
    listing = Listing(Heading(f"{college}{head.title}", (counted,), foot), _columns())
    for part in parts:
        for number, row in enumerate(_ordinary(part), 1):
            listing.add(_printed(part, number, row))
    notes = [f"{label}：{words}" for label, words in head.lines if label == "敏感事项"]
    return listing.content(notes)


def _columns() -> Sequence[Column]:
    from portal.documents.typesetting.listing import Column

    return (
        Column("清单", 22, centred=True), Column("序号", 10, centred=True),
        *(Column(column.head, column.printed) for column in COLUMNS),
    )  # fmt: skip


def _printed(part: Part, number: int, row: Row) -> list[str]:
    cells: Iterable[Cell] = (part.section.label, number, *(column.of(row) for column in COLUMNS))
    texts = [full_date(cell) if isinstance(cell, date) else str(cell or "") for cell in cells]
    for text in texts:
        if missing := unprintable(text):
            raise DocumentError(f"{part.section.label}第{number}项{cannot_print(missing)}")
    return texts


def _ordinary(part: Part) -> list[Row]:
    return [row for row in part.rows if not row.line.sensitive]


FORMS: Final[dict[str, Callable[[Head, Sequence[Part], str], bytes]]] = {
    "excel": excel, "pdf": pdf,
}  # fmt: skip
