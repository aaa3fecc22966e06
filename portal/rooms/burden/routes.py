"""/burden: 减负台账; /burden/<unit>/<ask>: the rows behind a number."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request

from portal import spans
from portal.errors import NotFound
from portal.rooms.burden import queries
from portal.rulebook.asking import ASKS
from portal.spans import Span
from portal.web import viewer

blueprint = Blueprint("burden", __name__)


@blueprint.get("/burden")
def page() -> str:
    """减负台账 of a month: how often each thing was asked of each unit."""
    reader = viewer()
    units = queries.units_of(reader)
    if code := request.args.get("unit", ""):
        units = [queries.unit_among(units, code)]
    month = _month(reader.moment.day)
    return render_template(
        "rooms/burden/page.html",
        units=queries.by_unit(reader, units, month.first, month.last),
        asks=ASKS.values(),
        month=month,
        unit=code,
    )


@blueprint.get("/burden/<code>/<name>")
def rows(code: str, name: str) -> str:
    """What was asked of a unit in a month, of one sort."""
    reader = viewer()
    unit = queries.unit_among(queries.units_of(reader), code)
    if name not in ASKS:
        raise NotFound
    month = _month(reader.moment.day)
    found = queries.rows_of(reader, ASKS[name], unit, month.first, month.last)
    return render_template(
        "rooms/burden/rows.html",
        today=reader.moment.day,
        unit=unit,
        ask=ASKS[name],
        rows=found,
        month=month,
        most=queries.LISTED,
    )


def _month(today: date) -> Span:
    """The month of the address, or this one. NotFound: none, or to come."""
    return spans.read(spans.MONTH, request.args.get("month", ""), today)
