"""实地督查 on an item's page: each inspection with its plan, record and points, and which units
this person may have inspected now (第十七条)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.item.attachments.queries import Line
from portal.models import Inspection, Item, Person, Rectification, Unit
from portal.rulebook.inspecting import CONCLUSIONS
from portal.rulebook.machines import state_word
from portal.rulebook.offers import Offer
from portal.rulebook.scope import Viewer, visible
from portal.steps.inspection.queries import Row, plan_rows, record_rows, verdict_rows


class Point(NamedTuple):
    """A point as the page shows it: how far it is, what is to be done by whom until when, what was
    said to it, the files handed in with it."""

    nth: int
    state: str
    late: bool
    settled: bool
    problem: str
    requirement: str
    owner: str
    due: date
    reply: str
    files: tuple[Line, ...]


class Visit(NamedTuple):
    """One inspection: title, how far it is, its rows, its files, its points. What was `cancelled`
    before anybody went is shown and not counted (decision 0135)."""

    title: str
    state: str
    open: bool
    cancelled: bool
    conclusion: str
    day: date
    rows: list[Row]
    files: tuple[Line, ...]
    points: list[Point]

    @property
    def left(self) -> int:
        """How many points are neither found put right nor taken back: they block 办结."""
        return sum(not point.settled for point in self.points)


def inspections_of(viewer: Viewer, item: Item, files: Iterable[Line]) -> list[Visit]:
    """The item's inspections as far as this viewer may know of them, latest first."""
    rows = db.session.execute(
        visible(viewer, Inspection)
        .join(Unit, Unit.id == Inspection.unit_id)
        .add_columns(Unit.short_name)
        .where(Inspection.item_id == item.id)
        .order_by(Inspection.id.desc())
    ).all()
    if not rows:
        return []
    points = _points(viewer, item)
    by_owner: dict[tuple[str | None, int | None], list[Line]] = {}
    for line in files:
        by_owner.setdefault((line.row.subject, line.row.subject_id), []).append(line)
    return [
        Visit(
            title=row.short_name,
            state=state_of(row.Inspection),
            open=row.Inspection.state != "finished",
            cancelled=_cancelled(row.Inspection),
            conclusion=CONCLUSIONS.get(row.Inspection.conclusion or "", ""),
            day=row.Inspection.planned_on,
            rows=_rows(viewer, row.Inspection),
            files=tuple(by_owner.get(("inspection", row.Inspection.id), ())),
            points=[
                _point(found, by_owner)
                for found in points
                if found[0].inspection_id == row.Inspection.id
            ],
        )
        for row in rows
    ]


def state_of(visit: Inspection) -> str:
    """How far it is; one that ended before anybody went was cancelled, one without a conclusion
    ended with its item."""
    if _cancelled(visit):
        return "已取消"
    if visit.state == "finished" and visit.concluded_at is None:
        return "已终止"
    return state_word("inspection", visit.state)


def _cancelled(visit: Inspection) -> bool:
    return visit.state == "finished" and visit.recorded_at is None


def _rows(viewer: Viewer, visit: Inspection) -> list[Row]:
    rows = (*plan_rows(visit), *record_rows(visit), *verdict_rows(viewer, visit))
    return [row for row in rows if row.text]


Found = tuple[Rectification, str, str]


def _points(viewer: Viewer, item: Item) -> Sequence[Found]:
    rows = db.session.execute(
        visible(viewer, Rectification)
        .join(Unit, Unit.id == Rectification.unit_id)
        .join(Person, Person.id == Rectification.owner_id)
        .add_columns(Unit.short_name, Person.name)
        .where(
            Rectification.item_id == item.id,
            Rectification.withdrawn.is_(False) | (Rectification.state == "withdrawn"),
        )
        .order_by(Rectification.inspection_id, Rectification.nth)
    ).all()
    return [(row.Rectification, row.short_name, row.name) for row in rows]


def _point(found: Found, files: dict[tuple[str | None, int | None], list[Line]]) -> Point:
    point, unit, owner = found
    return Point(
        point.nth,
        state_word("rectification", point.state),
        point.state == "overdue",
        point.state in ("verified", "withdrawn"),
        point.problem,
        point.requirement,
        f"{owner}（{unit}）",
        point.due,
        point.reply,
        tuple(files.get(("rectification", point.id), ())),
    )


class Proposed(NamedTuple):
    """A unit that this person may have inspected now; `again`: its plan was returned."""

    unit: str
    address: str
    again: bool


def proposed(item: Item, offered: Iterable[Offer]) -> list[Proposed]:
    """The units, each with the page of its plan."""
    found = []
    for offer in offered:
        if offer.act != "inspect" or offer.unit_id is None:
            continue
        unit = db.session.get_one(Unit, offer.unit_id)
        if offer.subject is None:
            address = url_for("inspection.new", public_id=item.public_id, code=unit.code)
        else:
            address = url_for(
                "inspection.again",
                public_id=item.public_id,
                inspection_id=offer.subject.public_id,
            )
        found.append(Proposed(unit.short_name, address, offer.subject is not None))
    return found
