"""工作日历: its versions, none of them ever changed (SPEC §3.3)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId


class CalendarVersion(Base):
    """All tables of the working calendar at once, as somebody proposed them (decision 0085).

    `number` counts those that came into force; the highest is in force, null is a proposal.
    `based_on` is the number it was drawn up from: confirmed only while that one is in force.
    `tables` has the shape of `rulebook/data/calendar.json`, `said` names what is new in it. Without
    an account it came with the portal. `key` is the form's idempotency key.
    """

    __tablename__ = "calendar_version"
    __table_args__ = (
        CheckConstraint("(number IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    based_on: Mapped[int]
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[str]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[Instant]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[Instant | None]
