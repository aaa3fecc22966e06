"""What a signature is about, in the words of who asks for it: above the box, not far below it."""

from __future__ import annotations

from portal.extensions import db
from portal.models import Closure, Item
from portal.rulebook.chains import CHAINS
from portal.rulebook.scope import Viewer, visible

OF_FORM = frozenset(step.act for step in CHAINS["initiation"].steps)
OF_CLOSING = frozenset(step.act for step in CHAINS["closing"].steps)


def matter_of(viewer: Viewer, item: Item, act: str) -> tuple[str, str] | None:
    """办理要求 of a form, 办结情况 of a closing: label and text; None for other acts."""
    if act in OF_FORM:
        return "办理要求", item.requirement
    if act not in OF_CLOSING:
        return None
    text = db.session.scalars(
        visible(viewer, Closure)
        .where(Closure.item_id == item.id)
        .order_by(Closure.id.desc())
        .limit(1)
        .with_only_columns(Closure.result_text)
    ).one_or_none()
    return None if text is None else ("办结情况", text)
