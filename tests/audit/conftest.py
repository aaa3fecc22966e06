"""The sealed log of the sample college's first item, made once and copied for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.audit import sealing
from portal.clock import Clock
from portal.embedded import Servers, clone_database, drop_database
from portal.extensions import db
from tests.audit.log import Log
from tests.conftest import ANCHOR, test_settings
from tests.people import draft, sign_in
from tests.test_main_line import LINE, Act, walk

FILED = Act("何玉萍", "/filing", "filed", {"hold": "y"})

_numbers = itertools.count(1)


def _app(servers: Servers, folder: Path, *, worker: bool = False) -> Flask:
    url = servers.worker_url if worker else servers.database_url
    settings = test_settings(replace(servers, database_url=url), folder)
    app = create_app(settings, clock=Clock.standing_at(ANCHOR))
    app.config["TESTING"] = True
    return app


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="package")
def sealed_template(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Six events of A01 — 拟稿, 提交, 审签, 审核, 审定, 编号备案 — all sealed."""
    name = f"{run_name}_sealed"
    clone = clone_database(servers, name, college_template)
    folder = tmp_path_factory.mktemp("sealed")
    web = _app(clone, folder)
    walk(web, lambda who: sign_in(web, who), draft(web, "A01"), (*LINE[:4], FILED))
    worker = _app(clone, folder, worker=True)
    with worker.app_context():
        assert sealing.seal() == 6
    for app in (web, worker):
        _close(app)
    yield name
    drop_database(servers, name)


@pytest.fixture
def log(servers: Servers, run_name: str, sealed_template: str, tmp_path: Path) -> Iterator[Log]:
    """The sealed log, for this test alone."""
    name = f"{run_name}_log{next(_numbers)}"
    clone = clone_database(servers, name, sealed_template)
    found = Log(_app(clone, tmp_path), _app(clone, tmp_path, worker=True), clone, [])
    found.ids.extend(event_id for _position, event_id, _digest in found.chain())
    yield found
    for app in (found.web, found.worker):
        _close(app)
    drop_database(servers, name)
