"""/archives/shelf, /overdue, /loans: 案卷目录, 逾期未归档, 借阅登记."""

from __future__ import annotations

from flask import render_template, request

from portal.rooms.archives import queries, shelf
from portal.rooms.archives.routes import FOLDER, blueprint
from portal.web import viewer

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
        FOLDER + "overdue.html",
        today=reader.moment.day,
        late=shelf.overdue(reader),
        most=shelf.PAGE,
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
        most=shelf.PAGE,
    )
