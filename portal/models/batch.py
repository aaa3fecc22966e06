"""批次: one paper (会议纪要) and the items drafted from it together (SPEC §8.2); 模板 of routine
items (SPEC §8.3)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded, Part


class Batch(Guarded, Base):
    """The paper: who read it in, its words, its file if one was uploaded, its number and day.

    Known to who read it in and to that person's unit (党政办); items made of it have readers of
    their own. `drafted_at`: its drafts were made, all at once; until then it may be deleted.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name="file"),
        CheckConstraint("(sha256 IS NULL) = (name IS NULL)", name="name"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    key: Mapped[PublicId]
    source_type: Mapped[str]
    source_ref: Mapped[str]
    source_date: Mapped[date | None]
    words: Mapped[str]
    name: Mapped[str | None]
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[Instant]
    drafted_at: Mapped[Instant | None]


class BatchItem(Part, Base):
    """An item's place in its batch, and the words of the paper that it was drafted from.

    `batch_uuid` is the batch's address, for those who may know of the item and not of the paper.
    """

    __tablename__ = "batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "seq"),
        UniqueConstraint("item_id", name="uq_batch_item_item_id"),
        Index("ix_batch_item_batch_uuid", "batch_uuid"),
    )

    id: Mapped[Pk]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    batch_uuid: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True))
    seq: Mapped[int]
    quotation: Mapped[str]


class ItemTemplate(Guarded, Base):
    """模板: the contents of a routine item (值班、慰问、迎检), known to the unit that keeps it."""

    __tablename__ = "item_template"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("deadline_days > 0", name="days"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    name: Mapped[str]
    title: Mapped[str]
    requirement: Mapped[str]
    source_type: Mapped[str]
    level: Mapped[int]
    method: Mapped[str]
    deadline_days: Mapped[int | None]
    lead_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    co_unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[Instant]
