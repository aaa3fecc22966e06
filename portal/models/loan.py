"""借阅 (第十六条（七）): who borrowed an archived item's papers, why, by whose word, until when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part

OPEN = ("asked", "granted", "lent")
"""From the request to the return: one loan of an item at a time."""
_OPEN = ", ".join(f"'{state}'" for state in OPEN)


class Loan(Part, Base):
    """One 借阅单: asked for by `borrower_id` until `due_back`, granted, handed out, given back.

    `kind`: the paper originals, or copies of them.
    """

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint(f"state IN ({_OPEN}, 'returned', 'refused', 'cancelled')", name="state"),
        CheckConstraint("kind IN ('original', 'copy')", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("uq_loan_open", "item_id", unique=True, postgresql_where=text(f"state IN ({_OPEN})")),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    state: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    borrower_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    due_back: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    lent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lent_at: Mapped[Instant | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_at: Mapped[Instant | None]
