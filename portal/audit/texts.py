"""Texts and boxes beside the log against the digests and acts in it (等保 8.1.4.3).

A form as submitted, a report as handed in, what an application for 办结 or for more time says:
their events carry salted digests. A signature box says who signed when: an event says so too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, func, or_, select

from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    Closure,
    Event,
    Extension,
    FeedbackVersion,
    Item,
    Opinion,
    Seal,
)

TEXTS: tuple[tuple[str, Any, Any], ...] = (
    ("form", Opinion, Opinion.body),
    ("report", FeedbackVersion, FeedbackVersion.body),
    ("closure", Closure, Closure.result_text),
    ("extension", Extension, Extension.reason + "\n" + Extension.progress),
)
"""The key in an event's facts, the table of the text, its column."""


def salted(salt: Any, body: Any) -> ColumnElement[str]:
    """As `kept_texts.salted` takes it, but in the database: the text need not be read."""
    return func.encode(func.sha256(func.convert_to(salt + body, "UTF8")), cast("hex", Text))


def altered(batch: int) -> Iterator[tuple[int | None, int]]:
    """Position and id of the events whose text is another now, or gone. A draft that was deleted
    is forgotten with its forms."""
    for key, table, body in TEXTS:
        kept = Event.facts[key]
        rows = (
            select(Seal.position, Event.id)
            .join(Item, Item.id == Event.item_id)
            .outerjoin(Seal, Seal.event_id == Event.id)
            .outerjoin(table, table.id == kept["text"].as_integer())
            .where(
                kept["digest"].astext.is_not(None),
                salted(table.salt, body).is_distinct_from(kept["digest"].astext),
                Item.title != "",
            )
            .order_by(Event.id)
            .execution_options(yield_per=batch)
        )
        yield from ((row.position, row.id) for row in db.session.execute(rows))


def unsigned(batch: int) -> Iterator[int]:
    """Ids of the items with a box filled by somebody of whom no act at that moment is known, or
    with a picture that the act does not know."""
    same_person = or_(
        Event.actor_id == ApprovalSlot.person_id,
        Event.facts["signer_id"].as_integer() == ApprovalSlot.person_id,
    )
    signed = exists().where(
        Event.item_id == ApprovalSlot.item_id,
        Event.at == ApprovalSlot.decided_at,
        same_person,
        Event.facts["picture"].astext.is_not_distinct_from(ApprovalSlot.picture_sha256),
    )
    rows = (
        select(ApprovalSlot.item_id)
        .where(ApprovalSlot.state.in_(("agreed", "refused")), ~signed)
        .distinct()
        .order_by(ApprovalSlot.item_id)
        .execution_options(yield_per=batch)
    )
    yield from db.session.scalars(rows)
