"""The bare fact that a text with the mark of a state secret was refused (SPEC §7.2)."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class SecrecyStop(Base):
    """Who was stopped and when; never which text, which file or which item."""

    __tablename__ = "secrecy_stop"

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
