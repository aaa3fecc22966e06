"""Archive packages (第十六条（七）): of an item, of a year; asked for, made by a job, stored."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded, Part

STATES = "state IN ('asked', 'making', 'made', 'failed')"


class ArchivePackage(Part, Base):
    """One version of an item's package: all its papers as of the event `as_of_id`.

    Both archive records are signed for one version (`ArchiveRecord.package_id`). `unit_id` is the
    lead unit: of a sensitive item the people of co-units have no such row. `done` of `total` files
    are in it; `files` and `pages` are what it holds in the end.
    """

    __tablename__ = "archive_package"
    __table_args__ = (
        UniqueConstraint("item_id", "as_of_id"),
        UniqueConstraint("item_id", "version", name="uq_archive_package_version"),
        CheckConstraint(STATES, name="state"),
        CheckConstraint("(state = 'made') = (sha256 IS NOT NULL)", name="made"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    version: Mapped[int]
    as_of_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    files: Mapped[int | None]
    pages: Mapped[int | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    failure: Mapped[str | None]


class YearPackage(Guarded, Base):
    """The packages of a year's archived items in one file, for the person who asked and nobody
    else. It is given out for a day, and while none of its items (`item_ids`) became sensitive."""

    __tablename__ = "year_package"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        CheckConstraint("readers = ARRAY[(-asked_by_id)::integer]", name="readers"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    year: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    item_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    failure: Mapped[str | None]
