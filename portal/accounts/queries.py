"""Persons, posts and units of a day (SPEC §1.2, §1.4, §8.6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Appointment, Delegation, Person, Unit
from portal.rulebook.roles import in_force

ADMINISTRATORS = {
    "sys_admin": "系统管理员",
    "sec_admin": "安全保密管理员",
    "auditor": "安全审计员",
}
DISPLAY = "display"
"""The kind of account that a screen on a wall has (大屏账号)."""
ACTING = "（主持工作）"


def units_in_order(day: date) -> Sequence[Unit]:
    """The units that exist on a day, in the official order (第九条)."""
    return db.session.scalars(
        select(Unit).where(in_force(Unit, day)).order_by(Unit.sort_no, Unit.id)
    ).all()


def appointments_on(person_id: int, day: date) -> Sequence[Appointment]:
    """What a person holds on a day, the primary appointment first."""
    return db.session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person_id, in_force(Appointment, day))
        .order_by(Appointment.is_primary.desc(), Appointment.id)
    ).all()


def post_label(person_id: int, day: date) -> str:
    """The person's post of the day for the header: 「党政办 督办专员」, leaders 「党委副书记」."""
    return post_labels([person_id], day).get(person_id, "")


def post_labels(person_ids: Collection[int], day: date) -> dict[int, str]:
    """`post_label` of several persons at once; who holds nothing on the day is left out."""
    held = db.session.execute(
        select(Appointment, Person.rank_no, Unit)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id.in_(person_ids), in_force(Appointment, day))
        .order_by(Appointment.is_primary, Appointment.id.desc())
    ).all()
    acting = _acting_heads(person_ids, day)
    acting |= {row.person_id for row, _, _ in held if row.acting_head}
    # The primary appointment comes last and stays.
    return {
        row.person_id: _label(row.post, None if rank else unit)
        + (ACTING if row.person_id in acting else "")
        for row, rank, unit in held
    }


def _label(post: str, unit: Unit | None) -> str:
    """The unit's short name and the post without the unit's name in front."""
    if unit is None:
        return post
    plain_name = unit.name.split("（")[0]
    return f"{unit.short_name} {post.removeprefix(plain_name)}".strip()


def _acting_heads(person_ids: Collection[int], day: date) -> set[int]:
    """Who 主持工作 by a delegation that runs at some time of the day."""
    return set(
        db.session.scalars(
            select(Delegation.to_id).where(
                Delegation.to_id.in_(person_ids),
                Delegation.kind == "主持工作",
                Delegation.starts_at < shanghai_instant(day + timedelta(days=1)),
                Delegation.ends_at > shanghai_instant(day),
                Delegation.revoked_at.is_(None),
            )
        )
    )
