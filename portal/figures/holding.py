"""Whose an item was (第八条, SPEC §1.6): what fell due before a 岗位交接 took effect stays with who
handed over, in the figures of persons; the rest is the successor's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Select, and_, func, literal, null, or_, select, true
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import JSONB

from portal.figures import facts, past
from portal.figures.asking import Asked
from portal.models import Handover, Standing

DONE: Final = ("effective", "forced")
"""A 交接 that took effect."""
FELL_DUE: Final[Mapping[str, str]] = {
    "items": "due_effective", "points": "due", "shares": "due", "notices": "day",
    "extensions": "day", "returns": "day",
}  # fmt: skip
"""By relation, the column with the day that says whose a row is."""


def workers(asked: Asked, *, is_past: bool) -> Select[Any]:
    """承办人: item, unit, person, `since` and `until` (excluded; null: open). Of items that were
    handed over one row for each span, from how they stood; the first is open to the past."""
    moved = select(Handover.item_id).where(Handover.state.in_(DONE))
    source = (past.workers if is_past else facts.workers)(asked).subquery()
    always = select(
        source.c.item_id,
        source.c.unit_id,
        source.c.person_id,
        as_type(null(), Date).label("since"),
        as_type(null(), Date).label("until"),
    ).where(source.c.item_id.not_in(moved))
    order: dict[str, Any] = {"partition_by": Standing.item_id, "order_by": Standing.day}
    spans = (
        select(
            Standing.item_id,
            Standing.workers,
            func.lag(Standing.day).over(**order).label("before"),
            Standing.day,
            func.lead(Standing.day).over(**order).label("until"),
        )
        .where(
            Standing.item_id.in_(moved),
            Standing.workers != literal([], JSONB),
            Standing.day <= asked.as_of,
        )
        .subquery()
    )
    rows = past.listed(spans.c.workers, "worker", unit_id=past.ID, person_id=past.ID)
    begun = func.nullif(spans.c.day, func.coalesce(spans.c.before, spans.c.day))
    held = (
        select(
            spans.c.item_id,
            rows.c.unit_id,
            rows.c.person_id,
            as_type(begun, Date).label("since"),
            spans.c.until,
        )
        .select_from(spans)
        .join(rows, true())
    )
    return always.union_all(held)  # type: ignore[return-value]  # a subquery is made of either


def whose(worker: Any, row: Any, relation: str, as_of: date) -> ColumnElement[bool]:
    """Whether the worker had the item on the day that the row fell due, at the latest `as_of`."""
    day = func.least(func.coalesce(row[FELL_DUE[relation]], as_of), as_of)
    return and_(
        worker.item_id == row.item_id,
        worker.unit_id == row.unit_id,
        or_(worker.since.is_(None), worker.since <= day),
        or_(worker.until.is_(None), worker.until > day),
    )
