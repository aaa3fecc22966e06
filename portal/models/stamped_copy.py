"""Who took which copy of a sensitive item's PDF out of the portal (SPEC §7.6, decision 0104)."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Part


class StampedCopy(Part, Base):
    """One download that was stamped with name, 工号 and time; append-only.

    `subject` is the table of what was taken, `subject_id` its row: whoever may read that row may
    read this one. `sha256` is of the bytes that left, `address` the network address they went to.
    """

    __tablename__ = "stamped_copy"
    __table_args__ = (
        CheckConstraint("subject IN ('document', 'attachment')", name="subject"),
        Index("ix_stamped_copy_sha256", "sha256"),
    )

    id: Mapped[Pk]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    address: Mapped[str]
    sha256: Mapped[str]
