"""Numbers given out before every number in use stood in one table: they are there afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import flask_migrate
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select, text

from portal.extensions import db
from portal.models import NumberSequence
from portal.web import MIGRATIONS
from tests.rooms.number_pages import numbered
from tests.shaping import shape


def test_what_was_numbered_before_stays_numbered(
    college: Flask, draft_item: Callable[..., uuid.UUID]
) -> None:
    """The first number of a year is that of its first item, else the counter's next."""
    shape(college, draft_item("A01"), **numbered(36))
    shape(college, draft_item("A03"), **numbered(38))
    script = next(
        one
        for one in ScriptDirectory(MIGRATIONS).walk_revisions()
        if one.path.endswith("_numbers.py")
    )
    with college.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision=str(script.down_revision))
        flask_migrate.upgrade()
        taken = db.session.execute(text("SELECT year, seq, kind FROM number_register()")).all()
        counters = db.session.execute(
            select(NumberSequence.year, NumberSequence.start, NumberSequence.value)
        ).all()
    assert sorted(map(tuple, taken)) == [(2026, 36, "item"), (2026, 38, "item")]
    assert sorted(map(tuple, counters)) == [(2025, 41, 40), (2026, 36, 38)]
