"""Brings a database up to date: roles, tables, the sample college."""

from __future__ import annotations

from datetime import timedelta

import flask_migrate
from sqlalchemy import create_engine

from portal import create_app, gate_secret
from portal.config import Settings, demo_mark
from portal.embedded import attach, connect, roles
from portal.rulebook.identity import Prover
from portal.secret import renew, secret_key
from portal.web import MIGRATIONS


def migrate(settings: Settings) -> None:
    """Run the migrations that are missing, as the role that owns the tables."""
    with create_app(settings).app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))


def create_roles(superuser_url: str) -> None:
    """Create the three roles and the database on a server of one's own; may run twice."""
    with connect(superuser_url) as connection:
        roles.ensure_roles(connection)
        roles.ensure_database(connection)


def load_demo(settings: Settings) -> None:
    """Load the sample college; a second time changes nothing.

    With `database_url` it is to be the worker's: the clock acts in the sample's history too.
    """
    from portal import demo

    load = demo.load if settings.demo_items else demo.load_college
    load(create_app(settings, worker=True))
    if not settings.database_url:
        demo_mark(settings).touch()


def rekey(settings: Settings, *, new: bool, keep: timedelta) -> bool:
    """Tell the database the application's secret, a `new` one if asked; False if it knew it.

    What it knew before is believed for `keep` more. Works where the portal refuses to start.
    """
    if new:
        renew(settings)
    engine = create_engine(attach(settings).owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            return gate_secret.replace(connection, Prover(secret_key(settings)), keep)
    finally:
        engine.dispose()
