"""/urges: 催办管理, for 党政办."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.rooms.urging import queries
from portal.web import page_asked, viewer

blueprint = Blueprint("urges", __name__)


@blueprint.get("/urges")
def page() -> str:
    """建议催办 with why, and the notices under way; each list has pages of its own."""
    reader = viewer()
    return render_template(
        "rooms/urging/page.html",
        today=reader.moment.day,
        suggestions=queries.suggestions(reader, page_asked()),
        notices=queries.under_way(reader, page_asked("running")),
    )
