"""What the tests of agreed changes look at: an item's dates and instalments, and a first report."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import FeedbackPoint, Item
from portal.steps.execution import commands as execution
from tests.stages import as_of, intent, item_of

REPORT = execution.ReportFields(
    measures="排查。", progress="已排查。", effect="", problems="", next_steps="整改。", percent=40
)


def report_first(app: Flask, public_id: uuid.UUID, name: str) -> None:
    """The lead unit's report on its first instalment."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    points = select(FeedbackPoint.id).where(FeedbackPoint.item_id == item.id)
    with_it = execution.HandIn(
        point_id=db.session.scalars(points.order_by(FeedbackPoint.seq).limit(1)).one()
    )
    execution.report(
        viewer, item, item.lead_unit_id, REPORT, intent(item), declared=True, with_it=with_it
    )


def points_of(item: Item) -> list[str]:
    """The days of the instalments, 「12-03」, in order."""
    rows = db.session.scalars(
        select(FeedbackPoint.due)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.seq)
    )
    return [day.isoformat()[5:] for day in rows]


def dates_of(item: Item) -> list[str | None]:
    """The original and the present deadline, the lights' due day, first yellow and first red."""
    days = (item.due_original, item.due_effective, item.due, item.yellow_from, item.red_from)
    return [day.isoformat()[5:] if day else None for day in days]


def until(day: date) -> dict[str, Any]:
    """What is typed for an explicit date (第十八条（五）)."""
    return {"deadline_kind": "date", "deadline_date": day, "deadline_basis": "院长办公会"}
