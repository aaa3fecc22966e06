"""指标 as an Excel file: the values, what they are made of, and 口径说明 (SPEC §6.2, §6.5)."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from portal.clock import SHANGHAI
from portal.config import Settings
from portal.extensions import db
from portal.figures import INDICATORS, By, Figure, Period
from portal.filters import full_date
from portal.models import LedgerExport, Person
from portal.queued_work import now
from portal.rooms.indicators import tables
from portal.rooms.indicators.asked import Asked
from portal.rooms.indicators.tables import Line
from portal.rulebook.scope import Viewer
from portal.workbooks.cells import harmless

WHOSE: Final = {By.COLLEGE: "范围", By.UNIT: "单位", By.PERSON: "承办人"}
TOGETHER: Final = "合计"
ONLY_VISIBLE: Final = "本表仅含导出人有权查看的事项，不含敏感事项。"
NO_RANKING: Final = "单位按机构顺序排列，不作排名。"
NARROW, WIDE = 14, 80


def give(viewer: Viewer, asked: Asked, period: Period, settings: Settings) -> bytes:
    """The file, and a row of 导出记录 that says who took it (SPEC §7.5 rule 10)."""
    as_of = asked.at or viewer.moment.day
    lines = tables.lines_of(viewer, asked, period, as_of)
    content = _File(asked.by, lines).content(_explanation(viewer, period, as_of, settings))
    export = LedgerExport(
        query=asked.query(),
        form="figures",
        state="given",
        asked_by_id=viewer.person_id,
        asked_at=now(),
        made_at=now(),
        size=len(content),
        total=len(lines),
        done=len(lines),
        readers=[-(viewer.person_id or 0)],
    )
    db.session.add(export)
    db.session.commit()
    return content


def _explanation(
    viewer: Viewer, period: Period, as_of: date, settings: Settings
) -> list[tuple[str, str]]:
    at = viewer.moment.instant.astimezone(SHANGHAI)
    exporter = db.session.get_one(Person, viewer.person_id).name
    return [
        ("单位名称", settings.college),
        ("统计期间", f"{full_date(period.first)}至{full_date(period.last)}"),
        ("统计日", full_date(as_of)),
        ("数据时间", f"{full_date(viewer.moment.day)}{at:%H:%M}"),
        ("导出人", exporter),
        ("范围", ONLY_VISIBLE),
        ("排列", NO_RANKING),
        ("百分比", "保留一位小数，四舍五入；没有可统计的，写“—”。"),
        *((row.label, row.formula) for row in INDICATORS),
    ]


class _File:
    """The workbook while it is written: sheets 指标, 分子与分母, 口径说明."""

    def __init__(self, by: By, lines: list[Line]) -> None:
        self.buffer = BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer)
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
        self.text = self.book.add_format({**base, "text_wrap": True})
        self.number = self.book.add_format(base)
        self.decimal = self.book.add_format({**base, "num_format": "0.0"})
        self.head = self.book.add_format(
            {**base, "bold": True, "bg_color": "#eef1f6", "align": "center", "text_wrap": True}
        )
        self._values(WHOSE[by], lines)
        self._parts(WHOSE[by], lines)

    def _sheet(self, name: str, heads: list[str]) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.write_row(0, 0, heads, self.head)
        sheet.set_column(0, len(heads) - 1, NARROW)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C第&P页，共&N页")
        return sheet

    def _values(self, whose: str, lines: list[Line]) -> None:
        heads = [f"{row.label}（{row.unit}）" for row in INDICATORS]
        sheet = self._sheet("指标", [whose, *heads])
        for at, line in enumerate(lines, 1):
            sheet.write_string(at, 0, harmless(_name(line)), self.text)
            for place, cell in enumerate(line.cells, 1):
                self._value(sheet, at, place, cell.figure)

    def _value(self, sheet: Any, row: int, column: int, figure: Figure) -> None:
        value = figure.value
        if value is None:
            sheet.write_string(row, column, figure.printed, self.text)
        else:
            form = self.number if figure.whole is None else self.decimal
            sheet.write_number(row, column, float(value), form)

    def _parts(self, whose: str, lines: list[Line]) -> None:
        heads = [whose, "指标", "分子", "分子含义", "分母", "分母含义", "中位数"]
        sheet = self._sheet("分子与分母", heads)
        made = [(line, cell.figure) for line in lines for cell in line.cells]
        for at, (line, figure) in enumerate(
            ((line, figure) for line, figure in made if figure.whole is not None), 1
        ):
            one = figure.indicator
            sheet.write_string(at, 0, harmless(_name(line)), self.text)
            sheet.write_string(at, 1, one.label, self.text)
            sheet.write_number(at, 2, figure.part, self.number)
            sheet.write_string(at, 3, one.part, self.text)
            sheet.write_number(at, 4, figure.whole, self.number)
            sheet.write_string(at, 5, one.whole, self.text)
            sheet.write_string(at, 6, figure.median, self.text)

    def content(self, lines: list[tuple[str, str]]) -> bytes:
        """Add 口径说明 and close the file; its bytes."""
        sheet = self.book.add_worksheet("口径说明")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, WIDE)
        for row, (label, words) in enumerate(lines):
            sheet.write_string(row, 0, label, self.head)
            sheet.write_string(row, 1, harmless(words), self.text)
        self.book.close()
        return self.buffer.getvalue()


def _name(line: Line) -> str:
    return TOGETHER if line.owner is None else line.owner.name
