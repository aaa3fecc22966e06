"""Who may sign in, and the sessions that can be ended (SPEC §7.7 b)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk, PublicId


class Account(Base):
    """A sign-in name. A person's account is of kind 「person」; the three administrators
    (三员分立) have separate accounts that carry no business role; a screen on a wall has one of
    kind 「display」, kept by a person (decision 0164).

    `former_hashes`: the passwords that may not come back yet, newest first (SPEC §7.7 a).
    `must_change`: the password was handed over by an administrator; its owner sets another first.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('person', 'sys_admin', 'sec_admin', 'auditor', 'display')", name="kind"
        ),
        Index(
            "uq_account_one_administrator",
            "person_id",
            unique=True,
            postgresql_where=text("kind IN ('sys_admin', 'sec_admin', 'auditor')"),
        ),
    )

    id: Mapped[Pk]
    username: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="person")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    password_hash: Mapped[str]
    password_changed_at: Mapped[Instant]
    former_hashes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    active: Mapped[bool] = mapped_column(default=True)
    must_change: Mapped[bool] = mapped_column(default=False, server_default=false())


class BoundPhone(Base):
    """A telephone that its owner has confirmed with the password once (decision 0114).

    Its cookie holds a secret of which only the SHA-256 is kept; ending the row ends the binding.
    """

    __tablename__ = "bound_phone"

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    browser: Mapped[str] = mapped_column(default="")
    bound_at: Mapped[Instant]
    last_used_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class SignInSession(Base):
    """A signed-in browser. The cookie names the row; ending the row ends the session.

    `way`: with the password, or silently by 企业微信, 钉钉. `phone_id`: on a bound telephone, where
    it is not ended by half an hour without use.
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (CheckConstraint("way IN ('password', 'wecom', 'dingtalk')", name="way"),)

    id: Mapped[Pk]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    way: Mapped[str] = mapped_column(default="password", server_default="password")
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("bound_phone.id"), index=True)


class GuideRead(Base):
    """A first-visit guide that the holder of an account has put away; `guide` names it."""

    __tablename__ = "guide_read"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    guide: Mapped[str] = mapped_column(primary_key=True)
    read_at: Mapped[Instant]


class SignInFailure(Base):
    """Wrong tries under a name, whether the name exists or not; the name itself is not kept."""

    __tablename__ = "sign_in_failure"

    name_digest: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    first_at: Mapped[Instant]
    locked_until: Mapped[Instant | None]
