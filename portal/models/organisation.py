"""Units, persons and who holds what from when to when (第三至八条; SPEC §1.2–1.5).

Nothing here is deleted: units merge, persons leave, portfolios change, and a
document of 2026 must still say who was in charge in 2026.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, Pk


class Unit(Base):
    """承办单位: 内设机构 in the official order (第九条).

    `aliases`: other names it is known by, former ones too. `merged_into_id`: the unit that took
    over its work when it ended.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint(
            "merged_into_id IS NULL OR (valid_to IS NOT NULL AND merged_into_id <> id)",
            name="merged",
        ),
    )

    id: Mapped[Pk]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    kind: Mapped[str]
    sort_no: Mapped[int]
    pinyin: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


def _one_each(column: str, where: str) -> Index:
    """No two persons of the college share it."""
    condition = text(f"active AND {where}")
    return Index(f"uq_person_{column}", column, unique=True, postgresql_where=condition)


class Person(Base):
    """One person; what he or she may do follows from the appointments of the day."""

    __tablename__ = "person"
    __table_args__ = (
        _one_each("rank_no", "rank_no IS NOT NULL"),
        _one_each("wecom_userid", "wecom_userid <> ''"),
        _one_each("dingtalk_userid", "dingtalk_userid <> ''"),
    )

    id: Mapped[Pk]
    emp_no: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    pinyin: Mapped[str] = mapped_column(default="")
    initials: Mapped[str] = mapped_column(default="")
    rank_no: Mapped[int | None]
    sort_no: Mapped[int]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    wecom_userid: Mapped[str] = mapped_column(default="")
    dingtalk_userid: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True)


_DAYS = (text("daterange(valid_from, valid_to, '[]')"), "&&")
_UNIT = (text("int8range(unit_id, unit_id, '[]')"), "&&")
_PERSON = (text("int8range(person_id, person_id, '[]')"), "&&")
ONE_OF_THE_COLLEGE = ("secretary", "president", "office_leader", "office_head")
"""Roles that one person of the college holds a day."""


NEVER = date(1, 1, 1)
"""The last day of a post that was taken back before it counted: it held on no day."""
_EVER = f"valid_to IS NULL OR valid_to <> DATE '{NEVER.isoformat()}'"


def _one_a_day(what: str, where: str, *columns: Any) -> ExcludeConstraint:
    where = f"({where}) AND ({_EVER})"
    name = f"ex_appointment_one_{what}_a_day"
    return ExcludeConstraint(
        *columns, _DAYS, using="gist", where=text(where), name=name, initially="DEFERRED"
    )


class Appointment(Base):
    """任职: person × unit × post × role, from day to day; several at once are usual.

    A day knows one head of a unit, one who acts as head (主持工作), one main post of a person.
    Nothing is deleted: one that was taken back before it counted ended NEVER.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(
            f"valid_to IS NULL OR valid_to >= valid_from OR valid_to = DATE '{NEVER.isoformat()}'",
            name="period",
        ),
        Index("ix_appointment_role_unit", "role", "unit_id"),
        _one_a_day("head", "role = 'unit_head'", _UNIT),
        _one_a_day("acting", "acting_head", _UNIT),
        _one_a_day("main_post", "is_primary", _PERSON),
        *(_one_a_day(role, f"role = '{role}'") for role in ONE_OF_THE_COLLEGE),
    )

    id: Mapped[Pk]
    public_id: Mapped[uuid.UUID] = mapped_column(
        default=uuid.uuid4, unique=True, server_default=text("gen_random_uuid()")
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str]
    role: Mapped[str]
    is_primary: Mapped[bool] = mapped_column(default=False)
    acting_head: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Portfolio(Base):
    """分管、联系: the school leader in charge of a unit, exactly one a day (第四条)."""

    __tablename__ = "portfolio"
    __table_args__ = (
        CheckConstraint("kind IN ('分管', '联系')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        ExcludeConstraint(
            (text("int8range(unit_id, unit_id, '[]')"), "&&"),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            using="gist",
            name="ex_portfolio_one_leader_a_day",
        ),
    )

    id: Mapped[Pk]
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Delegation(Base):
    """授权代办: someone acts for someone, in named roles, for a limited time (SPEC §1.5).

    `created_by_id` is whoever set it: the giver, or 党政办, which types in what was given on paper.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        CheckConstraint("from_id <> to_id", name="two_persons"),
        CheckConstraint("kind IN ('AB角', '主持工作', '委托联络员')", name="kind"),
    )

    id: Mapped[Pk]
    public_id: Mapped[uuid.UUID] = mapped_column(
        Uuid(as_uuid=True), unique=True, server_default=text("gen_random_uuid()")
    )
    key: Mapped[uuid.UUID | None] = mapped_column(Uuid(as_uuid=True), unique=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    scope: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    reason: Mapped[str]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Instant] = mapped_column(server_default=func.now())
    revoked_at: Mapped[Instant | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
