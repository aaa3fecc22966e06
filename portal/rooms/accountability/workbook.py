"""年度评价表 as an Excel file: real dates and numbers, no formulas, 口径说明 last (SPEC §6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from portal.clock import SHANGHAI
from portal.config import Settings
from portal.extensions import db
from portal.figures import INDICATORS
from portal.filters import full_date
from portal.item.export_rights import EVALUATION
from portal.models import LedgerExport, Person
from portal.queued_work import now
from portal.rooms.accountability import evaluation
from portal.rooms.accountability.evaluation import Table, Value
from portal.rulebook.scope import Viewer
from portal.workbooks.cells import harmless

NARROW, WIDE = 14, 80
NOTES: Final = (
    ("用途", "供年度考核、选拔任用、目标绩效、职称评聘参考（第二十二条），不作排名，不计分。"),
    ("范围", "不含敏感事项、未决定的问责线索；单位和人员按机构顺序排列。"),
    (
        "正当理由",
        "采纳书面说明或核实有正当理由的为“是”，不采纳或逾期未说明的为“否”，其余为“未认定”。",
    ),
    ("涉及运用", "按处理方式提示可能涉及的方面，是否运用由组织人事部按规定确定。"),
)


def give(viewer: Viewer, year: int, settings: Settings) -> bytes:
    """The file, and a row of 导出记录 that says who took it (SPEC §7.5 rule 10)."""
    tables = evaluation.tables_of(viewer, year)
    content = _written(tables, _explanation(viewer, year, settings))
    rows = sum(len(table.rows) for table in tables)
    db.session.rollback()
    db.session.add(
        LedgerExport(
            query=f"{EVALUATION}{year}",
            form="figures",
            state="given",
            asked_by_id=viewer.person_id,
            asked_at=now(),
            made_at=now(),
            size=len(content),
            total=rows,
            done=rows,
            readers=[-(viewer.person_id or 0)],
        )
    )
    db.session.commit()
    return content


def _explanation(viewer: Viewer, year: int, settings: Settings) -> list[tuple[str, str]]:
    at = viewer.moment.instant.astimezone(SHANGHAI)
    exporter = db.session.get_one(Person, viewer.person_id).name
    return [
        ("单位名称", settings.college),
        ("年度", f"{year}年"),
        ("数据时间", f"{full_date(viewer.moment.day)}{at:%H:%M}"),
        ("导出人", exporter),
        *NOTES,
        ("指标统计日", full_date(min(viewer.moment.day, date(year, 12, 31)))),
        *((row.label, row.formula) for row in INDICATORS),
    ]


def _written(tables: Sequence[Table], notes: Sequence[tuple[str, str]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
    text = book.add_format({**base, "text_wrap": True})
    forms = {
        "text": text,
        "number": book.add_format({**base, "num_format": "0.0"}),
        "whole": book.add_format(base),
        "day": book.add_format({**base, "num_format": 'yyyy"年"m"月"d"日"'}),
        "head": book.add_format(
            {**base, "bold": True, "bg_color": "#eef1f6", "align": "center", "text_wrap": True}
        ),
    }
    for table in tables:
        _sheet(book, table, forms)
    sheet = book.add_worksheet("口径说明")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, WIDE)
    for row, (label, words) in enumerate(notes):
        sheet.write_string(row, 0, label, forms["head"])
        sheet.write_string(row, 1, harmless(words), text)
    book.close()
    return buffer.getvalue()


def _sheet(book: Any, table: Table, forms: dict[str, Any]) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.write_row(0, 0, table.heads, forms["head"])
    sheet.set_column(0, len(table.heads) - 1, NARROW)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第&P页，共&N页")
    for at, row in enumerate(table.rows, 1):
        for place, value in enumerate(row):
            _cell(sheet, at, place, value, forms)


def _cell(sheet: Any, row: int, column: int, value: Value, forms: dict[str, Any]) -> None:
    if value is None:
        sheet.write_blank(row, column, None, forms["text"])
    elif isinstance(value, date):
        at = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day, not an instant
        sheet.write_datetime(row, column, at, forms["day"])
    elif isinstance(value, str):
        sheet.write_string(row, column, harmless(value), forms["text"])
    else:
        form = forms["number"] if isinstance(value, float) else forms["whole"]
        sheet.write_number(row, column, value, form)
