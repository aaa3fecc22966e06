"""What a report may take in: the co-units' reports that wait for the lead unit (第八条)."""

from __future__ import annotations

from portal.extensions import db
from portal.models import Feedback, Item, Unit
from portal.rulebook.scope import Viewer, visible


def waiting_for_lead(viewer: Viewer, item: Item) -> list[tuple[Feedback, str]]:
    """The co-units' reports that are not merged yet, each with its unit's name, as far as this
    viewer may know of them."""
    rows = db.session.execute(
        visible(viewer, Feedback)
        .add_columns(Unit.short_name)
        .join(Unit, Unit.id == Feedback.unit_id)
        .where(Feedback.item_id == item.id, Feedback.state == "fb_lead")
        .order_by(Feedback.id)
    )
    return [(row.Feedback, row.short_name) for row in rows]
