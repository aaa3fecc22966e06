"""Which roles a person holds today, on whatever item: for rooms and links, never for an act."""

from __future__ import annotations

from sqlalchemy import select, union

from portal.extensions import db
from portal.models import Appointment, Delegation, Portfolio
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer

LEADER = frozenset({Role.SECRETARY, Role.PRESIDENT, Role.OFFICE_LEADER, Role.RESPONSIBLE_LEADER})
OFFICE = frozenset({Role.OFFICE_STAFF, Role.OFFICE_HEAD})
DRAFTS = frozenset({*OFFICE, Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON})


def offices_of(viewer: Viewer) -> frozenset[Role]:
    """The roles of a person's appointments, portfolios and delegations of the day.

    Everybody may be 承办人, and whoever may draft is 拟稿人 of the own drafts.
    """
    day, instant = viewer.moment.day, viewer.moment.instant
    own = select(Appointment.role).where(
        Appointment.person_id == viewer.person_id, in_force(Appointment, day)
    )
    acting = select(Appointment.role).where(
        Appointment.person_id == viewer.person_id,
        Appointment.acting_head,
        in_force(Appointment, day),
    )
    lent = select(db.func.unnest(Delegation.roles)).where(
        Delegation.to_id == viewer.person_id,
        Delegation.starts_at <= instant,
        Delegation.ends_at > instant,
        Delegation.revoked_at.is_(None),
    )
    known = {role.value for role in Role}
    held = {Role(name) for name in db.session.scalars(union(own, lent)) if name in known}
    if db.session.scalars(acting).first() is not None:
        held.add(Role.UNIT_HEAD)
    if _in_charge(viewer):
        held.add(Role.RESPONSIBLE_LEADER)
    held.add(Role.HANDLER)
    if held & DRAFTS:
        held.add(Role.PROPOSER)
    return frozenset(held)


def _in_charge(viewer: Viewer) -> bool:
    found = select(Portfolio.id).where(
        Portfolio.leader_id == viewer.person_id, in_force(Portfolio, viewer.moment.day)
    )
    return db.session.scalars(found.limit(1)).first() is not None
