"""延期督办 and 免于督办: what the lead unit asks for, and what was decided (第十九条)."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part

SIGNING: Final = ("ext_unit", "ext_sign", "ext_check", "ext_office_leader", "ext_principal")
"""States in which a written request waits for a signature."""
PENDING: Final = ("ext_draft", *SIGNING)
"""Undecided: also a request made by word whose written form is still to come."""


class Extension(Part, Base):
    """One request of an item's lead unit, the `seq`-th of the item.

    `applied_at` is judged against `cutoff`, to the second; of a request made by word first it is
    the call (`oral_at`, with the leader `oral_leader_id`), if the written form came by
    `written_until`. `asked_due` is the day asked for (counted, where `asked_days` is given),
    `due_before` the one that held then, `granted` how many extensions had been given before;
    `due_after` is the day given. `late_ground`: 不可抗力, without which nobody asks later than the
    cut-off. `of_superior`: a superior named the day, and agrees to another.
    """

    __tablename__ = "extension"
    __table_args__ = (
        UniqueConstraint("item_id", "seq"),
        CheckConstraint("kind IN ('extend', 'exempt')", name="kind"),
        CheckConstraint(
            "state IN ('ext_draft', 'ext_unit', 'ext_sign', 'ext_check', 'ext_office_leader',"
            " 'ext_principal', 'approved', 'rejected', 'withdrawn', 'lapsed')",
            name="state",
        ),
        CheckConstraint(
            "state = 'ext_draft' OR (kind = 'extend') = (asked_due IS NOT NULL)"
            " OR state IN ('withdrawn', 'lapsed')",
            name="asked_due",
        ),
        CheckConstraint("(oral_at IS NULL) = (written_until IS NULL)", name="oral"),
        Index(
            "uq_extension_one_open",
            "item_id",
            unique=True,
            postgresql_where=text(
                "state IN ('ext_unit', 'ext_sign', 'ext_check', 'ext_office_leader',"
                " 'ext_principal')"
            ),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    seq: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    progress: Mapped[str] = mapped_column(default="")
    salt: Mapped[str]
    asked_days: Mapped[int | None]
    asked_due: Mapped[date | None]
    late_ground: Mapped[bool] = mapped_column(default=False)
    of_superior: Mapped[bool] = mapped_column(default=False)
    due_before: Mapped[date | None]
    granted: Mapped[int] = mapped_column(default=0)
    applied_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[Instant]
    cutoff: Mapped[Instant | None]
    timely: Mapped[bool]
    oral_at: Mapped[Instant | None]
    oral_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    oral_leader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_until: Mapped[Instant | None]
    due_after: Mapped[date | None]
    decided_at: Mapped[Instant | None]
