"""/stats: 统计分析, the ledger of a period as bars and tables; every number leads to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import render_template, request, url_for

from portal.filters import full_date
from portal.frame import NavEntry
from portal.item.lights import LIT, ORDER
from portal.rooms.ledger import filters
from portal.rooms.ledger.filters import Filters
from portal.rooms.ledger.periods import CUSTOM, TERMS, Days
from portal.rooms.ledger.routes import blueprint
from portal.rooms.ledger.stats import counting
from portal.rooms.ledger.stats.bars import Given, Row, rows_of, share, trend_of
from portal.rooms.ledger.stats.counting import Number, Tally
from portal.rooms.ledger.wording import light_words
from portal.rulebook import policy
from portal.web import viewer


class Line(NamedTuple):
    """A line of a table: its label, its numbers from left to right."""

    label: str
    numbers: list[Number]


class Bar(NamedTuple):
    """A line of a table with its bar: label, colour, number, length in per cent."""

    label: str
    kind: str
    number: Number
    width: float


class Picture(NamedTuple):
    """Bars and the table that says the same."""

    rows: list[Row]
    lines: list[Line]
    total: int


@blueprint.get("/stats")
def stats() -> str:
    """The period of the address; without one, this term."""
    reader = viewer()
    period, today = period_of(filters.read(request.args)), reader.moment.day
    days = counting.days_of(period, today)
    tally, course = counting.tally(reader, period), counting.course(reader, days, today)
    months = course.months
    words = light_words()
    return render_template(
        "rooms/stats/page.html",
        today=today,
        period=period,
        terms=_terms(period),
        said=_said(days),
        tiles=[
            ("立项", course.filed, "本期取得文号"),
            ("在办", tally.number(state=filters.RUNNING), "本期事项"),
            ("逾期", tally.number(light="red"), "本期事项"),
            ("销号", course.closed, "本期办结，含以前立项的"),
        ],
        bare=not tally.rows and not any(one.filed.n or one.closed.n for one in months),
        months=months,
        trend=trend_of(months),
        lit=[(light, words[light]) for light in LIT],
        categories=_lit(tally, "category", _categories()),
        levels=_lit(tally, "level", _levels()),
        states=_bars(
            (row.label, "filed", tally.number(state=row.id))
            for row in policy.CURRENT.states
            if row.id in tally.occurring("state")
        ),
        lights=_bars((words[light], light, tally.number(light=light)) for light in ORDER),
        units=_units(tally),
    )


def period_of(wanted: Filters) -> Filters:
    """The period that an address asks for and nothing else of it."""
    return Filters(term=wanted.term or "current", since=wanted.since, until=wanted.until)


def _terms(period: Filters) -> list[NavEntry]:
    """本学期, 上学期, 本年度; 自定义 has fields of its own."""
    return [
        NavEntry(label, "", url_for("ledger.stats", term=name), 0, active=period.term == name)
        for name, label in TERMS.items()
        if name != CUSTOM
    ]


def _said(days: Days) -> str:
    """「2026年8月1日至2027年1月31日」."""
    first = full_date(days.first) if days.first else ""
    last = full_date(days.last) if days.last else ""
    if first and last:
        return f"{first}至{last}"
    return f"{first}起" if first else f"{last}止"


def _categories() -> list[tuple[str, str]]:
    return [(row.id, row.label) for row in policy.CURRENT.categories]


def _levels() -> list[tuple[str, str]]:
    return [(str(row.number), row.label) for row in policy.CURRENT.levels]


def _lit(tally: Tally, name: str, values: Iterable[tuple[str, str]]) -> Picture:
    """在办灯号 by a column of the ledger; the table has all items of the period beside them."""
    words = light_words()
    given, lines = [], []
    for value, label in values:
        parts = [
            (light, words[light], tally.number(**{name: value, "light": light})) for light in LIT
        ]
        given.append(Given(label, parts))
        every = tally.number(**{name: value})
        lines.append(Line(label, [*(number for _light, _word, number in parts), every]))
    return Picture(rows_of(given), lines, sum(row.total for row in given))


def _bars(values: Iterable[tuple[str, str, Number]]) -> list[Bar]:
    """One bar a line of (label, colour, number), all on one scale."""
    found = list(values)
    most = max((number.n or 0 for _label, _kind, number in found), default=0)
    return [Bar(label, kind, number, share(number, most)) for label, kind, number in found]


def _units(tally: Tally) -> list[Line]:
    """牵头单位 that have items, in the official order (SPEC §6.2: no ranking)."""
    return _lit(tally, "unit", counting.units(tally.occurring("unit"))).lines
