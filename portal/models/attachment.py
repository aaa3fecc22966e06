"""附件 of an item: what was handed in with its form, 佐证材料 of those who work on it, and scans of
sheets signed on paper."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part


class Attachment(Part, Base):
    """One uploaded file, addressed by its row; the same bytes are stored once by their SHA-256.

    `kind` is the type by content. `purpose` is the act's: with the form of 立项 (filing), as
    evidence of a unit (evidence), with a report (report), an application for 办结 (closing) or for
    more time (extension), photographs of an inspection of the unit (inspection), what shows that a
    point was put right (rectification), as the scan of a paper signature (scan). The last six
    belong to one row of the table `subject`, as an event does. Removing hides the row; the event of
    the upload stays.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("state IN ('kept', 'removed')", name="state"),
        CheckConstraint(
            "purpose IN ('filing', 'evidence', 'report', 'closing', 'extension', 'inspection',"
            " 'rectification', 'scan')",
            name="purpose",
        ),
        CheckConstraint(
            "(purpose IN ('evidence', 'report', 'closing', 'extension', 'inspection',"
            " 'rectification')) = (unit_id IS NOT NULL)",
            name="unit",
        ),
        CheckConstraint(
            "subject IS NOT DISTINCT FROM CASE purpose WHEN 'report' THEN 'feedback'"
            " WHEN 'closing' THEN 'closure' WHEN 'extension' THEN 'extension'"
            " WHEN 'inspection' THEN 'inspection' WHEN 'rectification' THEN 'rectification'"
            " WHEN 'scan' THEN 'approval_slot' END",
            name="subject",
        ),
        CheckConstraint("(subject IS NULL) = (subject_id IS NULL)", name="subject_id"),
        CheckConstraint("(state = 'removed') = (removed_at IS NOT NULL)", name="removed"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    purpose: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    subject: Mapped[str | None]
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="kept")
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Instant]
    with_items: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[Instant | None]
