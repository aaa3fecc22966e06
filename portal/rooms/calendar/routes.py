"""/calendar: 工作日历 and 时限计算 for everybody who is signed in; for 党政办 what a new version
would move."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, g, make_response, render_template, request

from portal.accounts.gate import signed_in
from portal.errors import NotFound
from portal.item.offices import OFFICE, offices_of
from portal.item.wording import ground
from portal.rooms.calendar import queries, tables
from portal.rooms.calendar.asking import (
    FIRST_YEAR,
    KINDS,
    LAST_YEAR,
    NO_START,
    Asked,
    asked_of,
    range_of,
)
from portal.rooms.calendar.calculator import Result, calculate
from portal.rooms.calendar.commands import KEEPER
from portal.rooms.calendar.months import year_of
from portal.rulebook import working_calendar
from portal.rulebook.deadline_texts import deadline_text
from portal.rulebook.deadlines import DeadlineError
from portal.rulebook.item_texts import number_of
from portal.rulebook.policy import CURRENT
from portal.web import clock, viewer

blueprint = Blueprint("calendar", __name__)
FILES = {
    "csv": (tables.year_csv, "text/csv; charset=utf-8"),
    "json": (tables.year_json, "application/json"),
}


@blueprint.get("/calendar")
def page() -> str:
    """A year month by month: rest days, 调休, terms, vacations; which years are 暂定."""
    today, calendar = clock().today(), working_calendar.current()
    known = {*calendar.published, today.year, today.year + 1}
    asked = request.args.get("year", today.year, type=int)
    year = asked if FIRST_YEAR <= asked <= LAST_YEAR else today.year
    return render_template(
        "rooms/calendar/page.html",
        today=today,
        keeps=signed_in().kind == KEEPER,
        proposals=queries.proposals() if _of_office() else [],
        year=year_of(calendar, year),
        years=[(one, calendar.is_published(one)) for one in sorted(known)],
        office_hours=calendar.office,
        missing=working_calendar.missing_year(today),
    )


@blueprint.get("/calendar/<int:year>.<kind>")
def export(year: int, kind: str) -> Response:
    """A year's holiday table as a file that can be read in again."""
    table = working_calendar.tables()["national"].get(str(year))
    if kind not in FILES or table is None or not table["published"]:
        raise NotFound
    made, mimetype = FILES[kind]
    answer = make_response(made(table))
    answer.headers["Content-Type"] = mimetype
    answer.headers["Content-Disposition"] = f'attachment; filename="calendar-{year}.{kind}"'
    return answer


@blueprint.get("/calendar/proposals/<uuid:public_id>")
def proposal(public_id: uuid.UUID) -> str:
    """The items that a proposed version would move, for 党政办; for others no such address."""
    if not _of_office():
        raise NotFound
    reader = viewer()
    version = queries.proposal(public_id)
    waits = version.number is None
    moved = queries.items_moved(reader, version.tables) if waits else []
    return render_template(
        "rooms/calendar/items.html",
        version=version,
        waits=waits,
        rows=[(item, number_of(item), one) for item, one in moved],
        staying=[
            (item, number_of(item))
            for item in (queries.left_on_rest_days(reader, version.tables) if waits else [])
        ],
    )


@blueprint.get("/calendar/deadline")
def deadline() -> str:
    """时限计算: level, start, days or date, in the address; what follows, each with its reason."""
    asked = asked_of(request.args, clock().today())
    result = _result(asked) if request.args and not asked.wrong else None
    if isinstance(result, str):
        asked, result = asked._replace(wrong=result), None
    return render_template(
        "rooms/calendar/deadline.html",
        asked=asked,
        result=result,
        levels=CURRENT.levels,
        kinds=KINDS,
        ranges={level.number: range_of(level) for level in CURRENT.levels},
        limit=deadline_text(asked.level, days=asked.period.days)
        if asked.period.kind == "days"
        else "",
        ground=ground,
    )


def _result(asked: Asked) -> Result | str:
    if asked.start is None:
        return NO_START
    try:
        return calculate(asked.level, asked.start, asked.period, working_calendar.current())
    except DeadlineError as error:
        return str(error)


def _of_office() -> bool:
    """Whether this is 党政办; administrators have no business data."""
    return g.get("viewer") is not None and bool(offices_of(viewer()) & OFFICE)
