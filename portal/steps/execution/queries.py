"""What a report may take in: the co-units' reports that wait for the lead unit (第八条)."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Feedback, Item, Person, Unit
from portal.rulebook import on_paper
from portal.rulebook.scope import Viewer, visible


def waiting_for_lead(viewer: Viewer, item: Item) -> list[tuple[Feedback, str]]:
    """The co-units' reports that are not merged yet, each with its unit's name, as far as this
    viewer may know of them."""
    rows = db.session.execute(
        visible(viewer, Feedback)
        .add_columns(Unit.short_name, Person.name.label("typist"))
        .join(Unit, Unit.id == Feedback.unit_id)
        .outerjoin(Person, Person.id == Feedback.entered_by_id)
        .where(Feedback.item_id == item.id, Feedback.state == "fb_lead")
        .order_by(Feedback.id)
    )
    return [(row.Feedback, _whose(row)) for row in rows]


def _whose(row: Any) -> str:
    """「后勤国资处（纸质反馈，何玉萍代录）」."""
    typed = on_paper.entered_words(on_paper.REPORTS, row.Feedback.via, row.typist)
    return f"{row.short_name}（{typed}）" if typed else str(row.short_name)
