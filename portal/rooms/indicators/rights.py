"""Whose figures a person may see, and who may take them out (SPEC §1.3, §6.2, P35)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from portal.errors import NotFound
from portal.extensions import db
from portal.figures import By, Scope
from portal.item.offices import OFFICE, offices_of
from portal.models import Appointment
from portal.rulebook.keys import EVERYONES_BUSINESS
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer

OF_ALL_PEOPLE: Final = frozenset({Role.HR, Role.OFFICE_HEAD})
TAKES_OUT: Final = frozenset(
    {*OFFICE, Role.HR, Role.DISCIPLINE, Role.UNIT_HEAD, Role.RESPONSIBLE_LEADER}
)
"""导出台账 in the matrix."""


def units_of(viewer: Viewer) -> frozenset[int] | None:
    """The units whose figures this person sees; None: of all. Of other units the person knows
    single items only, and figures of those would say nothing about the unit."""
    if EVERYONES_BUSINESS in viewer.keys:
        return None
    return frozenset(key for key in viewer.keys if key > 0)


def people_of(viewer: Viewer) -> frozenset[int] | None:
    """The persons whose figures this person sees; None: everybody's. One's own, a unit's head those
    of its people, 组织人事部 and 党政办主任 all."""
    if offices_of(viewer) & OF_ALL_PEOPLE:
        return None
    headed = {unit for role, unit in viewer.units if role == Role.UNIT_HEAD.value}
    own = {viewer.person_id} if viewer.person_id is not None else set()
    people = db.session.scalars(
        select(Appointment.person_id).where(
            Appointment.unit_id.in_(headed), in_force(Appointment, viewer.moment.day)
        )
    )
    return frozenset(own | set(people))


def scope_of(viewer: Viewer, by: By, owner: int | None = None, *, official: bool = False) -> Scope:
    """What may be counted: of all owners, or of one. NotFound: not for this person."""
    allowed: frozenset[int] | None = None
    if by is not By.COLLEGE:
        allowed = units_of(viewer) if by is By.UNIT else people_of(viewer)
    if owner is None:
        return Scope(by, allowed, official)
    if allowed is not None and owner not in allowed:
        raise NotFound
    return Scope(by, frozenset({owner}), official)


def may_take_out(viewer: Viewer) -> bool:
    """Whether this person may have the figures as Excel."""
    return bool(offices_of(viewer) & TAKES_OUT)
