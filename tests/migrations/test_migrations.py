"""Every migration up and down, and the tables as the models say; the gate on every guarded one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers, connect, create_database, drop_database
from portal.extensions import db
from portal.models import Guarded
from portal.models.base import Base
from portal.web import MIGRATIONS
from tests.conftest import ANCHOR, test_settings

REVISIONS = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]
GUARDED = sorted(
    mapper.class_.__tablename__
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Guarded)
)


@pytest.fixture
def bare(servers: Servers, run_name: str, tmp_path: Path) -> Iterator[tuple[Flask, Servers]]:
    """The portal on a database without tables."""
    name = f"{run_name}_bare"
    made = create_database(servers, name)
    app = create_app(test_settings(made, tmp_path), clock=Clock.standing_at(ANCHOR))
    yield app, made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    drop_database(servers, name)


def _tables(servers: Servers) -> set[str]:
    with connect(servers.owner_url) as raw:
        rows = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {str(row[0]) for row in rows}


@pytest.mark.parametrize(
    "singly", [REVISIONS[-12:], pytest.param(REVISIONS, marks=pytest.mark.long)]
)
def test_each_migration_goes_up_and_down_and_up(
    bare: tuple[Flask, Servers], singly: Sequence[str]
) -> None:
    """Down takes away all that up made, one by one of `singly`; after all nothing is left."""
    app, made = bare
    with app.app_context():
        for revision in singly:
            flask_migrate.upgrade(revision=revision)
            flask_migrate.downgrade(revision="-1")
            flask_migrate.upgrade(revision=revision)
        flask_migrate.downgrade(revision="base")
    assert _tables(made) == {"alembic_version"}
    with connect(made.owner_url) as raw:
        functions = raw.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        ).fetchall()
    assert functions == []


def test_the_migrated_tables_are_those_of_the_models(bare: tuple[Flask, Servers]) -> None:
    """`flask db check` finds nothing to add."""
    app, made = bare
    with app.app_context():
        flask_migrate.upgrade()
        flask_migrate.check()
    assert _tables(made) == {*Base.metadata.tables, "alembic_version"}


def test_row_level_security_is_on_every_guarded_table(app: Flask) -> None:
    """第二十一条: policies for both roles, readers copied, and the roles own nothing."""
    assert len(GUARDED) > 60
    with app.app_context():
        for table in GUARDED:
            _is_guarded(table)


APART = (
    "batch", "item_mark", "item_template", "ledger_export", "ledger_release", "ledger_view",
    "message", "own_phrase", "scan_batch", "scan_file", "scan_sheet", "signature_picture",
    "signing_list", "spill", "transfer_list", "typed_text", "workbook_import", "year_package",
)  # fmt: skip
"""No item to take its readers from: one person's own, or an office's."""


def _is_guarded(table: str) -> None:
    on, owner = db.session.execute(
        text(
            "SELECT relrowsecurity, pg_get_userbyid(relowner) FROM pg_class"
            " WHERE oid = to_regclass(:table)"
        ),
        {"table": table},
    ).one()
    policies = db.session.execute(
        text(
            "SELECT policyname, qual FROM pg_policies"
            " WHERE tablename = :table AND permissive = 'PERMISSIVE' ORDER BY 1"
        ),
        {"table": table},
    ).all()
    triggers = db.session.scalars(
        text("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table)"),
        {"table": table},
    ).all()
    assert on, table
    assert owner == "portal_owner", table
    assert [row.policyname for row in policies] == [f"{table}_web", f"{table}_worker"]
    assert all("FROM gate" in row.qual for row in policies), "keys without a proof"
    assert (f"{table}_readers" in triggers) == (table not in APART), table


def test_no_other_table_points_into_a_guarded_one(app: Flask) -> None:
    """No foreign key leads from an open table to a guarded one: nothing leaks by joining."""
    with app.app_context():
        inspector = inspect(db.engine)
        leaks = [
            (table, key["referred_table"])
            for table in inspector.get_table_names()
            if table not in GUARDED
            for key in inspector.get_foreign_keys(table)
            if key["referred_table"] in GUARDED
        ]
    assert leaks == []
