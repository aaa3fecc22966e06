"""修改后直接送我: who returned a form for its wording only is asked first when it comes back
(SPEC §2.3)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, select

from portal.extensions import db
from portal.models import Attachment, Event, Item, ItemUnit

ESSENTIALS: Final = (
    "category", "level", "method", "classification", "deadline_kind", "deadline_days",
    "deadline_date", "principal", "responsible_leader_id", "lead_unit_id",
)  # fmt: skip
"""What the signatures before are about; with one of these changed they are asked for again."""


def essentials(item: Item) -> dict[str, Any]:
    """What was signed besides the wording, as an event keeps it."""
    co_units = select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
    kept = {name: getattr(item, name) for name in ESSENTIALS}
    if item.deadline_date is not None:
        kept["deadline_date"] = item.deadline_date.isoformat()
    files = select(Attachment.id).where(
        Attachment.item_id == item.id, Attachment.purpose == "filing", Attachment.state == "kept"
    )
    return kept | {
        "co_unit_ids": sorted(db.session.scalars(co_units)),
        "file_ids": sorted(db.session.scalars(files)),
    }


def asked_back_at(item: Item) -> str | None:
    """The step whose signer, returning the form last, ticked 「修改后直接送我」."""
    facts = _last_return(item)
    return str(facts["straight_back"]) if "straight_back" in facts else None


def straight_to(item: Item) -> str | None:
    """That step, if nothing but the wording was changed since; None: from the first step again."""
    facts = _last_return(item)
    if "straight_back" not in facts or facts["as_signed"] != essentials(item):
        return None
    return str(facts["straight_back"])


def _last_return(item: Item) -> dict[str, Any]:
    if item.state != "returned":
        return {}
    facts = db.session.scalar(
        select(Event.facts).where(*returned(item)).order_by(Event.id.desc()).limit(1)
    )
    return dict(facts or {})


def returned(item: Item) -> tuple[ColumnElement[bool], ...]:
    """The acts that sent the form back to its drafter, on screen or on paper."""
    return (
        Event.item_id == item.id,
        Event.item_to == "returned",
        Event.item_from != "returned",
    )
