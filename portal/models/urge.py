"""催办 (第十六条（四）, 附件 2): the numbered notice to a unit, and what it says to its reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part

RUNNING = (
    "ug_sign", "ug_review", "ug_approve", "ug_filing", "ug_issued", "ug_signed", "ug_replied",
)  # fmt: skip
"""From the first signature to the end: one notice of a unit at a time."""
_RUNNING = ", ".join(f"'{state}'" for state in RUNNING)


class UrgeNotice(Part, Base):
    """催办事项通知单 to one unit of an item, the lead unit or a co-unit; the `nth` to this unit.

    `ground` says what was missed: the date of 办结 (overdue), the reports of the instalments
    `points`, a co-unit's own date (inner), or the lead unit has asked 党政办 (asked). `missed_on`
    is the last day that was missed when it was drafted. `limit_days`: working days from the issue
    to `limit_on`. `fast`: issued after 党政办分管领导, the other boxes are made up (SPEC §2.8).
    Without a receipt by `receipt_by` it counts as received (`deemed`).
    """

    __tablename__ = "urge"
    __table_args__ = (
        UniqueConstraint("doc_word", "doc_year", "doc_seq", name="uq_urge_doc_no"),
        CheckConstraint(
            f"state IN ('ug_draft', {_RUNNING}, 'ug_met', 'ug_unmet', 'ug_void')", name="state"
        ),
        CheckConstraint("ground IN ('overdue', 'reports', 'inner', 'asked')", name="ground"),
        CheckConstraint("nth > 0 AND limit_days > 0", name="counted"),
        CheckConstraint(
            "num_nulls(doc_word, doc_year, doc_seq, issued_on, limit_on, receipt_by) IN (0, 6)",
            name="issued",
        ),
        Index(
            "uq_urge_one_running",
            "item_id",
            "unit_id",
            unique=True,
            postgresql_where=text(f"state IN ({_RUNNING})"),
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[str]
    nth: Mapped[int]
    ground: Mapped[str]
    points: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    missed_on: Mapped[date]
    subject: Mapped[str]
    limit_days: Mapped[int]
    fast: Mapped[bool] = mapped_column(default=False)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[Instant]
    doc_word: Mapped[str | None]
    doc_year: Mapped[int | None]
    doc_seq: Mapped[int | None]
    issued_on: Mapped[date | None]
    limit_on: Mapped[date | None]
    receipt_by: Mapped[Instant | None]
    deemed: Mapped[bool] = mapped_column(default=False)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[Instant | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[Instant | None]
    promised_on: Mapped[date | None]
    hr_noted_at: Mapped[Instant | None]
    hr_noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    discipline_noted_at: Mapped[Instant | None]
    discipline_noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[Instant | None]


class UrgeQuestion(Part, Base):
    """正当理由: asked once with each notice, answered by the unit before `answer_by`, ruled on by
    党政办主任 (第二十五条（一）). The words themselves are the opinions of the acts' events."""

    __tablename__ = "urge_question"
    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'stated', 'accepted', 'refused', 'unanswered')", name="state"
        ),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    urge_id: Mapped[int] = mapped_column(ForeignKey("urge.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str]
    asked_at: Mapped[Instant]
    answer_by: Mapped[Instant]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stated_at: Mapped[Instant | None]
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[Instant | None]
