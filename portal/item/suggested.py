"""建议催办 (第十六条（四）): which units may be urged today, for 党政办's desk and room of 催办.

What may be urged `rulebook.urging` decides; the query only leaves out what cannot be.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select

from portal.extensions import db
from portal.item.lines import lines
from portal.models import FeedbackPoint, Item, ItemUnit
from portal.rulebook import policy, urging
from portal.rulebook.scope import Viewer

MOST = 200
"""Items that are looked at in one go; the longest overdue first."""


class Suggested(NamedTuple):
    """A unit (id) that may be urged: its item as a row of `lines`, and what it has missed."""

    row: Any
    unit_id: int
    missed: urging.Missed

    @property
    def lead(self) -> bool:
        """Whether it is the lead unit: the others are named apart."""
        return bool(self.unit_id == self.row.Item.lead_unit_id)


def suggested(viewer: Viewer) -> list[Suggested]:
    """Every unit that may be urged, longest overdue first."""
    today = viewer.moment.day
    rows = db.session.execute(
        lines(viewer).where(*_perhaps(today)).order_by(Item.due.nulls_last(), Item.id).limit(MOST)
    ).all()
    found = urging.urgeable_among([row.Item for row in rows], today)
    return [
        Suggested(row, unit_id, missed)
        for row in rows
        for unit_id, missed in found.get(row.Item.id, {}).items()
    ]


def _perhaps(today: date) -> list[ColumnElement[bool]]:
    """In work, not waiting for others, and something is past: its date, reports, a co-unit's date,
    or 党政办 is asked to see to a co-unit."""
    missing = (
        select(func.count())
        .select_from(FeedbackPoint)
        .where(FeedbackPoint.item_id == Item.id, FeedbackPoint.due < today)
        .scalar_subquery()
    )
    inner = exists().where(
        ItemUnit.item_id == Item.id,
        ItemUnit.state == "received",
        or_(ItemUnit.inner_due < today, ItemUnit.coordination_since.is_not(None)),
    )
    late = or_(Item.due < today, missing >= policy.CURRENT.limit("urge_missed"), inner)
    # `lit` follows from the state, and lets the query walk the index by due day.
    return [Item.state == "in_progress", Item.lit & ~Item.blue, late]
