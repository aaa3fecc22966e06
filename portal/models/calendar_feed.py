"""The private address under which a calendar reads a person's days (SPEC §8.14)."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant


class CalendarFeed(Base):
    """One address a person; a new one ends the former, taking it back deletes the row.

    Of its secret only the SHA-256 is kept, in hexadecimal: the address is shown once.
    """

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[Instant]
