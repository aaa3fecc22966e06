"""Brings a database up to date: roles, tables, the sample college."""

from __future__ import annotations

import flask_migrate

from portal import create_app
from portal.config import Settings, demo_mark
from portal.embedded import connect, roles
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
