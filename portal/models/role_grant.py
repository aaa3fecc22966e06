"""授权: a role of the whole college, asked for by one administrator, confirmed by another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId


class RoleGrant(Base):
    """Who shall hold which role from when to when, and why (SPEC §7.7).

    安全保密管理员 proposes, 系统管理员 decides; the database refuses anybody else, and a grant for
    one of the two. Once confirmed it is an `Appointment`; the row stays as it was asked for.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'confirmed', 'declined', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]
    post: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Instant | None]
