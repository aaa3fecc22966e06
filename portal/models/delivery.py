"""What of the messages goes out of the portal, over which channel, and what became of it; what each
person wants to get outside (SPEC §7.8, §8.10, §8.15).
"""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId


class Delivery(Base):
    """One message over one channel. It holds no word of the item and no address: both are read when
    it is sent, the words through the scope of the person, the address from the person.

    An open table, for the system administrator has no keys; so no foreign key leads to the message.
    `message_id` is null for a test message. `urgent`: at any hour. `next_at`: not before; by the
    portal's clock, as `made_at` and `ended_at`. What one person is due on one channel goes out as
    one `bundle`, under one key to the provider; `leased_until` is real time: then its worker
    counts as gone. `forced_by_id`: the administrator's account that asked for it again.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        CheckConstraint(
            "state IN ('planned', 'sending', 'sent', 'failed', 'given_up', 'skipped')", name="state"
        ),
        CheckConstraint("(state = 'sending') = (leased_until IS NOT NULL)", name="lease"),
        CheckConstraint(
            "(state IN ('sent', 'given_up', 'skipped')) = (ended_at IS NOT NULL)", name="ended"
        ),
        Index(
            "ix_delivery_waiting",
            "next_at",
            "id",
            postgresql_where=text("state IN ('planned', 'failed', 'sending')"),
        ),
        Index(
            "ix_delivery_bundle",
            "bundle",
            postgresql_where=text("state IN ('planned', 'failed', 'sending')"),
        ),
        Index("ix_delivery_state", "state", "id"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    urgent: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str] = mapped_column(default="planned")
    made_at: Mapped[Instant]
    next_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    bundle: Mapped[uuid.UUID | None] = mapped_column(Uuid(as_uuid=True))
    leased_until: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    failure: Mapped[str] = mapped_column(default="", server_default="")
    provider_id: Mapped[str] = mapped_column(default="", server_default="")
    forced_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class MessageChoice(Base):
    """What a person wants outside the portal: the channels by kind of message, and whether the
    quiet hours hold. Without a row the portal's own choice holds; the inbox cannot be switched off.

    `noted`: 办理动态 counts as unread in the inbox.
    """

    __tablename__ = "message_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channels: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    quiet: Mapped[bool]
    noted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
