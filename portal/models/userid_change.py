"""企业微信账号、钉钉账号 of a person: entered by one administrator, confirmed by another."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId

_WAITS = text("state = 'proposed'")


class UseridChange(Base):
    """Which account of a channel shall be whose: by it somebody signs in and gets messages, so that
    系统管理员 proposes and 安全保密管理员 decides (decision 0177). Once confirmed it stands at the
    person; the row stays as it was asked for, and the database takes no userid without one."""

    __tablename__ = "userid_change"
    __table_args__ = (
        CheckConstraint("field IN ('wecom_userid', 'dingtalk_userid')", name="field"),
        CheckConstraint("userid <> ''", name="userid"),
        CheckConstraint(
            "state IN ('proposed', 'confirmed', 'declined', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_userid_change_person", "person_id", "field", unique=True, postgresql_where=_WAITS
        ),
        Index("uq_userid_change_userid", "field", "userid", unique=True, postgresql_where=_WAITS),
    )

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str]
    userid: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Instant | None]
