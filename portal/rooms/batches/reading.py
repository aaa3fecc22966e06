"""What reading a paper needs to know of the college today: units, leaders, their portfolios."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from portal.accounts.queries import units_in_order
from portal.extensions import db
from portal.models import Person, Portfolio, Unit
from portal.rooms.batches.minutes.proposing import Leader, Reader
from portal.rooms.batches.minutes.units import Directory
from portal.rooms.batches.minutes.units import Unit as Named
from portal.rulebook import policy
from portal.rulebook.roles import in_force
from portal.rulebook.scope import Viewer


def reader_for(viewer: Viewer, college: str) -> Reader:
    """A reader of papers, with the units and 校领导 of today (第四条)."""
    return Reader(_units(viewer), _leaders(viewer), policy.CURRENT, college)


def directory_of(viewer: Viewer) -> Directory:
    """The names of today's units, for a field in which they are typed."""
    return Directory(_units(viewer))


def _units(viewer: Viewer) -> list[Named]:
    return [
        Named(unit.id, unit.name, unit.short_name, unit.kind)
        for unit in units_in_order(viewer.moment.day)
    ]


def _leaders(viewer: Viewer) -> list[Leader]:
    rows = db.session.execute(
        select(Person.id, Person.name, Portfolio.unit_id)
        .join(Portfolio, Portfolio.leader_id == Person.id)
        .join(Unit, Unit.id == Portfolio.unit_id)
        .where(Person.active, in_force(Portfolio, viewer.moment.day))
        .order_by(Person.rank_no, Unit.sort_no)
    )
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows:
        found[row.id, row.name].append(row.unit_id)
    return [Leader(id_, name, tuple(units)) for (id_, name), units in found.items()]
