"""The demo's date: how many days it has been moved on from the anchor day."""

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
