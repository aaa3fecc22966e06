"""/archives/shelf, /overdue, /loans, /transfers: 案卷目录, 逾期未归档, 借阅登记, 移交清单."""

from __future__ import annotations

import io

from flask import Response, flash, render_template, request, send_file, url_for

from portal.documents.render import DocumentError
from portal.errors import NotFound
from portal.rooms.archives import queries, shelf, transfer
from portal.rooms.archives.routes import FIRST_YEAR, FOLDER, LAST_YEAR, blueprint
from portal.web import settings, to, viewer

__all__ = ["blueprint"]


@blueprint.get("/archives/shelf")
def shelf_list() -> str:
    """案卷目录 of a year of 归档, by 保管期限."""
    reader = viewer()
    queries.must_keep(reader)
    known = shelf.years_of(reader)
    wanted = request.args.get("year", type=int)
    year = wanted if wanted in known else next(iter(known), reader.moment.day.year)
    return render_template(
        FOLDER + "shelf.html",
        today=reader.moment.day,
        year=year,
        years=known,
        shelves=shelf.shelves_of(reader, year),
    )


@blueprint.get("/archives/overdue")
def overdue() -> str:
    """逾期未归档."""
    reader = viewer()
    queries.must_keep(reader)
    return render_template(
        FOLDER + "overdue.html", today=reader.moment.day, late=shelf.overdue(reader)
    )


@blueprint.get("/archives/loans")
def loan_log() -> str:
    """借阅登记: what is under way; with `all=1` everything."""
    reader = viewer()
    queries.must_keep(reader)
    every = request.args.get("all") == "1"
    return render_template(
        FOLDER + "loans.html",
        today=reader.moment.day,
        every=every,
        rows=shelf.loans(reader, every=every),
    )


@blueprint.post("/archives/transfers")
def transfers() -> Response:
    """编制移交清单 of a year: the sheet that both sides sign."""
    reader = viewer()
    queries.must_keep(reader)
    year = request.form.get("year", type=int)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    try:
        content = transfer.make(reader, year, settings().college)
    except DocumentError as error:
        flash(str(error), "error")
        return to(url_for("archives.page", year=year))
    answer = send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{year}年度督办档案移交清单.pdf",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
