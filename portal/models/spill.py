"""涉密误录处置 (SPEC §7.2): that something was reported and what was done, without content."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded

READER = 1_000_000_009
"""机要保密员: the key of `rulebook.keys.OFFICE_KEYS`."""


class Spill(Guarded, Base):
    """An item that was reported, for the eyes of 机要保密员 alone; entered and decided by functions
    of the database, done by a worker (`queued_work`).

    `number` is the item's document number then, `held_since` when its first words were entered:
    backups made from then on may hold it. `outcome`: the item is released, without the files
    `file_ids` (attachments), or cleared as a whole. `found` is what the worker found: counts, which
    copies left the portal, which briefs tell of the item.
    """

    __tablename__ = "spill"
    __table_args__ = (
        CheckConstraint("about IN ('words', 'file', 'unsure')", name="about"),
        CheckConstraint("state IN ('held', 'asked', 'making', 'made', 'failed')", name="state"),
        CheckConstraint("outcome IN ('released', 'files', 'whole')", name="outcome"),
        CheckConstraint(
            "(state = 'held') = (num_nulls(outcome, asked_by_id, decided_at, asked_at) = 4)"
            " AND num_nulls(outcome, asked_by_id, decided_at, asked_at) IN (0, 4)",
            name="decided",
        ),
        CheckConstraint(f"readers = ARRAY[{READER}]", name="readers"),
        Index("uq_spill_open", "item_id", unique=True, postgresql_where=text("state <> 'made'")),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    key: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    about: Mapped[str]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[Instant]
    number: Mapped[str]
    held_since: Mapped[Instant]
    state: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str]
    file_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    asked_at: Mapped[Instant | None]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int]
    failure: Mapped[str | None]
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


__all__ = ["READER", "Spill"]
