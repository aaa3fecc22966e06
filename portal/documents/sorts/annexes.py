"""附件 1 立项备案单 and 附件 3 办结备案单: one each of every item."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func

from portal.documents.sorts import notices
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook.offers import acts_on, acts_on_paper, acts_opening
from portal.rulebook.scope import Viewer, visible

FILING, CLOSING = "filing", "closing"
LABELS: Final = {FILING: "立项备案单", CLOSING: "办结备案单"}
CHAIN: Final = {FILING: "initiation", CLOSING: "closing"}
"""The approval whose boxes stand on an annex."""


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """As of the last act that changes what it prints. NotFound: none has happened yet, or closing
    is not for the people of a co-unit."""
    if kind == CLOSING and notices.part_of(viewer, item) is not None:
        raise NotFound
    on_paper = Event.act.in_(acts_on_paper()) & (Event.facts["chain"].astext == CHAIN[kind])
    own = Event.act.in_([*acts_on(kind), *acts_opening(CHAIN[kind])]) | on_paper
    changes = own
    changes |= Event.item_to == "void"
    if kind == CLOSING:  # 完成时限, with the extensions: annex 1 is frozen at filing
        changes = own | (Event.facts.has_key("due") & (Event.subject == "extension"))
    last, own_last = db.session.execute(
        visible(viewer, Event)
        .where(Event.item_id == item.id, changes)
        .with_only_columns(func.max(Event.id), func.max(Event.id).filter(own))
    ).one()
    if own_last is None:  # an extension alone asks for no annex 3
        raise NotFound
    return Standing(last, item.lead_unit_id if kind == CLOSING else None)


def listed(viewer: Viewer, item: Item, kind: str) -> dict[str, Listed]:
    """The annex, once something stands on it."""
    try:
        return {kind: Listed(LABELS[kind], standing(viewer, item, kind).as_of_id)}
    except NotFound:
        return {}
