"""An approval: a subject at a form version, and its ordered slots (第十二、十九条, 附件); and what
is changed of a filed item once others have agreed.

Declared in `rulebook.chains`, moved only by `rulebook.workflow`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.entered import CONTESTED, Entered
from portal.models.item import Part


class Approval(Part, Base):
    """One run of a chain over one version of a form.

    `subject_id` is the row of the chain's machine (null: the item itself). `beside`: the item does
    not wait for it, its signatures are made up (先交办后补签, 简易办结, SPEC §2.13).
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'agreed', 'returned', 'refused', 'withdrawn')", name="state"
        ),
        Index(
            "uq_approval_one_open",
            "item_id",
            "chain",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Pk]
    chain: Mapped[str]
    subject_id: Mapped[int | None]
    form_version: Mapped[int]
    beside: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class ApprovalSlot(Entered, Part, Base):
    """One signature box: whose it is (a role, of the item's lead unit or of `unit_id`), whether it
    is open, and what was signed.

    `merged`: nobody signs this box by itself; the later signature of the same person
    fills it (`filled_by_id`), as SPEC §1.4 orders for a unit directly under a principal.
    `via` paper: typed in from a scan (`Entered`). `picture_sha256`: the signer's picture at that
    moment, of a signature made on screen in one's own name; null: the typed name is printed.
    """

    __tablename__ = "approval_slot"
    __table_args__ = (
        UniqueConstraint(
            "approval_id", "position", "role", "unit_id", postgresql_nulls_not_distinct=True
        ),
        Index(
            "ix_approval_slot_open",
            "step",
            "role",
            "item_id",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_approval_slot_opened", "opened_at", postgresql_where=text("state = 'open'")),
        Index("ix_approval_slot_contested", "item_id", postgresql_where=text(CONTESTED)),
        CheckConstraint(
            "state IN ('waiting', 'open', 'merged', 'agreed', 'refused')", name="state"
        ),
        CheckConstraint("via IN ('online', 'paper', 'phone')", name="via"),
        CheckConstraint(
            "picture_sha256 IS NULL OR (via = 'online' AND on_behalf_of_id IS NULL)",
            name="picture",
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), index=True)
    position: Mapped[int]
    step: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    opened_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    picture_sha256: Mapped[str | None]
    filled_by_id: Mapped[int | None] = mapped_column(ForeignKey("approval_slot.id"))

    @property
    def named_id(self) -> int | None:
        """Who signed."""
        return self.person_id


class Change(Part, Base):
    """作废, 调整承办单位, 调整事项要素, 重新确定期限, 恢复督办: proposed, agreed to, applied.

    `values` are the new values by column name, `before` those they replaced.
    """

    __tablename__ = "change"
    __table_args__ = (
        CheckConstraint("kind IN ('void', 'reassign', 'adjust', 'reset', 'reopen')", name="kind"),
        CheckConstraint(
            "state IN ('proposed', 'open', 'agreed', 'refused', 'withdrawn', 'lapsed')",
            name="state",
        ),
        Index(
            "uq_change_one_open", "item_id", unique=True, postgresql_where=text("state = 'open'")
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    kind: Mapped[str]
    state: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
