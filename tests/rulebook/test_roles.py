"""What 待办 takes as known of a person says the same as the clauses that the database answers."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import false, literal, select, update

from portal.clock import Clock
from portal.extensions import db
from portal.models import Appointment, Delegation, Person, Portfolio, Unit
from portal.rulebook.roles import (
    IN_UNIT,
    SCHOOL_WIDE,
    Role,
    holds,
    holds_own,
    units_asked,
)
from portal.rulebook.scope import Viewer, view_as

KNOWN = (*sorted(SCHOOL_WIDE), *sorted(IN_UNIT), Role.RESPONSIBLE_LEADER)


def _differences(viewer: Viewer) -> list[object]:
    """Of every unit the roles that the two tell apart; also those held without being known of."""
    person, moment = viewer.person_id, viewer.moment
    found: list[object] = []
    for role in KNOWN:
        asked = holds(role, person, moment, unit=Unit.id)
        known = holds_own(role, person, moment, unit=Unit.id) if role in viewer.roles else false()
        query = select(Unit.code, literal(role.value)).where(asked.is_distinct_from(known))
        found += db.session.execute(query, units_asked(viewer.units)).all()
    return found


def test_offices_are_known_as_the_database_says(college: Flask) -> None:
    clock: Clock = college.extensions["portal.clock"]
    asked = 0
    with college.app_context():
        # One whose office begins tomorrow, one whose field ended yesterday, one who acts as head.
        today = clock.now().date()
        heads = select(Appointment.id).where(Appointment.role == "unit_head").limit(1)
        begins = update(Appointment).where(Appointment.id.in_(heads.scalar_subquery()))
        db.session.execute(begins.values(valid_from=today + timedelta(days=2)))
        fields = select(Portfolio.id).order_by(Portfolio.id).limit(1).scalar_subquery()
        ends = update(Portfolio).where(Portfolio.id.in_(fields))
        db.session.execute(
            ends.values(valid_from=today - timedelta(9), valid_to=today - timedelta(2))
        )
        deputies = select(Appointment.id).where(Appointment.role == "unit_deputy").limit(1)
        acting = update(Appointment).where(Appointment.id.in_(deputies.scalar_subquery()))
        db.session.execute(acting.values(acting_head=True))
        for person_id in db.session.scalars(select(Person.id).order_by(Person.id)).all():
            viewer = view_as(person_id, clock)
            if not viewer.lent:
                asked += 1
                assert _differences(viewer) == [], person_id
    assert asked > 50


def test_whoever_is_lent_anything_is_asked_of_the_database(college: Flask) -> None:
    clock: Clock = college.extensions["portal.clock"]
    with college.app_context():
        giver, taker = db.session.scalars(select(Person.id).order_by(Person.id).limit(2)).all()
        assert not view_as(taker, clock).lent
        now = clock.now()
        db.session.add(
            Delegation(
                from_id=giver,
                to_id=taker,
                kind="AB角",
                scope="",
                created_by_id=giver,
                roles=["archivist"],  # which the giver does not hold
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(hours=1),
                reason="出差",
            )
        )
        db.session.flush()
        assert view_as(taker, clock).lent
