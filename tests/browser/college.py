"""The sample college in a database of its own, for pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask_migrate import upgrade
from werkzeug.routing import Map

from portal import create_app, demo
from portal.clock import Clock
from portal.config import load_settings
from portal.demo.drafts import FIRST
from portal.embedded import Servers, attach, create_database, drop_database
from portal.web import MIGRATIONS
from tests.browser.live import ROOT
from tests.conftest import ANCHOR, test_settings
from tests.people import draft


class College(NamedTuple):
    """Where it lies, and the kinds of addresses that the portal has."""

    servers: Servers
    places: Map


def first_drafts(app: Flask) -> None:
    """The people, and the two drafts that the walk along the main line knows of."""
    demo.load_college(app)
    first, second = FIRST
    draft(app, first, co_units=["HGC"])  # the walk knows of this one co-unit
    draft(app, second)


@contextmanager
def sample_college(
    files: Path, load: Callable[[Flask], None], *, worker: bool = False
) -> Iterator[College]:
    """A database for this run alone, filled by `load`; `worker`: with the rights of the clock,
    which the whole history needs."""
    data_dir = Path(os.environ.get("PORTAL_TEST_DATA_DIR", ROOT / "var" / "test"))
    servers = attach(load_settings({"PORTAL_DATA_DIR": str(data_dir)}))
    name = f"shots_{os.getpid()}"
    try:
        own = create_database(servers, name)
        settings = test_settings(own, files)
        with create_app(settings).app_context():
            upgrade(directory=str(MIGRATIONS))
        web = create_app(settings, clock=Clock.standing_at(ANCHOR))
        load(_as_worker(own, files) if worker else web)
        yield College(own, web.url_map)
    finally:
        drop_database(servers, name)


def _as_worker(servers: Servers, files: Path) -> Flask:
    theirs = Servers(servers.worker_url, servers.worker_url, servers.owner_url, servers.redis_url)
    return create_app(test_settings(theirs, files), clock=Clock.standing_at(ANCHOR), worker=True)
