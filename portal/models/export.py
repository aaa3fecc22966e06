"""督办台账 as Excel or PDF: asked for by one person, made by a job (SPEC §6.5)."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class LedgerExport(Guarded, Base):
    """One export: the ledger under `query` as the person who asked may see it, and for nobody
    else. The row stays, who took what out of the portal when; its bytes go after a day.

    `item_ids` stand in the file; of `withheld_ids`, the sensitive ones, it says how many there are.
    It is given out while that person may know of all of them, and none in it became sensitive but
    the `granted_ids` of its release. State `given`: handed out at once, no bytes are kept. Form
    `figures`: 指标 as Excel, `query` is its address's part; no single item stands in it.
    """

    __tablename__ = "ledger_export"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed', 'given')", name="state"),
        CheckConstraint("form IN ('excel', 'pdf', 'figures')", name="form"),
        CheckConstraint("readers = ARRAY[(-asked_by_id)::integer]", name="readers"),
        Index(
            "uq_ledger_export_one_file",
            "release_id",
            unique=True,
            postgresql_where=text("state <> 'failed'"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    query: Mapped[str]
    form: Mapped[str] = mapped_column(default="excel", server_default="excel")
    state: Mapped[str] = mapped_column(default="asked")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    item_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    withheld_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    granted_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default=text("'{}'")
    )
    release_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_release.id"))
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    failure: Mapped[str | None]
