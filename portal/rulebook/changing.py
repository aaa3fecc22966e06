"""第十六条（六）、第十九条: what becomes of an item once a change of it is agreed to."""

from __future__ import annotations

from datetime import date

from portal.extensions import db
from portal.models import Change, Item
from portal.rulebook import stored_lights


def reset(item: Item, change: Change) -> None:
    """重新确定期限: the new date rules lights and feedback; on time is judged by the old one."""
    item.due_reset = date.fromisoformat(change.values["due_reset"])
    stored_lights.refresh(item)
    db.session.flush()
