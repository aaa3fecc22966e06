"""The demo's own rows: how far its date has moved on, how much of the sample's history is there."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class DemoDate(Base):
    """One row. Every process of the demo reads it; it only moves forward."""

    __tablename__ = "demo_date"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days_on: Mapped[int]


class DemoHistory(Base):
    """One row: how many of the `acts` of the sample's history are done.

    Written in the transaction of each act, so that a load that was killed goes on behind the last
    one done. `digest` tells the history apart from another edition of the sample.
    """

    __tablename__ = "demo_history"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("done BETWEEN 0 AND acts", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    acts: Mapped[int]
    done: Mapped[int]
