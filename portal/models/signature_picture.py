"""签名图片: a person's signature as a picture, printed where that person signs (SPEC §5.1)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Guarded


class SignaturePicture(Guarded, Base):
    """One version of somebody's picture, in force until `ended_at`; for the eyes of that person
    alone. Rows are neither changed nor deleted: they say who stored and took away what, when, from
    which address. What a signature was made with stands in its box, as the digest of its bytes.
    """

    __tablename__ = "signature_picture"
    __table_args__ = (
        CheckConstraint("readers = ARRAY[(-person_id)::integer]", name="readers"),
        Index(
            "uq_signature_picture_in_force",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str]
    size: Mapped[int]
    stored_at: Mapped[Instant]
    address: Mapped[str]
    ended_at: Mapped[Instant | None]
