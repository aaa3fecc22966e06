"""Filled databases, made once and kept as templates: a bench gets a copy of its own.

The name of a template says how many items it holds and a digest of what they were made by, so that
one of an older filling is not used again but dropped. To new tables it is migrated, as a portal is.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from bench.filling import college
from bench.filling.items import fill
from bench.filling.matters import Drawing
from portal import create_app
from portal.clock import Clock
from portal.config import Settings
from portal.demo import load_college
from portal.embedded import Servers, clone_database, connect, create_database, drop_database
from portal.extensions import db
from portal.rulebook import working_calendar

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = ROOT / "var" / "bench"
TODAY = date(2026, 11, 23)
MADE_OF = ("bench/filling/*.py", "portal/demo/**/*.json")


@contextmanager
def filled(
    servers: Servers, count: int, weights: Mapping[str, float] | None = None
) -> Iterator[Servers]:
    """A database of the sample college with so many items, dropped in the end.

    `weights`: the states of the items and how frequent each is, if not those of ten years.
    """
    template = kept(servers, count, weights)
    name = f"{template}_copy"
    drop_database(servers, name)
    try:
        yield clone_database(servers, name, template)
    finally:
        drop_database(servers, name)


def kept(servers: Servers, count: int, weights: Mapping[str, float] | None = None) -> str:
    """The name of the template with so many items, which is made if it is not there."""
    said = "_".join((str(count), *(weights or {})))
    name = f"bench_{said}_{_digest()}"
    _drop_older(servers, f"bench_{said}_", name)
    if not (_exists(servers, name) and _migrated(servers, name)):
        drop_database(servers, name)
        making = f"{name}_making"
        drop_database(servers, making)
        _make(create_database(servers, making), count, weights)
        _rename(servers, making, name)
    return name


def _migrated(servers: Servers, name: str) -> bool:
    """Bring the template to the tables of today; False if it stands at a migration that is none."""
    app = application(_at(servers, name))
    try:
        with app.app_context():
            flask_migrate.upgrade()
    except SystemExit:  # as flask_migrate answers a revision that it does not know
        return False
    finally:
        let_go(app)
    return True


def application(servers: Servers) -> Flask:
    """The portal on these servers, at the sample's day."""
    settings = Settings(
        data_dir=DATA_DIR,
        database_url=servers.database_url,
        database_owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        demo=True,
        today=TODAY,
    )
    return create_app(settings, clock=Clock.standing_at(TODAY))


def let_go(app: Flask) -> None:
    """Give back the connections, so that the database may be copied or dropped."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def fill_database(
    app: Flask, ours: Servers, count: int, weights: Mapping[str, float] | None = None
) -> int:
    """So many items into the sample college of this application; how many rows."""
    clock: Clock = app.extensions["portal.clock"]
    today = clock.today()
    with app.app_context():
        calendar = working_calendar.current()
    with connect(ours.owner_url) as connection:
        people = college.read(connection, today)
    with superuser(ours) as connection:
        return fill(connection, Drawing(people, calendar, today, count, weights))


def superuser(ours: Servers) -> psycopg.Connection[tuple[object, ...]]:
    """To this database, as the one who may leave out triggers and whom the gate does not bind."""
    url = make_url(ours.admin_url).set(database=make_url(ours.owner_url).database)
    return connect(url.render_as_string(hide_password=False))


def _make(ours: Servers, count: int, weights: Mapping[str, float] | None) -> None:
    began = time.monotonic()
    app = application(ours)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    load_college(app)
    total = fill_database(app, ours, count, weights)
    let_go(app)
    with superuser(ours) as connection:
        connection.execute("VACUUM ANALYZE")
    seconds = time.monotonic() - began
    print(f"{count:,} items, {total:,} rows, filled in {seconds:.0f} s", flush=True)


def _at(servers: Servers, name: str) -> Servers:
    """The addresses of another database of these servers."""
    ours, owners = (
        make_url(url).set(database=name).render_as_string(hide_password=False)
        for url in (servers.database_url, servers.owner_url)
    )
    return replace(servers, database_url=ours, owner_url=owners)


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _exists(servers: Servers, name: str) -> bool:
    with connect(servers.admin_url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def _drop_older(servers: Servers, beginning: str, name: str) -> None:
    with connect(servers.admin_url) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
            [beginning, name],
        ).fetchall()
    for (older,) in rows:
        drop_database(servers, str(older))


def _rename(servers: Servers, name: str, new: str) -> None:
    with connect(servers.admin_url) as connection:
        connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{new}"'.encode())
