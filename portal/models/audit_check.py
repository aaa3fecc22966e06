"""核验审计日志: each check of the chains, what it found and the digest it ended with."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class AuditCheck(Base):
    """One check: asked for by an account, or due each day (none). `made_at` null: it waits.

    `found` counts the findings by kind (`audit.verify.KINDS`); `head` is the last digest, which
    the next check looks for in the chain.
    """

    __tablename__ = "audit_check"

    id: Mapped[Pk]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[Instant]
    made_at: Mapped[Instant | None]
    checked: Mapped[int] = mapped_column(BigInteger, server_default="0")
    waiting: Mapped[int] = mapped_column(BigInteger, server_default="0")
    head: Mapped[str] = mapped_column(server_default="")
    found: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
