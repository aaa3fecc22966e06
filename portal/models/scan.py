"""Scans of signed sheets on their way to their items (SPEC §8.4): for the eyes of who took them in,
until they are filed or their time is over."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class ScanBatch(Guarded, Base):
    """What came in at once: some files, read by a worker into sheets. `key` is the form's own: sent
    twice it is one batch."""

    __tablename__ = "scan_batch"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
        CheckConstraint("readers = ARRAY[(-asked_by_id)::integer]", name="readers"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    key: Mapped[PublicId]
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]


class ScanFile(Guarded, Base):
    """One file of a batch, as it was handed in."""

    __tablename__ = "scan_file"

    id: Mapped[Pk]
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("scan_batch.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)


class ScanSheet(Guarded, Base):
    """One sheet of a batch: some pages of one file that bear the same 核验码 or follow a page that
    does. `position` counts the sheets of the batch from 1, `first_page` the pages of the file.

    `found_id` is the id that the 核验码 is of, read or typed by hand; null: neither. `pictures` are
    the digests of the pages as pictures, `sha256` that of the sheet as a file of its own.
    """

    __tablename__ = "scan_sheet"
    __table_args__ = (
        CheckConstraint("entered_at IS NULL OR aside_at IS NULL", name="once"),
        CheckConstraint("kind IN ('pdf', 'jpg', 'png')", name="kind"),
        UniqueConstraint("file_id", "first_page"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("scan_batch.id", ondelete="CASCADE"), index=True
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("scan_file.id", ondelete="CASCADE"))
    position: Mapped[int]
    first_page: Mapped[int]
    found_id: Mapped[uuid.UUID | None]
    typed: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    pictures: Mapped[list[str]] = mapped_column(ARRAY(String))
    entered_at: Mapped[Instant | None]
    aside_at: Mapped[Instant | None]
