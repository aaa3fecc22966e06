"""The event log: timeline, audit, signature boxes and source of messages; append-only.

Texts lie in `opinion`, the event carries their salted digest, so that a text entered
against the law can be erased and the log still proves what was there.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Part

SENDS_BACK = (
    "return_feedback", "return_supplement", "return_supplement_filing", "not_met",
    "not_met_filing", "enter_paper",
)  # fmt: skip
"""Acts that send work back to its unit, always or (a signature on paper) sometimes."""
_SENT_BACK = ", ".join(f"'{act}'" for act in SENDS_BACK)


class Opinion(Part, Base):
    """What somebody wrote with an act: an opinion, a reason. `plan_id`: with an act on this
    inspection, as the database sets it; the text is known to whom the inspection is."""

    __tablename__ = "opinion"

    id: Mapped[Pk]
    body: Mapped[str]
    salt: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"))


class Event(Part, Base):
    """One act: who, in which capacity, for whom, when, from where to where.

    `from_state` to `to_state` is the move of what was acted on (`subject`), `item_from` to
    `item_to` that of the item. `key` is the act's idempotency key: a double click meets the unique
    index. `address` is the network address it came from, none of the clock.
    `tells` holds person ids; what they are told is rendered through their own scope. `plan_id`:
    which inspection it is of, as the database sets it; of one that is kept few know (第十七条).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_tells", "tells", postgresql_using="gin"),
        Index("ix_event_sent_back", "day", postgresql_where=text(f"act IN ({_SENT_BACK})")),
        Index(
            "ix_event_picture",
            text("(facts ->> 'picture')"),
            postgresql_where=text("(facts ->> 'picture') IS NOT NULL"),
        ),
    )

    id: Mapped[Pk]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    act: Mapped[str]
    at: Mapped[Instant] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_as: Mapped[str | None]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("inspection.id"))
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    item_from: Mapped[str | None]
    item_to: Mapped[str | None]
    address: Mapped[str | None]
    form_version: Mapped[int]
    item_version: Mapped[int]
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    digest: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    tells: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
