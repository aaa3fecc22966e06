"""What units and leaders say while an item is worked on (第四、八条、第十六条（三）).

The words themselves are the opinion of the act's event; these rows carry the state.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part


class Objection(Part, Base):
    """承办异议: a unit says that the matter belongs to another one, and what was ruled."""

    __tablename__ = "objection"
    __table_args__ = (CheckConstraint("state IN ('raised', 'accepted', 'refused')", name="state"),)

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    proposed_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[Instant]
    answered_at: Mapped[Instant | None]


class Milestone(Part, Base):
    """工作计划: what a unit means to have done by when."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("item_id", "unit_id", "seq"),)

    id: Mapped[Pk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    seq: Mapped[int]
    title: Mapped[str]
    due: Mapped[date]


class Comment(Part, Base):
    """批示: a leader's instruction on an item or on one of its reports, and its 落实."""

    __tablename__ = "comment"
    __table_args__ = (CheckConstraint("state IN ('given', 'replied')", name="state"),)

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    feedback_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"))
    state: Mapped[str]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Instant]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[Instant | None]
