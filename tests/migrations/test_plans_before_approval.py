"""The migration of plans, with rows: what stood before it is held back like what comes after."""

from __future__ import annotations

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.steps.inspection import commands
from portal.web import MIGRATIONS
from tests.people import draft
from tests.steps.acting import OFFICE, REASON, Actor, intent
from tests.steps.inspection import acts

MIGRATION = next(
    script
    for script in ScriptDirectory(MIGRATIONS).walk_revisions()
    if script.path.endswith("_plans_before_approval.py")
)


def _held_back(database: Servers) -> tuple[bool, int]:
    """Whether the plan is kept, and how many texts are of it."""
    with connect(database.owner_url) as raw:
        kept = raw.execute("SELECT kept FROM inspection").fetchone()
        texts = raw.execute("SELECT count(plan_id) FROM opinion").fetchone()
    assert kept is not None
    assert texts is not None
    return bool(kept[0]), int(texts[0])


@pytest.mark.parametrize(
    ("approved", "cancelled", "stands"),
    [
        (False, False, (True, 1)),
        (False, True, (True, 2)),
        (True, False, (False, 2)),
        (True, True, (False, 3)),
    ],
)
def test_what_stood_before(
    college: Flask,
    database: Servers,
    approved: bool,
    cancelled: bool,
    stands: tuple[bool, int],
) -> None:
    public_id = draft(college, "A01", **acts.SECOND)
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        acts.plan(actor)
        if approved:
            acts.approve(actor)
        if cancelled:
            viewer, item = actor.item(OFFICE)
            commands.cancel(viewer, item, acts.visit(actor), intent(None, REASON))
        assert _held_back(database) == stands
        db.session.remove()
        flask_migrate.downgrade(revision=str(MIGRATION.down_revision))
        flask_migrate.upgrade(revision="head")
        db.engine.dispose()
    assert _held_back(database) == stands
