"""What a signature is about, in the words of who asks for it: above the box, not far below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    text = results_of(viewer, [item.id]).get(item.id)
    return None if text is None else ("办结情况", text)


def matters_of(viewer: Viewer, items: Iterable[Item], act: str) -> dict[int, str]:
    """The texts of `matter_of` for many items, by the item's id; what has none is left out."""
    if act in OF_FORM:
        return {item.id: item.requirement for item in items}
    if act not in OF_CLOSING:
        return {}
    return results_of(viewer, [item.id for item in items])


def results_of(viewer: Viewer, item_ids: Sequence[int]) -> dict[int, str]:
    """办结情况 as last handed in, by item."""
    rows = db.session.execute(
        visible(viewer, Closure)
        .where(Closure.item_id.in_(item_ids))
        .order_by(Closure.id)
        .with_only_columns(Closure.item_id, Closure.result_text)
    )
    return {row.item_id: row.result_text for row in rows}
