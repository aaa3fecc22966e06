"""The migration of files of steps, with rows: going back loses no file."""

from __future__ import annotations

import flask_migrate
from alembic.script import ScriptDirectory
from flask import Flask

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.web import MIGRATIONS
from tests.attachments import files
from tests.steps.work import HANDLER, As, Draft, apply_close, at_work, report

SHEET = ("台账.xlsx", files.xlsx("甲"))
MIGRATION = next(
    script
    for script in ScriptDirectory(MIGRATIONS).walk_revisions()
    if script.path.endswith("_files_of_steps.py")
)


def _move(app: Flask, database: Servers, revision: object) -> list[tuple[str, bool]]:
    """The purpose of each file, and whether a unit handed it in, when the tables stand there."""
    with app.app_context():
        db.session.remove()
        known = flask_migrate.upgrade if revision == "head" else flask_migrate.downgrade
        known(revision=str(revision))
        db.engine.dispose()
    with connect(database.owner_url) as raw:
        found = raw.execute("SELECT purpose, unit_id IS NOT NULL FROM attachment ORDER BY id")
        return [(str(row[0]), bool(row[1])) for row in found]


def test_files_of_acts_are_evidence_before(
    college: Flask, database: Servers, as_: As, draft_item: Draft
) -> None:
    """A report's and an application's files stay with their unit, a scan with the form."""
    public_id = at_work(college, as_, draft_item)
    assert report(as_(HANDLER), public_id, SHEET).status == 303
    assert apply_close(as_(HANDLER), public_id, SHEET).status == 303
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE attachment SET purpose = 'scan', unit_id = NULL, subject = 'approval_slot'"
            " WHERE purpose = 'closing'"
        )
    before = [("evidence", True), ("filing", False)]
    assert _move(college, database, MIGRATION.down_revision) == before
    assert _move(college, database, "head") == before
