"""Printed sheets: asked for once, made by a job, stored by their hash (SPEC §5)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part


class Document(Part, Base):
    """One sheet of an item as it stood after the event `as_of_id`; asked for once a state.

    `unit_id`: whose part it is; of a sensitive item the people of other co-units have no such row.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("item_id", "kind", "as_of_id"),
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    as_of_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int | None]
    failure: Mapped[str | None]
