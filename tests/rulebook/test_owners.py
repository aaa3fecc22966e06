"""第八条: no open item is left without an owner; the database sees to it (decision 0117)."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Person, Unit
from portal.rulebook import handover
from tests.conftest import ANCHOR
from tests.pages import get
from tests.steps.acting import CO_HEAD, HANDLER, HEAD, LEAD, OFFICE, Actor
from tests.steps.work import Draft

NAMED = {"head": HEAD, "handler": HANDLER, "next": CO_HEAD, "unit": LEAD}
POST = (
    "INSERT INTO appointment (person_id, unit_id, post, role, is_primary, acting_head, valid_from,"
    " valid_to) SELECT person.id, unit.id, '处长', 'unit_head', false, false, "
)
TO_NEXT = " FROM person, unit WHERE person.name = %(next)s AND unit.code = %(unit)s"
GONE = "UPDATE person SET active = false WHERE name = %(head)s"
HANDLER_GONE = "UPDATE person SET active = false WHERE name = %(handler)s"
NEXT_GONE = "UPDATE person SET active = false WHERE name = %(next)s"
HEAD_ENDS = (
    "UPDATE appointment SET valid_to = '2026-11-30' WHERE role = 'unit_head'"
    " AND person_id = (SELECT id FROM person WHERE name = %(head)s)"
)
HANDLER_ENDS = (
    "UPDATE appointment SET valid_to = '2026-11-30'"
    " WHERE person_id = (SELECT id FROM person WHERE name = %(handler)s)"
)
NO_POST = "DELETE FROM appointment WHERE person_id = (SELECT id FROM person WHERE name = %(head)s)"
UNNAMED = "DELETE FROM item_member"
OVER = "UPDATE item SET state = 'closed'"
SUCCESSOR = f"{POST} '2026-12-01', NULL {TO_NEXT}"
LATER = f"{POST} '2026-12-03', NULL {TO_NEXT}"
FOR_A_WHILE = f"{POST} '2026-12-01', '2026-12-31' {TO_NEXT}"
UNIT_ENDS = "UPDATE unit SET valid_to = '2026-12-31' WHERE code = %(unit)s"
OTHER_ENDS = "UPDATE unit SET valid_to = '2026-12-31' WHERE code = 'JWC'"

ENDS = {
    "the head goes, somebody works on it": ([GONE], True),
    "who works on it goes, the head stays": ([HANDLER_GONE], True),
    "both go": ([GONE, HANDLER_GONE], False),
    "both go, the other way about": ([HANDLER_GONE, GONE], False),
    "the head goes, nobody is named": ([UNNAMED, GONE], False),
    "nobody is named when the head has gone": ([GONE, UNNAMED], False),
    "the head's term ends, somebody works on it": ([HEAD_ENDS], True),
    "both terms end": ([HEAD_ENDS, HANDLER_ENDS], False),
    "the term ends, a successor follows": (
        [UNNAMED, HEAD_ENDS, SUCCESSOR], True
    ),
    "a successor follows after two days": (
        [UNNAMED, HEAD_ENDS, LATER], False
    ),
    "a successor for a while": (
        [UNNAMED, HEAD_ENDS, FOR_A_WHILE], False
    ),
    "the successor goes at once": (
        [UNNAMED, HEAD_ENDS, SUCCESSOR,
         NEXT_GONE], False
    ),
    "the appointment is taken away": (
        [UNNAMED, NO_POST], False
    ),
    "the unit ends": ([UNIT_ENDS], False),
    "another unit ends": ([OTHER_ENDS], True),
    "it is over": ([OVER, UNNAMED, GONE], True),
    "it begins anew with nobody": (
        [OVER, UNNAMED, GONE, "UPDATE item SET state = 'issued'"],
        False,
    ),
}  # fmt: skip


@pytest.fixture
def at_work(college: Flask, draft_item: Draft) -> Actor:
    """An item in work: 坤建军 heads the lead unit, 邓涛 works on it."""
    actor = Actor(college, draft_item("A01", who=OFFICE))
    with college.app_context():
        actor.to_work()
        db.session.remove()
    return actor


def ends(database: Servers, statements: list[str]) -> bool:
    """Whether a transaction of these may end, as the owner of the tables; nothing of it stays."""
    found = ""
    with connect(database.owner_url) as raw:
        raw.autocommit = False
        for said in statements:
            raw.execute(said.encode(), NAMED)
        try:
            raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.IntegrityError as refused:
            found = refused.diag.constraint_name or "another"
        finally:
            raw.rollback()
    assert found in ("", handover.OWNED)
    return not found


def test_what_may_end(at_work: Actor, database: Servers) -> None:
    found = {name: ends(database, statements) for name, (statements, _may) in ENDS.items()}
    assert found == {name: may for name, (_statements, may) in ENDS.items()}


def test_how_much_is_in_hand(college: Flask, at_work: Actor, database: Servers) -> None:
    """「尚有1项督办事项未交接」: of whom works on it, and of the head as long as nobody else is."""
    with college.app_context():
        ids = dict(db.session.execute(select(Person.name, Person.id)).all())
        counted = {name: handover.in_hand(ids[name]) for name in (HEAD, HANDLER, CO_HEAD, OFFICE)}
        assert counted == {HEAD: 1, HANDLER: 1, CO_HEAD: 0, OFFICE: 0}
        assert handover.not_handed_over(counted[HEAD]) == "尚有1项督办事项未交接"
        assert handover.not_handed_over(counted[OFFICE]) == ""
        units = dict(db.session.execute(select(Unit.code, Unit.id)).all())
        assert [handover.led_by(units[code]) for code in (LEAD, "JWC")] == [1, 0]
    with connect(database.owner_url) as raw:
        for statement in (HEAD_ENDS, SUCCESSOR):  # a unit has one head a day
            raw.execute(statement.encode(), NAMED)
    with college.app_context():
        assert handover.in_hand(ids[HEAD]) == 0


def test_what_no_form_foresaw_is_said(
    college: Flask, at_work: Actor, database: Servers, as_: Callable[[str], FlaskClient]
) -> None:
    """A page on which such an end is saved answers with the rule, not as a fault of the portal."""

    @college.get("/ends")
    def end() -> str:
        db.session.execute(update(Unit).where(Unit.code == LEAD).values(valid_to=ANCHOR))
        db.session.commit()
        return ""

    client = as_(HEAD)
    page = get(client, "/ends")
    assert (page.status, handover.LEFT_ALONE in page.text) == (422, True)
