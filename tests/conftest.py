"""Fixtures: real servers, one fresh database a test, the sample college, people signed in.

The embedded servers serve the whole run, from the wheels or, with PORTAL_SERVERS=system,
from the system's own PostgreSQL and Redis.
"""

from __future__ import annotations

import gc
import itertools
import os
import uuid
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_migrate
import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from portal import create_app
from portal.clock import Clock
from portal.config import Settings, load_settings
from portal.embedded import Servers, attach, clone_database, connect, create_database, drop_database
from portal.extensions import db
from tests import scenes
from tests.gate import SECRET_KEY
from tests.lanes import Lane, let_go, pooled
from tests.scenes import Scenes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ANCHOR = date(2026, 11, 23)
ROOT = Path(__file__).resolve().parent.parent
_names = itertools.count(1)


def test_settings(servers: Servers, data_dir: Path) -> Settings:
    """Settings of an app on these servers."""
    return Settings(
        data_dir=data_dir,
        database_url=servers.database_url,
        database_owner_url=servers.owner_url,
        redis_url=servers.redis_url,
        secret_key=SECRET_KEY,
        demo=True,
        today=ANCHOR,
    )


test_settings.__test__ = False  # type: ignore[attr-defined]  # a helper, not a test


LONGEST = (
    "test_matrix.py", "test_history.py", "test_main_line_in_browser.py", "test_need_to_know.py",
    "test_kills.py", "test_usual_commands.py", "test_run_bootstrap.py",
)  # fmt: skip
"""Files of more than half a minute: a process that comes to one last keeps the others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks the database, so that CI can repeat just that on the system's servers; the
    longest files come first."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
    for item in items:
        if {"servers", "database", "app"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.data)


def _migrated(servers: Servers, data_dir: Path) -> Flask:
    app = create_app(test_settings(servers, data_dir), clock=Clock.standing_at(ANCHOR))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    return app


def close(app: Flask) -> None:
    """Let go of the app's connections."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            let_go(engine)


@pytest.fixture(scope="session", autouse=True)
def garbage_looked_for_less() -> None:
    """What is imported stays; looking for garbage at every step were a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test makes an application of its own; its templates are compiled once a process."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """What an address is matched with and built by follows from its rule alone; four hundred rules
    an application were a fifth of a test's time."""
    compiled: dict[Hashable, Any] = {}
    compile_anew = Rule.compile

    def compile_once(self: Rule) -> None:
        key = (self.rule, self.subdomain, self.merge_slashes, self.is_leaf, repr(self.defaults))
        if key not in compiled:
            compile_anew(self)
            compiled[key] = (
                self._parts, self._trace, self._converters, self.arguments,
                self._build.__func__, self._build_unknown.__func__,  # type: ignore[attr-defined]
            )  # fmt: skip
        self._parts, self._trace, self._converters, arguments, build, unknown = compiled[key]
        self.arguments = set(arguments)
        self._build, self._build_unknown = build.__get__(self), unknown.__get__(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """The applications' engines share what a statement compiles to: the database is the same but
    for its name, and compiling were a third of a page's time."""
    first: list[Engine] = []
    made, cache = SQLAlchemy._make_engine, LRUCache(5000)

    def make(self: SQLAlchemy, key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = pooled(options, lambda: made(self, key, options, app))
        if first:
            engine.dialect = engine.pool._dialect = first[0].dialect
            engine._compiled_cache = cache
        else:
            first.append(engine)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", make)
        yield


@pytest.fixture(scope="session")
def servers() -> Servers:
    """PostgreSQL and Valkey for the whole run."""
    data_dir = Path(os.environ.get("PORTAL_TEST_DATA_DIR", ROOT / "var" / "test"))
    programs = os.environ.get("PORTAL_SERVERS", "")
    made = attach(load_settings({"PORTAL_DATA_DIR": str(data_dir), "PORTAL_SERVERS": programs}))
    with connect(made.admin_url) as raw:
        # Nothing of a test outlives the run; the tests of crashes have servers of their own.
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            raw.execute(f"ALTER SYSTEM SET {setting} = off")
        raw.execute("SELECT pg_reload_conf()")
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a process: Playwright refuses to be started twice in it.

    Missing it is an error that says how to install it, never a skip.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import chromium

    with sync_playwright() as playwright, chromium(playwright) as started:
        yield started


@pytest.fixture(scope="session")
def run_name() -> str:
    """A name that two runs at once do not share."""
    return f"t{os.getpid()}"


@pytest.fixture(scope="session")
def empty_template(
    servers: Servers, run_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with all tables and no row."""
    name = f"{run_name}_empty"
    close(_migrated(create_database(servers, name), tmp_path_factory.mktemp("empty")))
    yield name
    drop_database(servers, name)


@pytest.fixture(scope="session")
def college_template(
    servers: Servers, run_name: str, empty_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with the people and units of the sample college."""
    from portal.demo import load_college

    name = f"{run_name}_college"
    clone = clone_database(servers, name, empty_template)
    app = create_app(
        test_settings(clone, tmp_path_factory.mktemp("college")), clock=Clock.standing_at(ANCHOR)
    )
    load_college(app)
    close(app)
    yield name
    drop_database(servers, name)


@pytest.fixture(scope="session")
def college_lane(servers: Servers, run_name: str, college_template: str) -> Iterator[Lane]:
    """The database of this process that its tests use one after the other."""
    lane = Lane(servers, run_name, college_template)
    yield lane
    lane.drop()


@pytest.fixture(scope="session")
def college_scenes(college_lane: Lane) -> Scenes:
    """What tests of this process bring about again and again."""
    return Scenes(college_lane)


@pytest.fixture
def database(college_lane: Lane, college_scenes: Scenes) -> Iterator[Servers]:
    """A database with the sample college, for this test alone while it runs."""
    servers = college_lane.take()
    college_scenes.begin()
    scenes.current = college_scenes
    yield servers
    scenes.current = None
    college_lane.give_back()


@pytest.fixture
def college(database: Servers, tmp_path: Path) -> Iterator[Flask]:
    """The portal with the sample college."""
    app = create_app(test_settings(database, tmp_path), clock=Clock.standing_at(ANCHOR))
    app.config["TESTING"] = True
    yield app
    close(app)


@pytest.fixture
def worker(database: Servers, college: Flask) -> Iterator[Flask]:
    """The application as a worker builds it, on the same files as the web's."""
    settings = college.extensions["portal.settings"]
    made = create_app(
        replace(settings, database_url=database.worker_url),
        clock=Clock.standing_at(ANCHOR),
        worker=True,
    )
    yield made
    close(made)


@pytest.fixture
def app(servers: Servers, run_name: str, empty_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal on empty tables."""
    name = f"{run_name}_{next(_names)}"
    clone = clone_database(servers, name, empty_template)
    made = create_app(
        replace(test_settings(clone, tmp_path), demo=False, today=None),
        clock=Clock.standing_at(ANCHOR),
    )
    made.config["TESTING"] = True
    yield made
    close(made)
    drop_database(servers, name)


@pytest.fixture
def client(college: Flask) -> FlaskClient:
    """Nobody signed in."""
    return college.test_client()


@pytest.fixture
def as_(college: Flask) -> Callable[[str], FlaskClient]:
    """A client signed in as the person with this 工号 (or name) of the sample college."""
    from tests.people import sign_in

    return lambda who: sign_in(college, who)


@pytest.fixture
def draft_item(college: Flask) -> Callable[..., uuid.UUID]:
    """Make a draft of the sample (A01 by default, fields may be given); its public id."""
    from tests.people import draft

    def make(sample: str = "A01", **fields: Any) -> uuid.UUID:
        return draft(college, sample, **fields)

    return make
