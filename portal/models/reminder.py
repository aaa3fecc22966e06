"""What the clock has told already, and up to which day it has looked (SPEC §8.15).

Kept apart from the messages: an occasion is over once its round is done, whoever holds an office
later, and also when there was nobody to be told. Only the worker's role may read or write here.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant


class Reminded(Base):
    """One occasion that was told: its kind of message, and what it was about."""

    __tablename__ = "reminded"

    kind: Mapped[str] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class ReminderMark(Base):
    """The Shanghai day of the last round that was finished for a kind of message."""

    __tablename__ = "reminder_mark"

    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
