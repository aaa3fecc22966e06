"""The figures as the page's tables: numbers with the address of the rows behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal import figures
from portal.extensions import db
from portal.figures import INDICATORS, By, Figure, Figures, Period, Scope
from portal.models import Person, Unit
from portal.rooms.indicators.asked import Asked
from portal.rooms.indicators.rights import scope_of
from portal.rulebook.scope import Viewer

ADDRESS = "/reports/indicators"


class Owner(NamedTuple):
    """A unit or a person: its id, the code in addresses, its name, until when it was."""

    id: int
    code: str
    name: str
    note: str = ""


class Cell(NamedTuple):
    """A figure and where its rows are; empty: there are none."""

    figure: Figure
    href: str


class Line(NamedTuple):
    """A unit's or a person's figures, or those of all together, in the table's order."""

    owner: Owner | None
    cells: list[Cell]


class Bar(NamedTuple):
    """A rate as a bar: length in per cent of the picture."""

    label: str
    said: str
    width: float
    href: str


def lines_of(viewer: Viewer, asked: Asked, period: Period, as_of: date) -> list[Line]:
    """The lines of the table asked for: one of all, or one a unit (all together first), or one a
    person; units and persons in their official order (SPEC §6.2: no ranking)."""
    found = figures.of(viewer, period, as_of, scope_of(viewer, asked.by, official=asked.open))
    owners = _owners(asked.by, found.owners)
    lines = [_line(asked, found, owner) for owner in owners]
    return lines if asked.by is By.PERSON else [_line(asked, found, None), *lines]


def bars_of(viewer: Viewer, asked: Asked, period: Period, as_of: date) -> list[Bar]:
    """The rates of all together, without sensitive items: a picture may be put on a screen (SPEC
    §7.5 rule 19)."""
    open_ = asked._replace(by=By.COLLEGE, open=True)
    found = figures.of(viewer, period, as_of, Scope(official=True))
    line = _line(open_, found, None)
    return [
        Bar(cell.figure.indicator.label, cell.figure.said, float(cell.figure.value or 0), cell.href)
        for cell in line.cells
        if cell.figure.indicator.kind == "rate"
    ]


def owner_of(by: By, code: str) -> Owner | None:
    """The unit or the person of a code; None if there is none."""
    rows = _units(Unit.code == code) if by is By.UNIT else _people(Person.emp_no == code)
    return next(iter(rows), None)


def _owners(by: By, ids: Collection[int]) -> Iterable[Owner]:
    if by is By.UNIT:
        return _units(Unit.id.in_(ids))
    return _people(Person.id.in_(ids)) if by is By.PERSON else ()


def _units(wanted: object) -> list[Owner]:
    query = select(Unit).where(wanted).order_by(Unit.sort_no, Unit.id)  # type: ignore[arg-type]
    return [
        Owner(row.id, row.code, row.short_name, "已撤并" if row.valid_to else "")
        for row in db.session.scalars(query)
    ]


def _people(wanted: object) -> list[Owner]:
    query = select(Person).where(wanted).order_by(Person.sort_no, Person.id)  # type: ignore[arg-type]
    return [
        Owner(row.id, row.emp_no, row.name, "" if row.active else "已离职")
        for row in db.session.scalars(query)
    ]


def _line(asked: Asked, found: Figures, owner: Owner | None) -> Line:
    own = found.of(None if owner is None else owner.id)
    return Line(owner, [Cell(one, _href(asked, one, owner)) for one in own.values()])


def _href(asked: Asked, one: Figure, owner: Owner | None) -> str:
    there = one.part if one.whole is None else one.whole
    if not there:
        return ""
    named = {} if owner is None else {asked.by.value: owner.code}
    return f"{ADDRESS}/{one.indicator.key}?{asked.query(**named)}"


HEADS = [row.label for row in INDICATORS]
