"""What the worker reads from Redis: its jobs and its queue, where anybody's bytes may lie.

An entry that is no job is logged without its content and taken away; from then on it counts as a
job that does not exist, which RQ passes over everywhere. Nothing is lost: the database knows what
is to be done (design: RQ carries work, the database carries truth).
"""

from __future__ import annotations

import logging
import re
import traceback
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue
from rq.exceptions import NoSuchJobError, TimeoutFormatError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job

log = logging.getLogger("rq.worker")  # where the worker's own lines stand

NEEDED = (b"data", b"origin", b"status", b"created_at", b"timeout")
LARGEST = 10_000  # bytes of packed data; a job of the portal has about a hundred
LONGEST = 3600  # seconds a job may ask for
_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")

UNREADABLE = (
    AssertionError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
    ResponseError,
    TimeoutFormatError,
    TypeError,
    ValueError,
    zlib.error,
)
"""How reading fails at what is malformed; a lost connection is none of these."""


class PortalJob(Job):
    """A job, read strictly, of which no more is ever called than its function."""

    def refresh(self) -> None:
        """Read what Redis holds. NoSuchJobError if there is none, or was none that is sound."""
        try:
            stored = self.connection.hgetall(self.key)
            if stored:
                _check(stored)
                self.restore(stored)
                _check_timeout(self.timeout)
                return
        except UNREADABLE as error:
            log.error("job %s refused: malformed: %s", self.id, scrubbed(error))
            self.connection.delete(self.key)
        raise NoSuchJobError

    def execute_failure_callback(self, *_args: Any) -> None:
        """Never: RQ would call it for an abandoned job without asking the worker's list."""

    def send_webhooks(self, *_args: Any, **_options: Any) -> None:
        """Never, for the same reason."""


def _check(stored: Mapping[Any, Any]) -> None:
    """LookupError, ValueError or zlib.error for a hash that is no job of the portal."""
    for name in NEEDED:
        if not stored[name]:
            raise ValueError("empty")
    if len(stored[b"data"]) > LARGEST:
        raise ValueError("too large")
    zlib.decompress(stored[b"data"])  # RQ itself would take what it cannot unpack as it is


def _check_timeout(seconds: float | None) -> None:
    if seconds is None or not 0 < seconds <= LONGEST:
        raise ValueError("timeout")


class PortalQueue(Queue):
    """A queue that takes away what cannot be a job's id."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> Any:
        """The next id, moved to the ids between; as RQ's own."""
        while True:
            found = super().lmove(connection, queue_key, timeout)
            if found is None or _is_id(found[1]):
                return found
            between = IntermediateQueue.get_intermediate_queue_key(queue_key)
            connection.lrem(between, 1, found[1])

    @classmethod
    def lpop(cls, queue_keys: Any, timeout: int | None, connection: Redis | None = None) -> Any:
        """The next id of several queues; as RQ's own."""
        while True:
            found = super().lpop(queue_keys, timeout, connection=connection)
            if found is None or _is_id(found[1]):
                return found


def forget_running(queue: Queue) -> None:
    """Drop what Redis keeps of running jobs and of tidying up; `sweep` asks for them again."""
    kept = (queue.started_job_registry.key, queue.intermediate_queue.key)
    queue.connection.delete(*kept, queue.registry_cleaning_key)


def scrubbed(error: BaseException) -> str:
    """The kinds of the error and its causes, and the lines of code it passed through."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
    return f"{' < '.join(kinds)} at {where}"


def _is_id(entry: bytes) -> bool:
    sound = bool(_ID.fullmatch(entry))
    if not sound:
        log.error("an entry of the queue refused: no id, %d bytes", len(entry))
    return sound
