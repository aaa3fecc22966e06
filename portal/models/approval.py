"""An approval: a subject at a form version, and its ordered slots (第十二、十九条, 附件).

Declared in `rulebook.chains`, moved only by `rulebook.workflow`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Part


class Approval(Part, Base):
    """One run of a chain over one version of a form."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'agreed', 'returned', 'refused', 'withdrawn')", name="state"
        ),
        Index(
            "uq_approval_one_open",
            "item_id",
            "chain",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Pk]
    chain: Mapped[str]
    subject_id: Mapped[int | None]
    form_version: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class ApprovalSlot(Part, Base):
    """One signature box: whose it is (a role), whether it is open, and what was signed.

    `merged`: nobody signs this box by itself; the later signature of the same person
    fills it (`filled_by_id`), as SPEC §1.4 orders for a unit directly under a principal.
    """

    __tablename__ = "approval_slot"
    __table_args__ = (
        UniqueConstraint("approval_id", "position", "role"),
        Index(
            "ix_approval_slot_open",
            "step",
            "role",
            "item_id",
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint(
            "state IN ('waiting', 'open', 'merged', 'agreed', 'refused')", name="state"
        ),
        CheckConstraint("via IN ('online', 'paper', 'phone')", name="via"),
    )

    id: Mapped[Pk]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), index=True)
    position: Mapped[int]
    step: Mapped[str]
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    opened_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    paper_on: Mapped[date | None]
    via: Mapped[str] = mapped_column(default="online")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    filled_by_id: Mapped[int | None] = mapped_column(ForeignKey("approval_slot.id"))
