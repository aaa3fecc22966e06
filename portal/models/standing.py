"""时点台账: how each item stood at the end of each day on which something was done (decision 0141).

Written by the database itself: whoever writes an event leaves, when the transaction commits, the
item as it then stands. Nobody else may write here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base
from portal.models.item import Part


class Standing(Part, Base):
    """An item from the end of `day` until the end of the day before `until` (null: still).

    `unit_id` is the lead unit of then. `completed_on` and `ended_on` are what indicators count by.
    `points`, `notices`, `extensions`, `shares`, `workers`: the rows that hung off it, as lists of
    objects. `rebuilt`: made when this table began, from what stood then; how the item stood before
    that day is not known.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_days", "day", "until"),
        Index("uq_standing_now", "item_id", unique=True, postgresql_where=text("until IS NULL")),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]
    rebuilt: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str]
    level: Mapped[int]
    classification: Mapped[str]
    responsible_leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form_version: Mapped[int]
    doc_word: Mapped[str | None]
    doc_year: Mapped[int | None]
    doc_seq: Mapped[int | None]
    filed_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    due_original: Mapped[date | None]
    due_effective: Mapped[date | None]
    due_reset: Mapped[date | None]
    closed_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    due: Mapped[date | None]
    yellow_from: Mapped[date | None]
    red_from: Mapped[date | None]
    blue: Mapped[bool]
    lit: Mapped[bool]
    points: Mapped[list[Any]] = mapped_column(JSONB)
    notices: Mapped[list[Any]] = mapped_column(JSONB)
    extensions: Mapped[list[Any]] = mapped_column(JSONB)
    shares: Mapped[list[Any]] = mapped_column(JSONB)
    workers: Mapped[list[Any]] = mapped_column(JSONB)
