"""/marks: 我的收藏 and 我的关注, newest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from portal.extensions import db
from portal.frame import NavEntry
from portal.item.lines import Line, lines, read_lines
from portal.item.marks import FOLLOW, LABELS, STAR
from portal.models import Item, ItemMark
from portal.rulebook.scope import Viewer
from portal.web import viewer

blueprint = Blueprint("my_marks", __name__)
MOST = 200
"""Items of one list; older marks are found through the items themselves."""


@blueprint.get("/marks")
def page() -> str:
    """The viewer's own, as far as they may still be known."""
    kind = FOLLOW if request.args.get("kind") == FOLLOW else STAR
    tabs = [
        NavEntry(f"我的{label}", "", url_for("my_marks.page", kind=name), 0, name == kind)
        for name, label in LABELS.items()
    ]
    return render_template(
        "rooms/marks/page.html",
        kind=kind,
        label=LABELS[kind],
        tabs=tabs,
        lines=_marked(viewer(), kind),
        today=viewer().moment.day,
    )


def _marked(reader: Viewer, kind: str) -> list[Line]:
    mine = (
        (ItemMark.item_id == Item.id)
        & (ItemMark.person_id == reader.person_id)
        & (ItemMark.kind == kind)
    )
    rows = db.session.execute(
        lines(reader)
        .join(ItemMark, mine)
        .order_by(ItemMark.at.desc(), ItemMark.id.desc())
        .limit(MOST)
    )
    return read_lines(rows, reader.moment.day)
