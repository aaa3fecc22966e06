"""What the portal refuses to run on (design: security, in short)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portal import create_app
from portal.clock import Clock
from portal.demo.guard import DemoAccountsError
from portal.embedded import Servers
from portal.guardrails import UnsafeClock, UnsafeDatabase, UnsafeQueue
from tests.conftest import ANCHOR, close, test_settings


def _start(servers: Servers, data_dir: Path, **changed: object) -> None:
    settings = replace(test_settings(servers, data_dir), **changed)  # type: ignore[arg-type]  # by name
    create_app(settings, clock=Clock.standing_at(ANCHOR))


def test_a_role_that_owns_the_tables_is_refused(database: Servers, tmp_path: Path) -> None:
    """第二十一条: row-level security does not bind the owner."""
    with pytest.raises(UnsafeDatabase):
        _start(database, tmp_path, database_url=database.owner_url)


def test_a_superuser_is_refused(database: Servers, tmp_path: Path) -> None:
    """Nor a superuser."""
    name = database.database_url.rsplit("/", 1)[-1].split("?")[0]
    url = database.admin_url.replace("/postgres?", f"/{name}?")
    with pytest.raises(UnsafeDatabase):
        _start(database, tmp_path, database_url=url)


def test_sample_accounts_are_refused_outside_the_demo(database: Servers, tmp_path: Path) -> None:
    """GB/T 22239: no accounts whose password everybody knows."""
    with pytest.raises(DemoAccountsError):
        _start(database, tmp_path, demo=False, today=None)


def test_a_day_of_its_own_is_the_demos_alone(database: Servers, tmp_path: Path) -> None:
    """A real portal on a set day would let limits pass, and believe offices that have ended."""
    with pytest.raises(UnsafeClock, match="PORTAL_TODAY"):
        _start(database, tmp_path, demo=False)


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("redis://queue.local:6379/0", True),
        ("redis://:secret@queue.local:6379/0", False),
        ("unix:///run/redis/redis.sock", False),
    ],
)
def test_a_queue_without_a_password_is_refused(
    servers: Servers, app: object, tmp_path: Path, url: str, refused: bool
) -> None:
    """Whoever reaches an open queue could hand jobs to the worker."""
    from flask import Flask

    assert isinstance(app, Flask)
    settings = replace(
        test_settings(servers, tmp_path),
        database_url=app.config["SQLALCHEMY_DATABASE_URI"],
        redis_url=url,
        demo=False,
        today=None,
    )
    if refused:
        with pytest.raises(UnsafeQueue):
            create_app(settings)
    else:
        close(create_app(settings))
