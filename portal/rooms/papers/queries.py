"""A paper as its reader may know of it: its parts, and how many items of each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select

from portal.codes import is_code
from portal.extensions import db
from portal.item.lines import Line, read_lines
from portal.models import Item, Unit
from portal.rooms.papers.kinds import Paper
from portal.rooms.papers.sections import Asked, Section

ON_PAGE: Final = 200
"""Rows of a part that a page shows; the file has all."""


class Row(NamedTuple):
    """An item in a part: as lists show it, on which day, in which words."""

    line: Line
    since: date | None
    what: str


class Part(NamedTuple):
    """A part with its first rows, and how many there are."""

    section: Section
    rows: list[Row]
    total: int


class OfUnit(NamedTuple):
    """A unit and its numbers, part by part."""

    unit: Unit
    counts: tuple[int, ...]


def parts_of(paper: Paper, asked: Asked, most: int) -> list[Part]:
    """The parts with their first rows."""
    return [_part(section, asked, most) for section in paper.sections]


def by_unit(paper: Paper, asked: Asked) -> list[OfUnit]:
    """The numbers of each unit that has any, in the official order (第九条)."""
    counts = [_by_unit(section.rows(asked)) for section in paper.sections]
    wanted = {unit_id for of in counts for unit_id in of}
    units = db.session.scalars(
        select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.sort_no, Unit.id)
    )
    return [OfUnit(unit, tuple(of.get(unit.id, 0) for of in counts)) for unit in units]


def _part(section: Section, asked: Asked, most: int) -> Part:
    query = section.rows(asked)
    found = db.session.execute(query.limit(most)).all()
    lines = read_lines(found, asked.today)
    rows = [
        Row(line, row.since, row.what or line.left or line.state)
        for row, line in zip(found, lines, strict=True)
    ]
    total = len(rows) if len(rows) < most else _count(query)
    return Part(section, rows, total)


def _count(query: Select[Any]) -> int:
    narrow = query.with_only_columns(Item.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(narrow)) or 0


def _by_unit(query: Select[Any]) -> Mapping[int, int]:
    narrow = query.with_only_columns(Item.lead_unit_id.label("unit_id")).order_by(None).subquery()
    rows = db.session.execute(
        select(narrow.c.unit_id, func.count().label("n")).group_by(narrow.c.unit_id)
    )
    found: dict[int, int] = defaultdict(int)
    for unit_id, count in rows:
        found[unit_id] = count
    return found


def unit_called(code: str) -> int | None:
    """The unit of that code; None: there is none."""
    if not is_code(code):
        return None
    return db.session.scalar(select(Unit.id).where(Unit.code == code[:20]))
