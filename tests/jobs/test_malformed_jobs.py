"""What lies in Redis where a job should be, and is none: refused, logged, never met again."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from portal.queue import push
from tests.jobs.samples import SECRET
from tests.processes import eventually

LIST, BETWEEN = "rq:queue:default", "rq:queue:default:intermediate"
ODD = "malformed-1"
KEY = f"rq:job:{ODD}"
SOUND = {
    "data": zlib.compress(b'["tests.jobs.samples.note", null, [7], {}]'),
    "origin": "default",
    "status": "queued",
    "created_at": "2026-11-23T00:00:00.000000Z",
    "enqueued_at": "2026-11-23T00:00:00.000000Z",
    "timeout": "180",
    "description": SECRET,
}
WITHIN = 60  # seconds, on a busy machine
Make = Callable[[redis.Redis], object]


def without(*names: str) -> Make:
    return lambda client: client.hset(
        KEY, mapping={name: value for name, value in SOUND.items() if name not in names}
    )


def with_(**fields: object) -> Make:
    return lambda client: client.hset(KEY, mapping={**SOUND, **fields})


MALFORMED: dict[str, Make] = {
    "a field's name that is no text": lambda client: client.hset(KEY, b"\xff\xfe", "1"),
    "no data": without("data"),
    "nothing but data": without(*(set(SOUND) - {"data"})),
    "no timeout": without("timeout"),
    "no queue": without("origin"),
    "data that is not packed": with_(data=SECRET),
    "data that is cut off": with_(data=SOUND["data"][:-6]),
    "data that is damaged": with_(data=SOUND["data"][:8] + b"\x00\x00" + SOUND["data"][10:]),
    "data that is too large": with_(data=zlib.compress(bytes(range(256)) * 80, 0)),
    "a state nobody knows": with_(status=SECRET),
    "a day that is none": with_(created_at=SECRET),
    "a timeout that is none": with_(timeout=SECRET),
    "a timeout without end": with_(timeout="-1"),
    "a text that is none": with_(origin=b"\xff"),
    "a number that is none": with_(result_ttl=SECRET),
    "dependencies that are none": with_(dependency_ids="["),
    "a string": lambda client: client.set(KEY, SECRET),
    "a list": lambda client: client.rpush(KEY, SECRET),
    "a sorted set": lambda client: client.zadd(KEY, {SECRET: 1}),
}
NO_CALLS = (b"no json", b"\xff", b'["one"]', b'{"a": 1}', b"[" * 5000, b"7", SECRET.encode())
NO_IDS = (b"\xff\xfe", b"a:b", b"", b"two words", SECRET.encode(), b"x" * 65)


def _goes_on(client: redis.Redis, folder: Path, number: int) -> None:
    push(client, "tests.jobs.samples.note", number)
    assert eventually((folder / str(number)).exists, WITHIN), (folder / "log").read_text()


def _log(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8")


def test_the_sound_job_runs_and_data_that_calls_nothing_is_refused(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """The first so that each case of this file differs from a job in one thing only."""
    client.hset(KEY, mapping=SOUND)
    client.rpush(LIST, ODD)
    assert eventually((tmp_path / "7").exists, WITHIN), _log(tmp_path)
    # What is kept of it is written after it ran, and would write over the next one.
    assert eventually(lambda: client.hget(KEY, "status") == b"finished", WITHIN), _log(tmp_path)
    for number, data in enumerate(NO_CALLS, 400):
        with_(data=zlib.compress(data))(client)
        client.rpush(LIST, ODD)
        _goes_on(client, tmp_path, number)
    assert _log(tmp_path).count(f"job {ODD} refused: unreadable") == len(NO_CALLS)
    assert SECRET not in _log(tmp_path)


@pytest.mark.long
def test_a_malformed_job_is_refused_and_the_next_one_runs(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """One worker meets them all, each once."""
    for number, (name, make) in enumerate(MALFORMED.items(), 100):
        make(client)
        client.rpush(LIST, ODD)
        _goes_on(client, tmp_path, number)
        assert not client.exists(KEY), name
        assert _log(tmp_path).count(f"job {ODD} refused: malformed") == number - 99, name
    assert worker.poll() is None
    assert not (tmp_path / "7").exists()
    assert SECRET not in _log(tmp_path)
    assert eventually(lambda: not client.exists(LIST, BETWEEN), WITHIN), client.lrange(
        BETWEEN, 0, -1
    )


def test_an_entry_that_is_no_id_is_taken_away(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    for number, entry in enumerate(NO_IDS, 200):
        client.rpush(LIST, entry)
        _goes_on(client, tmp_path, number)
    assert _log(tmp_path).count("no id") == len(NO_IDS)
    assert SECRET not in _log(tmp_path)
    assert eventually(lambda: not client.exists(LIST, BETWEEN), WITHIN), client.lrange(
        BETWEEN, 0, -1
    )


@pytest.mark.long
def test_what_is_kept_of_running_jobs_may_be_malformed_too(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """The worker tidies up every few seconds; what it cannot read goes, and the worker stays."""
    running = "rq:wip:default"
    cases: list[Make] = [
        lambda client: client.zadd(running, {"a:b:c": 1}),
        lambda client: client.zadd(running, {b"\xff": 1}),
        lambda client: client.rpush(BETWEEN, b"\xff"),
        lambda client: (client.set(KEY, SECRET), client.zadd(running, {f"{ODD}:run": 1})),
    ]
    for number, make in enumerate(cases, 300):
        make(client)
        gone = eventually(lambda: not client.exists(running, BETWEEN, KEY), WITHIN)
        assert gone, (number, _log(tmp_path))
        _goes_on(client, tmp_path, number)
    assert worker.poll() is None
    assert SECRET not in _log(tmp_path)


def test_no_function_is_called_for_a_job_that_was_abandoned(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """Neither its callback nor its webhook: the list says what runs, nothing else."""
    client.hset(KEY, mapping={**SOUND, "failure_callback_name": "tests.jobs.samples.called"})
    client.zadd("rq:wip:default", {f"{ODD}:run": 1})
    assert eventually(lambda: not client.exists("rq:wip:default"), WITHIN), _log(tmp_path)
    _goes_on(client, tmp_path, 302)
    queue = Queue("default", connection=client, serializer=JSONSerializer)
    assert ODD in queue.failed_job_registry.get_job_ids()
    assert not (tmp_path / "called").exists()
