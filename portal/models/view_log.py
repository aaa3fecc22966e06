"""Who opened what of a sensitive item, when, from where (SPEC §7.6); append-only."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk
from portal.models.item import Part


class ViewLog(Part, Base):
    """One answer that showed something of the item: its page, a sheet, a file, a form.

    `page` is the endpoint that answered, `detail` which sheet or file it was, `address` the
    network address it was asked from.
    """

    __tablename__ = "view_log"

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    at: Mapped[Instant] = mapped_column(index=True)
    address: Mapped[str]
