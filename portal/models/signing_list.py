"""督办事项一览签批单: one sheet on which a leader signs many items (一单多项, SPEC §8.2, §8.4)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded


class SigningList(Guarded, Base):
    """One list for one signer: the boxes in the order of its rows, and their items.

    党政办 makes, prints and enters it; whoever may not know of one of the items does not open it.
    It holds ids only; what it prints is read as the person who asked for the sheet. `listed_on` is
    its day, `asked_at` when the worker was asked, by real time; `entered_at`: typed in, once.
    """

    __tablename__ = "signing_list"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'making', 'made', 'failed')", name="state"),
        CheckConstraint("cardinality(slot_ids) = cardinality(item_ids)", name="rows"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    signer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    slot_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    item_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    key: Mapped[PublicId]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[Instant]
    listed_on: Mapped[date]
    entered_at: Mapped[Instant | None]
    state: Mapped[str] = mapped_column(default="asked")
    started_at: Mapped[Instant | None]
    made_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int | None]
    failure: Mapped[str | None]
