"""/waiting: 卡在哪里, for 党政办."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.rooms.waiting import queries
from portal.rulebook import policy
from portal.web import note_opened, page_asked, viewer

blueprint = Blueprint("waiting", __name__)


@blueprint.get("/waiting")
def page() -> str:
    """What waits for whose signature, since when, and how long the items were with their units."""
    reader = viewer()
    found = queries.find(reader, page_asked())
    for group in found.groups:
        for row in group.rows:
            if row.line.sensitive:
                note_opened(row.line.item_id)
    return render_template(
        "rooms/waiting/page.html",
        today=reader.moment.day,
        found=found,
        remind=policy.CURRENT.limit("approval_reminder"),
        remind_hours=policy.CURRENT.limit("approval_reminder_hours", 1),
        overdue=policy.CURRENT.limit("approval_overdue"),
    )
