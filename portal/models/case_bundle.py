"""证据汇编 of a case (SPEC §6.3): the PDF a worker makes of it, and who took it (SPEC §7.6)."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class CaseBundle(Guarded, Base):
    """One PDF of a case as it stood when it was asked for, read as the person who asked. `done` of
    `total` sheets are ready; `asked_at` is real time, as that of all work of workers."""

    __tablename__ = "accountability_bundle"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability.id"), index=True)
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    failure: Mapped[str | None]


class CaseCopy(Guarded, Base):
    """A stamped copy that left the portal: to whom, when, from where, its SHA-256. Append-only.

    `file_id` is the file handed in on a sensitive item's case; null: 材料汇编.
    """

    __tablename__ = "accountability_copy"

    id: Mapped[Pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("accountability.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("accountability_file.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    address: Mapped[str]
    sha256: Mapped[str]
