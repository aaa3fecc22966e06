"""附件 of an item: what was handed in with its form, 佐证材料 of those who work on it, and scans of
sheets signed on paper."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part


class Attachment(Part, Base):
    """One uploaded file, addressed by its row; the same bytes are stored once by their SHA-256.

    `kind` is the type by content, `purpose` the act's: with the form (filing), as evidence of a
    unit (evidence), or the sheet that was signed on paper (scan). Removing hides the row; the
    event of the upload stays.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("state IN ('kept', 'removed')", name="state"),
        CheckConstraint("purpose IN ('filing', 'evidence', 'scan')", name="purpose"),
        CheckConstraint("(purpose = 'evidence') = (unit_id IS NOT NULL)", name="unit"),
        CheckConstraint("(state = 'removed') = (removed_at IS NOT NULL)", name="removed"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    purpose: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="kept")
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Instant]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[Instant | None]
