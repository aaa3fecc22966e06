"""A queue server of this folder's own, and a worker of the sample jobs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from portal import embedded
from portal.config import Settings
from portal.embedded import Servers, attach
from tests.processes import ROOT, data_directory, environment


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_directory() as folder:
        yield folder
        embedded.release(folder)


@pytest.fixture(scope="module")
def own_servers(folder: Path) -> Servers:
    return attach(Settings(data_dir=folder))


@pytest.fixture
def client(own_servers: Servers) -> Iterator[redis.Redis]:
    """The queue server, emptied."""
    with redis.Redis.from_url(own_servers.redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture
def worker(own_servers: Servers, folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own; its log is `tmp_path / "log"`."""
    addresses = [own_servers.worker_url, own_servers.redis_url]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.samples", *addresses],
            cwd=ROOT,
            env=environment(folder, NOTES=str(tmp_path)),
            stdout=log,
            stderr=log,
        )
    yield process
    process.terminate()
    try:
        process.wait(10)
    finally:
        process.kill()
