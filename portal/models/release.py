"""导出审批: exports of the ledger that 党政办主任 releases (SPEC §7.5 rule 10, §7.6)."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class LedgerRelease(Guarded, Base):
    """One request for one file: more rows than are exported without more ado, or sensitive items.

    `counted` rows were found when it was asked for, under `query`, as `form`. `granted_ids` are
    the sensitive items that may stand in the file: those that whoever released it knew of.
    """

    __tablename__ = "ledger_release"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'granted', 'refused', 'used')", name="state"),
        CheckConstraint("form IN ('excel', 'pdf')", name="form"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "(state = 'asked') = (decided_by_id IS NULL) AND"
            " (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("(-asked_by_id)::integer = ANY (readers)", name="readers"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    query: Mapped[str]
    form: Mapped[str]
    reason: Mapped[str]
    counted: Mapped[int]
    with_sensitive: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[Instant | None]
    opinion: Mapped[str] = mapped_column(default="", server_default=text("''"))
    granted_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default=text("'{}'")
    )
