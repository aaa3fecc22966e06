"""常用语 of one's own, beside those of the office (SPEC §2.3)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Pk, PublicId
from portal.models.item import Guarded


class OwnPhrase(Guarded, Base):
    """One phrase; for the eyes of its owner alone. `place` orders them, lowest first."""

    __tablename__ = "own_phrase"
    __table_args__ = (
        CheckConstraint("readers = ARRAY[(-person_id)::integer]", name="readers"),
        UniqueConstraint("person_id", "words"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    place: Mapped[int]
