"""Excel tables between preview and confirmation, and which rows of them became what (SPEC §8.1)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded, Part


class KeptWorkbook(Base):
    """A file that an administrator handed in and has not confirmed yet: units, persons, posts;
    nothing of an item. It goes when it is confirmed or given up, at the latest with its session.
    """

    __tablename__ = "kept_workbook"

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[Instant]


class WorkbookImport(Guarded, Base):
    """A table of items that one person brings in, and nobody else knows of: shown for a look, then
    asked for, and made row by row by a worker (`queued_work`).

    `key` is that of the form that confirmed it, `digest` names the rows that were shown then
    (`Table.digest`): nothing else is made. `left_out` are the rows that were not brought in
    although they looked sound, with the reason. The file goes once it is made; the row stays, who
    brought in what.
    """

    __tablename__ = "workbook_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('shown', 'dropped', 'asked', 'making', 'made', 'failed')", name="state"
        ),
        CheckConstraint("purpose IN ('drafts', 'history')", name="purpose"),
        CheckConstraint("readers = ARRAY[(-asked_by_id)::integer]", name="readers"),
        CheckConstraint(
            "(state IN ('shown', 'dropped')) OR (key IS NOT NULL AND digest IS NOT NULL)",
            name="confirmed",
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    purpose: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(default="shown")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[Instant]
    key: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    digest: Mapped[str | None]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )
    failure: Mapped[str | None]


class ImportedRow(Part, Base):
    """The item that a row of a table became; `key` names the row by what it said (`Row.key`)."""

    __tablename__ = "imported_row"
    __table_args__ = (UniqueConstraint("import_id", "place"),)

    id: Mapped[Pk]
    import_id: Mapped[int] = mapped_column(ForeignKey("workbook_import.id"))
    place: Mapped[int]
    key: Mapped[str] = mapped_column(index=True)
