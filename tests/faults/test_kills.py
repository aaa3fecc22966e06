"""Every process of `portal up` killed with -9, one after the other and all at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal.config import Settings
from portal.embedded import attach, connect, release
from tests.processes import ROLES, Up, data_directory, eventually, kill_all, of_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_directory() as folder:
        yield folder


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Up]:
    """One portal for the tests of this module; the last one starts it anew."""
    up = Up(folder, "--port", "0")
    up.address()
    assert eventually(up.is_whole, 20), up.said()
    servers = attach(Settings(data_dir=folder))
    with connect(servers.owner_url) as connection:
        connection.execute("CREATE TABLE kept (id serial, note text)")
    yield up
    release(folder)
    if up.process.poll() is None:
        assert up.stop() < 10


def note(folder: Path, text: str) -> None:
    """Write one row; it must still be there at the end."""
    with connect(attach(Settings(data_dir=folder)).owner_url) as connection:
        connection.execute("INSERT INTO kept (note) VALUES (%s)", [text])


def notes(folder: Path) -> list[str]:
    with connect(attach(Settings(data_dir=folder)).owner_url) as connection:
        return [str(row[0]) for row in connection.execute("SELECT note FROM kept ORDER BY id")]


def can_read(folder: Path, text: str) -> bool:
    """The database may still be recovering: then not yet."""
    try:
        return text in notes(folder)
    except psycopg.OperationalError:
        return False


@pytest.mark.parametrize(
    "role",
    # tests/embedded kills a keeper in every run
    [pytest.param(role, marks=pytest.mark.long if role == "keeper" else ()) for role in ROLES],
)
def test_one_killed_process_comes_back_and_nothing_is_lost(
    running: Up, folder: Path, role: str
) -> None:
    assert eventually(running.is_whole, 40), running.said()
    note(folder, role)
    victim = running.pids(role)[0]
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: not psutil.pid_exists(victim) or is_zombie(victim), 5)
    assert eventually(running.is_whole, 40), running.said()
    assert victim not in running.pids(role)
    assert eventually(lambda: can_read(folder, role), 20)


def is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_all_killed_at_once_and_started_again(running: Up, folder: Path) -> None:
    assert eventually(running.is_whole, 40), running.said()
    note(folder, "before the end")
    before = notes(folder)
    kill_all(of_folder(folder))
    running.process.wait(10)
    assert eventually(lambda: not of_folder(folder), 10), of_folder(folder)
    again = Up(folder, "--port", "0")
    again.address()
    assert eventually(again.is_whole, 20), again.said()
    assert notes(folder) == before
    release(folder)
    assert again.stop() < 10


@pytest.mark.long  # all at once are killed in every run
def test_killing_the_supervisor_alone_leaves_no_process_behind(folder: Path) -> None:
    release(folder)
    up = Up(folder, "--port", "0")
    up.address()
    up.process.kill()
    up.process.wait(10)
    assert eventually(lambda: not of_folder(folder), 20), of_folder(folder)
