"""What 待办 takes as known of a person says the same as the clauses that the database answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import false, literal, select, update

from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Appointment, Delegation, Item, Person, Unit
from portal.rulebook.holding import holders
from portal.rulebook.roles import (
    IN_UNIT,
    SCHOOL_WIDE,
    Role,
    holds,
    holds_own,
    in_force,
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


BEGINS, ENDS, ACTS = (
    "UPDATE appointment SET valid_from = %(today)s + 2"
    " WHERE id = (SELECT min(id) FROM appointment WHERE role = 'unit_head')",
    "UPDATE portfolio SET valid_from = %(today)s - 9, valid_to = %(today)s - 2"
    " WHERE id = (SELECT min(id) FROM portfolio)",
    "UPDATE appointment SET acting_head = true"
    " WHERE id = (SELECT min(id) FROM appointment WHERE role = 'unit_deputy')",
)
"""An office that begins later, a field that ended, one who acts as head: written by the owner, for
the portal moves no first day."""


def test_offices_are_known_as_the_database_says(college: Flask, database: Servers) -> None:
    clock: Clock = college.extensions["portal.clock"]
    asked = 0
    with connect(database.owner_url) as raw:
        for statement in (BEGINS, ENDS, ACTS):
            assert raw.execute(statement.encode(), {"today": clock.today()}).rowcount == 1
        raw.commit()
    with college.app_context():
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


def _lend(giver: int, taker: int, roles: list[str], hours: tuple[int, int], **more: Any) -> None:
    now = datetime.now(UTC) + more.pop("shift")
    db.session.add(
        Delegation(
            from_id=giver,
            to_id=taker,
            kind="AB角",
            scope="",
            created_by_id=giver,
            roles=roles,
            starts_at=now + timedelta(hours=hours[0]),
            ends_at=now + timedelta(hours=hours[1]),
            reason="出差",
            **more,
        )
    )


def test_who_holds_a_role_is_who_the_clause_says(
    college: Flask, draft_item: Callable[..., uuid.UUID]
) -> None:
    """Every role for every unit, with delegations in force, over, revoked, of people who left."""
    draft_item()
    clock: Clock = college.extensions["portal.clock"]
    with college.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        moment = view_as(office, clock).moment
        item = db.session.scalars(select(Item)).one()
        heads = list(
            db.session.scalars(
                select(Appointment.person_id)
                .where(Appointment.role == "unit_head")
                .order_by(Appointment.id)
            )
        )
        takers = list(db.session.scalars(select(Person.id).order_by(Person.id.desc()).limit(7)))
        lend = partial(_lend, roles=["unit_head", "secretary"], shift=clock.shift)
        lend(heads[0], takers[0], hours=(-1, 1))
        lend(heads[1], takers[1], hours=(1, 2))
        lend(heads[2], takers[2], hours=(-2, -1))
        lend(heads[3], takers[3], hours=(-1, 1), revoked_at=clock.now())
        lend(heads[4], takers[4], hours=(-1, 1))
        lend(heads[5], takers[5], hours=(-1, 1))
        lend(takers[0], takers[6], hours=(-1, 1))  # passed on
        gone = Person.id.in_((heads[4], takers[5]))
        db.session.execute(update(Person).where(gone).values(active=False))
        seen = 0
        for role in Role:
            for unit_id in db.session.scalars(select(Unit.id).order_by(Unit.id)).all():
                clause = holds(role, Person.id, moment, item=item, unit=unit_id)
                said = db.session.scalars(select(Person.id).where(Person.active, clause)).all()
                found = holders(role, moment, item=item, unit=unit_id)
                assert sorted(said) == sorted(found), (role, unit_id)
                assert set(holders(role, moment, item=item, unit=unit_id, directly=True)) <= set(
                    found
                )
                seen += len(found)
        assert seen > 100
        assert takers[0] in holders(
            Role.UNIT_HEAD, moment, item=item, unit=_unit_headed(heads[0], moment.day)
        )


def _unit_headed(head: int, day: date) -> int:
    found = db.session.scalars(
        select(Appointment.unit_id).where(
            Appointment.person_id == head,
            Appointment.role == "unit_head",
            in_force(Appointment, day),
        )
    ).first()
    assert found is not None
    return found
