"""What somebody is typing into a form and has not sent yet (自动保存, SPEC §8.14)."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Guarded


class TypedText(Guarded, Base):
    """The texts of one form of one person, for the eyes of that person alone.

    `place` is the address that the form is sent to, with `#` and the act where one address takes
    several. `window` is the page it was typed on, `version` counts the savings: a page that knows
    an older one does not overwrite what another page saved. Text of an item that its writer may
    know of no more is not there.
    """

    __tablename__ = "typed_text"
    __table_args__ = (
        CheckConstraint("readers = ARRAY[(-person_id)::integer]", name="readers"),
        UniqueConstraint("person_id", "place"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    window: Mapped[uuid.UUID] = mapped_column(Uuid(as_uuid=True))
    version: Mapped[int]
    saved_at: Mapped[Instant]
