"""Saved views of the ledger (SPEC §8.1)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Pk, PublicId
from portal.models.item import Guarded


class LedgerView(Guarded, Base):
    """An address of the ledger under a name: which rows, which columns, in which order.

    It holds no row of the ledger: whoever opens it sees what he may know of. `unit_id`: all of this
    unit (党政办) find it; null: its owner alone. `place` orders a person's views, `is_default` is
    the one in which the ledger opens.
    """

    __tablename__ = "ledger_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint(
            "readers = array_remove(ARRAY[(-owner_id)::integer, unit_id::integer], NULL)",
            name="readers",
        ),
        Index(
            "uq_ledger_view_one_default",
            "owner_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    query: Mapped[str]
    place: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
