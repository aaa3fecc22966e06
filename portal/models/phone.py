"""电话（短信）记录 (第十五条, SPEC §2.13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId
from portal.models.item import Part


class PhoneRecord(Part, Base):
    """One call or message about an item: who spoke with whom and when, what was said and answered.

    `purpose` urge: 电话催办, which counts as a reminder and is no 催办通知单. `promised_on`: the
    written report that was promised, its instalment is `point_id`. `reply_form`, `replied_at`: how
    and when the unit answered, null as long as it has not.
    """

    __tablename__ = "phone_record"
    __table_args__ = (
        CheckConstraint("state = 'noted'", name="state"),
        CheckConstraint("channel IN ('phone', 'message')", name="channel"),
        CheckConstraint("purpose IN ('supervise', 'urge')", name="purpose"),
        CheckConstraint("reply_form IN ('oral', 'written')", name="reply_form"),
        CheckConstraint("(reply_form IS NULL) = (reply = '')", name="reply"),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    state: Mapped[str]
    purpose: Mapped[str]
    channel: Mapped[str]
    called_at: Mapped[Instant]
    caller_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    callee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    content: Mapped[str]
    requirement: Mapped[str]
    deadline: Mapped[date | None]
    reply: Mapped[str]
    reply_form: Mapped[str | None]
    replied_at: Mapped[Instant | None]
    promised_on: Mapped[date | None]
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("feedback_point.id", ondelete="SET NULL")
    )
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Instant]
