"""The list of inspections: one row each, with its item, unit, team leader and points."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select

from portal.extensions import db
from portal.item.inspections import state_of
from portal.models import Inspection, InspectionMember, Item, Person, Rectification, Unit
from portal.rulebook import inspecting
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible

A_PAGE: Final = 50
OVERDUE: Final = "overdue"
CANCELLED: Final = "cancelled"
STAGES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "planned": ("待实施", ("plan_draft", "plan_pending", "plan_approved")),
    "conducted": ("待定结论或签收", ("conducted", "opinion_issued")),
    "rectifying": ("整改中", ("rectifying",)),
    "finished": ("已完成", ("finished",)),
}
"""How far inspections are, each stage by its states; beside them OVERDUE: 有逾期整改, and
CANCELLED: 已取消, which are in no other."""


class Wanted(NamedTuple):
    """What the address asks for: a stage (empty: all) and a unit's code (empty: all)."""

    stage: str
    unit: str


class Line(NamedTuple):
    """One inspection as the list shows it; `verified` of `points` are put right."""

    public_id: uuid.UUID
    title: str
    number: str
    sensitive: bool
    unit: str
    planned_on: date
    methods: str
    leader: str
    state: str
    conclusion: str
    points: int
    verified: int
    overdue: int


class Tab(NamedTuple):
    """A stage with how many inspections are in it."""

    value: str
    label: str
    total: int


class Found(NamedTuple):
    """A page of the list, and how long the whole is."""

    lines: list[Line]
    total: int


def found(viewer: Viewer, wanted: Wanted, page: int) -> Found:
    """The inspections asked for, the latest plan first."""
    where = _where(wanted)
    total = db.session.scalar(
        _inspections(viewer).where(*where).with_only_columns(func.count(Inspection.id))
    )
    rows = db.session.execute(
        _inspections(viewer)
        .add_columns(Item, Unit.short_name)
        .where(*where)
        .order_by(Inspection.planned_on.desc(), Inspection.id.desc())
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    ).all()
    ids = [row.Inspection.id for row in rows]
    leaders, points = _leaders(viewer, ids), _points(viewer, ids)
    return Found(
        [
            _line(row, leaders.get(row.Inspection.id, ""), points.get(row.Inspection.id))
            for row in rows
        ],
        total or 0,
    )


def tabs(viewer: Viewer, unit: str) -> list[Tab]:
    """Every stage with its count, for the unit chosen."""
    values = {
        "": "全部",
        **{key: label for key, (label, _s) in STAGES.items()},
        OVERDUE: "有逾期整改",
        CANCELLED: "已取消",
    }
    return [
        Tab(value, label, _count(viewer, Wanted(value, unit))) for value, label in values.items()
    ]


def units(viewer: Viewer) -> list[tuple[str, str]]:
    """The units that were inspected, by code and name, in official order."""
    inspected = visible(viewer, Inspection).with_only_columns(Inspection.unit_id)
    rows = db.session.execute(
        select(Unit.code, Unit.short_name)
        .where(Unit.id.in_(inspected))
        .order_by(Unit.sort_no, Unit.id)
    )
    return [(row.code, row.short_name) for row in rows]


def _count(viewer: Viewer, wanted: Wanted) -> int:
    query = _inspections(viewer).where(*_where(wanted))
    return db.session.scalar(query.with_only_columns(func.count(Inspection.id))) or 0


def _inspections(viewer: Viewer) -> Select[Any]:
    """The rows joined with their items, as far as the person may know of both."""
    return (
        visible(viewer, Inspection)
        .join(Item, Item.id == Inspection.item_id)
        .join(Unit, Unit.id == Inspection.unit_id)
    )


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    cancelled = inspecting.cancelled()
    conditions = [cancelled if wanted.stage == CANCELLED else ~cancelled]
    if wanted.stage in STAGES:
        conditions.append(Inspection.state.in_(STAGES[wanted.stage][1]))
    if wanted.stage == OVERDUE:
        late = exists().where(
            Rectification.inspection_id == Inspection.id,
            Rectification.withdrawn.is_(False),
            Rectification.state == OVERDUE,
        )
        conditions.append(late)
    if wanted.unit:
        conditions.append(Unit.code == wanted.unit)
    return conditions


def _leaders(viewer: Viewer, ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(
        visible(viewer, InspectionMember)
        .join(Person, Person.id == InspectionMember.person_id)
        .where(InspectionMember.inspection_id.in_(ids), InspectionMember.leads)
        .with_only_columns(InspectionMember.inspection_id, Person.name)
    )
    return {row.inspection_id: row.name for row in rows}


def _points(viewer: Viewer, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """By inspection how many points stand, are put right, and are overdue."""
    state = Rectification.state
    rows = db.session.execute(
        visible(viewer, Rectification)
        .where(Rectification.inspection_id.in_(ids), Rectification.withdrawn.is_(False))
        .with_only_columns(
            Rectification.inspection_id,
            func.count(Rectification.id).label("points"),
            func.count(Rectification.id).filter(state == "verified").label("verified"),
            func.count(Rectification.id).filter(state == OVERDUE).label("overdue"),
        )
        .group_by(Rectification.inspection_id)
    )
    return {row.inspection_id: (row.points, row.verified, row.overdue) for row in rows}


def _line(row: Any, leader: str, points: tuple[int, int, int] | None) -> Line:
    visit, item = row.Inspection, row.Item
    number = number_of(item)
    return Line(
        item.public_id,
        item.title,
        str(number) if number else "",
        item.classification == "sensitive",
        row.short_name,
        visit.planned_on,
        inspecting.methods_text(visit),
        leader,
        state_of(visit),
        inspecting.CONCLUSIONS.get(visit.conclusion or "", ""),
        *(points or (0, 0, 0)),
    )
