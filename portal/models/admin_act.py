"""What the administrators did, each act once (三员分立, 等保 8.1.4.3)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class AdminAct(Base):
    """One act of an administrator on a row that is no item's, with the columns it changed.

    Append-only; the database chains the rows as they come: `digest` is over the row behind
    `previous`, by `admin_act_digest`. `about` names the subject as it was called then. An act that
    writes several rows has several, of one `key`: the form's idempotency key.
    """

    __tablename__ = "admin_act"

    id: Mapped[Pk]
    key: Mapped[uuid.UUID] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant] = mapped_column(index=True)
    act: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    about: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(BigInteger, unique=True, server_default=FetchedValue())
    previous: Mapped[str] = mapped_column(server_default=FetchedValue())
    digest: Mapped[str] = mapped_column(server_default=FetchedValue())
