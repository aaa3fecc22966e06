"""移交清单 (SPEC §2.11): what of a year is handed over to the archive, and who signed for it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Guarded, Part

READERS = (1_000_000_001, 1_000_000_007, 1_000_000_008)
"""党政办主任, 督办专员, 档案员: their keys of `rulebook.keys.OFFICE_KEYS`."""


class TransferList(Guarded, Base):
    """The `nth` 移交清单 of a year: signed by who hands over, then by who takes over, once each.

    `total` items stand on it as its lines; `waiting` were not ready when it was drawn up. `digest`
    binds the lines: the SHA-256 over what they say. Known to 党政办 and 档案员.
    """

    __tablename__ = "transfer_list"
    __table_args__ = (
        UniqueConstraint("year", "nth"),
        CheckConstraint("total > 0 AND nth > 0", name="total"),
        CheckConstraint("(handed_by_id IS NULL) = (handed_at IS NULL)", name="handed"),
        CheckConstraint("(taken_by_id IS NULL) = (taken_at IS NULL)", name="taken"),
        CheckConstraint("taken_by_id IS NULL OR handed_by_id <> taken_by_id", name="two_persons"),
        CheckConstraint("taken_at IS NULL OR handed_at IS NOT NULL", name="in_order"),
        CheckConstraint(
            f"readers = ARRAY[{', '.join(str(key) for key in READERS)}]", name="readers"
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    year: Mapped[int]
    nth: Mapped[int]
    total: Mapped[int]
    waiting: Mapped[int]
    digest: Mapped[str]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[Instant]
    handed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_at: Mapped[Instant | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Instant | None]


class TransferLine(Part, Base):
    """An item on a 移交清单, as it stood when the list was drawn up: it is never written again.

    `version` and what follows are those of the package that both sides had signed for. The line has
    the readers of its item, so that a title is not read here by whom the item is kept from.
    """

    __tablename__ = "transfer_line"
    __table_args__ = (
        Index("uq_transfer_line_place", "list_id", "place", unique=True),
        Index("uq_transfer_line_item", "list_id", "item_id", unique=True),
    )

    id: Mapped[Pk]
    list_id: Mapped[int] = mapped_column(ForeignKey("transfer_list.id"))
    place: Mapped[int]
    archive_no: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    retention: Mapped[str]
    archived_on: Mapped[date]
    version: Mapped[int]
    files: Mapped[int]
    pages: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
