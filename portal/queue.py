"""The queue, seen from the portal: jobs are enqueued by name and carry one id, nothing of an item.

A job that could not be enqueued is not lost: its row says what is to be done, and the
scheduler's sweep finds it (design: RQ carries work, the database carries truth).
"""

from __future__ import annotations

import logging

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "default"
JOB_SECONDS = 180
_FAILURE_KEPT = 86_400  # seconds; the row, not the queue, remembers longer


def connect(url: str) -> Redis:
    """A client that gives up at once: the web process works with Redis down."""
    return Redis.from_url(
        url, socket_connect_timeout=1, socket_timeout=5, retry=Retry(NoBackoff(), 0)
    )


def enqueue(name: str, row_id: int, waits: int | None = None, seconds: int = JOB_SECONDS) -> bool:
    """Have a worker run `jobs.tasks.<name>` for row `row_id`. Call it after the commit.

    Dropped if no worker takes it within `waits` seconds (None: kept); ended after `seconds`.
    False when Redis is away or refuses: the row remains and the sweep picks it up.
    """
    try:
        push(_client(), f"jobs.tasks.{name}", row_id, waits, seconds)
    except RedisError as error:
        log.warning("job %s was not enqueued: %s", name, type(error).__name__)
        return False
    return True


def enqueue_rule(name: str) -> bool:
    """Have a worker run the row `name` of the schedule now, beside its own times.

    False when Redis is away: its next turn does the same.
    """
    try:
        push(_client(), "jobs.tasks.scheduled", name, waits=60)
    except RedisError as error:
        log.warning("rule %s was not enqueued: %s", name, type(error).__name__)
        return False
    return True


def push(
    client: Redis,
    function: str,
    argument: int | str,
    waits: int | None = None,
    seconds: int = JOB_SECONDS,
) -> None:
    """Enqueue a function by name; dropped if no worker takes it within `waits` seconds, ended
    after `seconds`.

    Raises RedisError.
    """
    Queue(QUEUE, connection=client, serializer=JSONSerializer).enqueue(
        function,
        argument,
        job_timeout=seconds,
        ttl=waits,
        result_ttl=0,
        failure_ttl=_FAILURE_KEPT,
        description=function,
    )


def _client() -> Redis:
    """One client a process and application; its connections are made anew after a fork."""
    client: Redis | None = current_app.extensions.get("portal.redis")
    if client is None:
        client = connect(current_app.extensions["portal.settings"].redis_url)
        current_app.extensions["portal.redis"] = client
    return client
