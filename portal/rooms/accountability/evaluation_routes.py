"""/accountability/evaluation: 年度评价表, for 组织人事部 and 纪委办."""

from __future__ import annotations

import io

from flask import Response, render_template, request, send_file

from portal.errors import NotFound
from portal.rooms.accountability import evaluation, workbook
from portal.rooms.accountability.routes import blueprint
from portal.web import settings, viewer

__all__ = ["blueprint"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 30
"""Rows of a sheet on the page; all are in the file."""


@blueprint.get("/accountability/evaluation")
def evaluate() -> str:
    """The sheets of a year, and the file of them."""
    reader, year = viewer(), _year()
    this = reader.moment.day.year
    return render_template(
        "rooms/accountability/evaluation.html",
        tables=[
            table for table in evaluation.tables_of(reader, year) if table.name not in WIDE_SHEETS
        ],
        year=year,
        years=range(this, max(evaluation.EARLIEST, this - 4) - 1, -1),
        shown=SHOWN,
        today=reader.moment.day,
    )


WIDE_SHEETS = ("单位", "个人")
"""The indicators have a page of their own, with the rows behind each."""


@blueprint.get("/accountability/evaluation.xlsx")
def evaluation_file() -> Response:
    """The same as Excel, without sensitive items and without anything undecided."""
    year = _year()
    content = workbook.give(viewer(), year, settings())
    answer = send_file(
        io.BytesIO(content),
        mimetype=EXCEL,
        as_attachment=True,
        download_name=f"督办督查年度评价表{year}.xlsx",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _year() -> int:
    """The year asked for, this one if none; NotFound for others than 组织人事部 and 纪委办, and for
    years that have no items."""
    reader = viewer()
    if not evaluation.may_take(reader):
        raise NotFound
    this = reader.moment.day.year
    given = request.args.get("year", str(this))
    year = int(given) if given.isascii() and given.isdecimal() and len(given) == 4 else 0
    if not evaluation.EARLIEST <= year <= this:
        raise NotFound
    return year
