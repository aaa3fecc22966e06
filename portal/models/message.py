"""Messages (SPEC §8.15): written with the act or by the clock, read in the portal, sent outside."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded

LATEST: Final = ("person_id", text("at DESC"), text("id DESC"))
"""A person's messages, the latest first: the order of the inbox, read off an index."""


class Message(Guarded, Base):
    """One message to one person; the portal's own inbox is the truth, channels carry copies.

    `kind` is an id of `data/notifications.json`; `occasion` says once and for all what it is about
    (an act's key, an instalment, a week): the same person is never told the same twice. `facts` are
    the dates and numbers of that moment, never words of the item: those are read as the reader when
    the message is shown or sent. A message about an item that its reader may not know of any more
    is not there. `planned_at`: when it was decided over which channels it goes (null: not yet).
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "occasion"),
        Index("ix_message_latest", *LATEST),
        Index("ix_message_unread", *LATEST, postgresql_where=text("read_at IS NULL")),
        Index(
            "ix_message_to_read",
            *LATEST,
            postgresql_where=text("read_at IS NULL AND kind <> 'N00'"),
        ),
        Index("ix_message_unplanned", "id", postgresql_where=text("planned_at IS NULL")),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    occasion: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    planned_at: Mapped[Instant | None]
