"""The scheduler's slots: two schedulers run each once, and Redis may be away."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path

import pytest
import redis

from jobs.schedule import SCHEDULE, Row
from jobs.scheduler import Scheduler
from portal.embedded import Servers
from portal.queue import connect
from tests.processes import ROOT, environment, eventually

EVERY_SECOND = Row("each", 1, "nowhere:nothing", "test")
PROCESS = """
import sys, time
from jobs.schedule import Row
from jobs.scheduler import Scheduler
from portal.queue import connect
scheduler = Scheduler(connect(sys.argv[1]), (Row("each", 1, "nowhere:nothing", "test"),))
end = time.monotonic() + 4
while time.monotonic() < end:
    if scheduler.tick():
        print(scheduler.seen["each"])
    time.sleep(0.01)
"""


@pytest.fixture
def servers(own_servers: Servers, client: redis.Redis) -> Servers:
    """With an empty queue."""
    return own_servers


def test_every_command_of_the_table_exists() -> None:
    for row in SCHEDULE:
        module, _, function = row.command.partition(":")
        assert callable(getattr(import_module(module), function)), row
        assert row.every > 0
    assert len({row.name for row in SCHEDULE}) == len(SCHEDULE)


def test_two_schedulers_take_each_slot_once(servers: Servers, folder: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, servers.redis_url],
            cwd=ROOT,
            env=environment(folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    slots = [line for process in processes for line in process.communicate(timeout=30)[0].split()]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(slots) >= 4
    assert len(slots) == len(set(slots)), slots
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.llen("rq:queue:default") == len(slots)


def test_a_row_is_due_once_a_slot(servers: Servers) -> None:
    with connect(servers.redis_url) as client:
        rows = (Row("daily", 86_400, "nowhere:nothing", "test"),)
        first, second = Scheduler(client, rows), Scheduler(client, rows)
        assert first.tick() == ["daily"]
        assert second.tick() == []
        assert first.tick() == []


def test_goes_on_when_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    with connect("redis://127.0.0.1:1/0") as client:
        scheduler = Scheduler(client, (EVERY_SECOND,))
        runner = threading.Thread(target=scheduler.run, args=(stop, 0.01))
        runner.start()
        assert eventually(lambda: "Redis is away" in caplog.text, 5)
        stop.wait(0.3)
        stop.set()
        runner.join(5)
    assert not runner.is_alive()
    assert caplog.text.count("Redis is away") == 1
