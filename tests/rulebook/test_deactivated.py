"""SPEC §1.5: who acts for somebody does so while that person is one of the college."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, update

from portal.extensions import db
from portal.models import Person
from portal.rulebook import tray
from portal.steps.registration import commands as registration
from tests.people import draft
from tests.steps.acting import Actor, intent

GIVER, DELEGATE = "解学农", "陈𬭎"


def test_a_delegation_ends_with_its_giver(college: Flask) -> None:
    """Keys, acts and 待办 follow; what the delegate holds himself stays."""
    public_id = draft(college, "A01", lead_unit="JWC", co_units=[])
    with college.app_context():
        actor = Actor(college, public_id)
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        before = actor.viewer(DELEGATE)
        assert "sign" in actor.offers(DELEGATE)
        assert [row.act for row in tray.waiting(actor.viewer(DELEGATE))] == ["sign"]
        giver = db.session.scalars(select(Person.id).where(Person.name == GIVER)).one()
        db.session.execute(update(Person).where(Person.id == giver).values(active=False))
        db.session.commit()
        after = actor.viewer(DELEGATE)
        assert list(tray.waiting(after)) == []
        assert after.keys < before.keys, "the units of the giver's field"
