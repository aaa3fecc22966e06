"""收藏 and 关注: what a person marked of the items for oneself (SPEC §8.14)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Guarded


class ItemMark(Guarded, Base):
    """One mark of one person on one item; for the eyes of that person alone, and only as long as
    that person may know of the item.

    `kind`: star (收藏: it stands in one's own list) or follow (关注: one hears what the acts on it
    tell others). It hangs off an item but takes no readers from it: who marked what is no business
    of those who know the item.
    """

    __tablename__ = "item_mark"
    __table_args__ = (
        CheckConstraint("kind IN ('star', 'follow')", name="kind"),
        CheckConstraint("readers = ARRAY[(-person_id)::integer]", name="readers"),
        UniqueConstraint("person_id", "kind", "item_id"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    kind: Mapped[str]
    at: Mapped[Instant]
