"""Runs the schedule: every due slot is taken in Redis first, so any number of schedulers may run.

The slots are counted by Redis's own clock, which all schedulers share.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence

from redis import Redis
from redis.exceptions import RedisError

from jobs.schedule import SCHEDULE, Row
from portal.queue import push

log = logging.getLogger(__name__)


class Scheduler:
    """Enqueues the rows whose slot has come and was not taken by another scheduler."""

    def __init__(self, client: Redis, rows: Sequence[Row] = SCHEDULE) -> None:
        self.client = client
        self.rows = rows
        self.seen: dict[str, int] = {}  # the last slot of each row, whoever took it

    def tick(self) -> list[str]:
        """Enqueue what is due; returns the rows' names. Raises RedisError."""
        now = self.client.time()[0]
        done = []
        for row in self.rows:
            slot = now // row.every
            if self.seen.get(row.name) == slot:
                continue
            if self.client.set(f"slot:{row.name}:{slot}", "1", nx=True, ex=2 * row.every):
                push(self.client, "jobs.tasks.scheduled", row.name, waits=row.every)
                done.append(row.name)
            self.seen[row.name] = slot
        return done

    def run(self, stop: threading.Event, pause: float = 1.0) -> None:
        """Until `stop` is set. With Redis away it waits, saying so once."""
        away = False
        while not stop.is_set():
            try:
                for name in self.tick():
                    log.info("enqueued %s", name)
                if away:
                    log.info("Redis is back")
                away = False
            except RedisError as error:
                if not away:
                    log.warning("Redis is away (%s); waiting", type(error).__name__)
                away = True
            stop.wait(pause)


def run(redis_url: str) -> None:
    """The scheduler's process: until SIGTERM or SIGINT."""
    from portal.queue import connect

    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    Scheduler(connect(redis_url)).run(stop)
