"""/inspections: 实地督查, by stage (`stage`) and unit (`unit`), page by page."""

from __future__ import annotations

from math import ceil

from flask import Blueprint, render_template, request, url_for

from portal.item.offices import OFFICE, offices_of
from portal.rooms.inspections import queries
from portal.rooms.inspections.queries import A_PAGE, CANCELLED, OVERDUE, STAGES, Wanted
from portal.web import page_asked, viewer

blueprint = Blueprint("inspections", __name__)


@blueprint.get("/inspections")
def page() -> str:
    """Those of the items that this person may know of."""
    reader = viewer()
    units = queries.units(reader)
    wanted = Wanted(
        _known(request.args.get("stage", ""), {*STAGES, OVERDUE, CANCELLED}),
        _known(request.args.get("unit", ""), {code for code, _name in units}),
    )
    number = page_asked()
    found = queries.found(reader, wanted, number)
    return render_template(
        "rooms/inspections/page.html",
        today=reader.moment.day,
        wanted=wanted,
        cancelled=wanted.stage == CANCELLED,
        found=found,
        units=units,
        tabs=[
            {
                "label": tab.label,
                "count": tab.total,
                "href": _address(tab.value, wanted.unit),
                "active": tab.value == wanted.stage,
            }
            for tab in queries.tabs(reader, wanted.unit)
        ],
        page=number,
        pages=ceil(found.total / A_PAGE),
        plans=bool(offices_of(reader) & OFFICE),
        first=(number - 1) * A_PAGE + 1,
        page_href=lambda other: url_for(
            ".page", stage=wanted.stage or None, unit=wanted.unit or None, page=other
        ),
    )


def _known(asked: str, values: set[str]) -> str:
    """What is asked for, if there is such a thing."""
    return asked if asked in values else ""


def _address(stage: str, unit: str) -> str:
    return url_for(".page", stage=stage or None, unit=unit or None)
