"""文号: the counters, every number in use, and the numbers used outside the items (SPEC §4)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class NumberSequence(Base):
    """The counter of a word (代字) and a year: `value` is the last number given out.

    `start` is the first number the portal gives out that year; those before it lie in the paper
    ledger. The row is the lock that everything about its numbers waits for.
    """

    __tablename__ = "number_sequence"
    __table_args__ = (
        CheckConstraint("start > 0", name="start"),
        CheckConstraint("value >= start - 1", name="value"),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(default=1, server_default="1")
    value: Mapped[int] = mapped_column(default=0)


class NumberTaken(Base):
    """A number in use: that it is, and by what kind of thing; nothing of the item.

    Written by triggers of the tables that carry numbers, so that none is used twice whichever
    of them it stands in. Neither role of the portal may read it: `number_register()` tells.
    """

    __tablename__ = "number_taken"
    __table_args__ = (
        CheckConstraint("seq BETWEEN 1 AND 999999", name="seq"),
        CheckConstraint("kind IN ('item', 'urge', 'offline', 'history', 'void')", name="kind"),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]


class NumberPlaceholder(Base):
    """A number in use without an item: 线下使用, a number of the paper backlog, a void gap.

    No title, no unit. `used_on` is the day it was used, as far as known; `reason` says why a gap
    was declared void. A number of the backlog is released to its item, once, by `item_id`; no
    foreign key, for a table open to joins never points into a guarded one.
    """

    __tablename__ = "number_placeholder"
    __table_args__ = (
        UniqueConstraint("word", "year", "seq", name="uq_number_placeholder_number"),
        CheckConstraint("kind IN ('offline', 'history', 'void')", name="kind"),
        CheckConstraint("kind <> 'offline' OR used_on IS NOT NULL", name="used_on"),
        CheckConstraint("(kind = 'void') = (reason <> '')", name="reason"),
        CheckConstraint("kind = 'history' OR item_id IS NULL", name="item"),
    )

    id: Mapped[Pk]
    word: Mapped[str]
    year: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str]
    used_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[Instant]
    item_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class NumberAct(Base):
    """What was done to the numbers by hand: who, in which capacity, for whom, when; append-only.

    `key` is the form's idempotency key: a double click meets the unique index.
    """

    __tablename__ = "number_act"
    __table_args__ = (
        CheckConstraint("act IN ('offline', 'history', 'void', 'start')", name="act"),
    )

    id: Mapped[Pk]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    act: Mapped[str]
    at: Mapped[Instant]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    acting_as: Mapped[str]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
