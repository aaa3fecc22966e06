"""The secret with which the database checks as whom a transaction reads (第二十一条)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class GateSecret(Base):
    """A secret, as the two blocks of HMAC-SHA256; believed until `retires_at`, if that is set.

    Only the owner reads it; the roles of web and worker see the view `gate` over it, which has
    a row when what their transaction says of itself is proven.
    """

    __tablename__ = "gate_secret"
    __table_args__ = (
        CheckConstraint("length(inner_pad) = 64 AND length(outer_pad) = 64", name="block"),
    )

    id: Mapped[Pk]
    inner_pad: Mapped[bytes]
    outer_pad: Mapped[bytes]
    since: Mapped[Instant] = mapped_column(server_default=text("now()"))
    retires_at: Mapped[Instant | None]
