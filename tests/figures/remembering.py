"""What the ledger and the figures say at the end of each day, kept beside the portal."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import figures
from portal.extensions import db
from portal.figures import By, Period, Scope
from portal.figures.ledger import digest_of, then
from portal.item.counted import listed
from portal.item.lights import light_of
from portal.models import Item, Person
from portal.rulebook.readers import DRAFTING
from portal.rulebook.scope import Viewer, view_as
from tests.semester.term import FIRST

PERIOD = Period(FIRST, date(2027, 1, 31))
SCOPES = (Scope(By.UNIT), Scope(By.PERSON), Scope(official=True))


class Days:
    """Looks at each evening, compares with the reproduction at the end."""

    def __init__(self, college: Flask, readers: tuple[str, ...]) -> None:
        self.college, self.readers = college, readers
        self.seen: dict[tuple[str, date], Any] = {}

    def evening(self, today: date) -> None:
        """Keep what today's tables say."""
        for who in self.readers:
            with self.college.app_context():
                viewer = self._viewer(who)
                rows = db.session.scalars(listed(viewer).where(Item.state.not_in(DRAFTING)))
                ledger = {item.id: _line(item, item.lead_unit_id, today) for item in rows}
                self.seen[who, today] = ledger, _figures(viewer, today)

    def compare(self) -> int:
        """Every evening as it is reproduced now; how many lines of ledgers there were."""
        lines = 0
        for (who, day), (ledger, found) in self.seen.items():
            with self.college.app_context():
                viewer = self._viewer(who)
                assert day < viewer.moment.day
                rows = db.session.scalars(then(viewer, day)).all()
                assert {row.item_id: _line(row, row.unit_id, day) for row in rows} == ledger, day
                assert _figures(viewer, day) == found, day
                lines += len(rows)
        return lines

    def digests(self) -> list[str]:
        """What each day hashes to."""
        with self.college.app_context():
            self._viewer(self.readers[0])
            return [digest_of(day) for _who, day in self.seen]

    def _viewer(self, who: str) -> Viewer:
        person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
        return view_as(person, self.college.extensions["portal.clock"])


def _line(row: Any, unit: int, day: date) -> tuple[Any, ...]:
    light = light_of(row, day)
    return (
        row.state, row.level, row.classification, unit, row.responsible_leader_id, row.doc_seq,
        row.filed_on, row.issued_on, row.due_original, row.due_effective, row.due_reset,
        row.closed_on, light.name, light.word,
    )  # fmt: skip


def _figures(viewer: Viewer, day: date) -> Any:
    found = []
    for scope in SCOPES:
        figured = figures.of(viewer, PERIOD, day, scope)
        found.append(
            {
                owner: [(one.part, one.whole, one.median) for one in figured.of(owner).values()]
                for owner in (*sorted(figured.owners), *([] if scope.by is By.PERSON else [None]))
            }
        )
    return found
