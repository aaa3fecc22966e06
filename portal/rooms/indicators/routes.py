"""/reports/indicators: 指标 as tables, the rows behind each number, the same as Excel."""

from __future__ import annotations

import io

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for

from portal.errors import Forbidden, NotFound
from portal.figures import BY_KEY, INDICATORS, By, Indicator
from portal.figures.ledger import incomplete
from portal.filters import full_date
from portal.frame import NavEntry
from portal.rooms.indicators import asked as asking
from portal.rooms.indicators import rights, tables, workbook
from portal.rooms.indicators.asked import TERMS, Asked
from portal.rooms.indicators.listing import PAGE, listing
from portal.rulebook import working_calendar
from portal.rulebook.scope import Viewer
from portal.web import note_opened, page_asked, settings, viewer

blueprint = Blueprint("indicators", __name__)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/reports/indicators")
def page() -> Response:
    """The figures of a period: 422 with a sentence for days that cannot be meant."""
    reader = viewer()
    asked, today = _asked(reader), reader.moment.day
    as_of = asked.at or today
    lines, bars = [], []
    if asked.period is not None:
        lines = tables.lines_of(reader, asked, asked.period, as_of)
        bars = tables.bars_of(reader, asked, asked.period, as_of) if asked.by is By.COLLEGE else []
    html = render_template(
        "rooms/indicators/page.html",
        asked=asked,
        said=_said(asked),
        today=today,
        as_of=as_of,
        incomplete=asked.at is not None and incomplete(reader, asked.at),
        terms=_terms(asked),
        views=_views(reader, asked),
        indicators=INDICATORS,
        lines=lines,
        bars=bars,
        bare=not any(cell.href for line in lines for cell in line.cells),
        excel=url_for("indicators.excel") + "?" + asked.query(),
        may_take_out=rights.may_take_out(reader),
    )
    return make_response(html, 422 if asked.problem else 200)


@blueprint.get("/reports/indicators/<key>")
def rows(key: str) -> str:
    """What was counted: every row of a figure, those of the numerator marked."""
    reader, indicator = viewer(), _indicator(key)
    asked, today = _asked(reader), reader.moment.day
    as_of = asked.at or today
    if asked.period is None:
        raise NotFound
    by, code = (By.PERSON, asked.person) if asked.person else (By.UNIT, asked.unit)
    owner = tables.owner_of(by, code) if code else None
    if code and owner is None:
        raise NotFound
    scope = rights.scope_of(
        reader, by if owner else asked.by, owner.id if owner else None, official=asked.open
    )
    number = page_asked()
    found = listing(reader, indicator, asked.period, as_of, scope, number)
    for row in found.rows:
        if row.line.sensitive:
            note_opened(row.line.item_id)
    return render_template(
        "rooms/indicators/rows.html",
        asked=asked,
        said=_said(asked),
        today=today,
        as_of=as_of,
        indicator=indicator,
        owner=owner,
        found=found,
        page=number,
        pages=max(1, -(-found.total // PAGE)),
        first=(number - 1) * PAGE + 1,
        back_href=f"{tables.ADDRESS}?{asked.query(unit='', person='')}",
        href=lambda n: f"{tables.ADDRESS}/{key}?{asked.query(page=str(n))}",
    )


@blueprint.get("/reports/indicators.xlsx")
def excel() -> Response:
    """The same figures as Excel, without sensitive items. Forbidden: not for this person."""
    reader = viewer()
    if not rights.may_take_out(reader):
        raise Forbidden
    asked = _asked(reader)._replace(open=True)
    if asked.period is None:
        raise NotFound
    content = workbook.give(reader, asked, asked.period, settings())
    answer = send_file(
        io.BytesIO(content),
        mimetype=EXCEL,
        as_attachment=True,
        download_name=f"督办指标{reader.moment.day:%Y%m%d}.xlsx",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(reader: Viewer) -> Asked:
    return asking.read(request.args, reader.moment.day, working_calendar.current())


def _indicator(key: str) -> Indicator:
    found = BY_KEY.get(key)
    if found is None:
        raise NotFound
    return found


def _said(asked: Asked) -> str:
    """「2026年8月1日至2027年1月31日」."""
    if asked.period is None:
        return ""
    return f"{full_date(asked.period.first)}至{full_date(asked.period.last)}"


def _terms(asked: Asked) -> list[NavEntry]:
    """The named periods; 自定义 has fields of its own."""
    return [
        NavEntry(label, "", f"{tables.ADDRESS}?{asked.query(term=name, since='', until='')}", 0,
                 active=asked.term == name)
        for name, label in TERMS.items() if name != "custom"
    ]  # fmt: skip


def _views(reader: Viewer, asked: Asked) -> list[NavEntry]:
    """全部, 各单位, 承办人; units only for who sees any unit as a whole."""
    words = {By.COLLEGE: "全部事项", By.UNIT: "各单位", By.PERSON: "承办人"}
    units = rights.units_of(reader)
    return [
        NavEntry(label, "", f"{tables.ADDRESS}?{asked.query(by=by.value)}", 0,
                 active=asked.by is by)
        for by, label in words.items() if by is not By.UNIT or units is None or units
    ]  # fmt: skip
