"""/items/<id>/marks: 收藏 and 关注, one's own."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, make_response, render_template, request

from portal.item import marks
from portal.web import item_or_404, to_item, viewer

blueprint = Blueprint("marks", __name__)


@blueprint.post("/items/<uuid:public_id>/marks/star", defaults={"kind": marks.STAR})
@blueprint.post("/items/<uuid:public_id>/marks/follow", defaults={"kind": marks.FOLLOW})
def mark(public_id: uuid.UUID, kind: str) -> Response:
    """Set the mark, or take it away: `wanted` is 1 or empty. HTMX gets the buttons anew."""
    item, wanted = item_or_404(public_id), request.form.get("wanted") == "1"
    marks.mark(viewer(), item, kind, wanted=wanted)
    if not request.headers.get("HX-Request"):
        flash(f"已{marks.LABELS[kind]}" if wanted else f"已取消{marks.LABELS[kind]}", "toast")
        return to_item(public_id)
    item = item_or_404(public_id)
    return make_response(
        render_template("item/_marks.html", item=item, marks=marks.marks_of(viewer(), item))
    )
