"""The worker runs the names of its list, one id each, and tells nothing of a failure's content."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import DefaultSerializer, JSONSerializer
from rq.webhook import Webhook

from jobs import tasks
from jobs.worker import JOBS, refusal
from portal.queue import push
from tests.jobs.samples import SECRET
from tests.processes import ROOT, environment, eventually

SHEET = "jobs.tasks.make_sheet"


def job(client: redis.Redis, function: str, *args: object, **options: object) -> Job:
    return Job.create(function, args=args, connection=client, serializer=JSONSerializer, **options)


def test_the_list_names_functions_that_exist() -> None:
    from rq.utils import import_attribute

    assert all(callable(import_attribute(name)) for name in JOBS)


def test_what_is_refused(client: redis.Redis) -> None:
    hook = Callback("os.getcwd")
    cases: list[tuple[Job, str]] = [
        (job(client, SHEET, 7), ""),
        (job(client, "jobs.tasks.scheduled", "sweep_sheets"), ""),
        (job(client, "os.system", 7), "not in the list"),
        (job(client, "jobs.worker.run", 7), "not in the list"),
        (job(client, SHEET, "7"), "not an id"),
        (job(client, SHEET, True), "not an id"),
        (job(client, SHEET, "sweep_sheets"), "not an id"),
        (job(client, "jobs.tasks.scheduled", "no such row"), "not an id"),
        (job(client, SHEET, {"title": "x"}), "not an id"),
        (job(client, SHEET), "not an id"),
        (job(client, SHEET, 7, 8), "not an id"),
        (job(client, SHEET, 7, kwargs={"a": 1}), "not an id"),
        (job(client, SHEET, 7, on_success=hook), "with a callback"),
        (job(client, SHEET, 7, on_failure=hook), "with a callback"),
        (job(client, SHEET, 7, on_stopped=hook), "with a callback"),
        (job(client, SHEET, 7, webhooks=[Webhook("http://127.0.0.1:9/", "failed")]),
         "with a callback"),
    ]  # fmt: skip
    for made, reason in cases:
        made.save()
        read = Job.fetch(made.id, connection=client, serializer=JSONSerializer)
        assert refusal(read) == reason, (made.func_name, made.args, reason)


def test_a_pickled_job_is_refused_unread(client: redis.Redis) -> None:
    made = Job.create("os.getpid", connection=client, serializer=DefaultSerializer)
    made.save()
    read = Job.fetch(made.id, connection=client, serializer=JSONSerializer)
    assert refusal(read) == "unreadable"


def failure(client: redis.Redis, job_id: str) -> str:
    """What Redis keeps of a failed job; "" while it has not failed."""
    found = Job.fetch(job_id, connection=client, serializer=JSONSerializer)
    if found.get_status() != "failed":
        return ""
    result = found.latest_result()
    return str(result.exc_string) if result else "no result"


def test_runs_refuses_and_scrubs(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    queue = Queue("default", connection=client, serializer=JSONSerializer)
    refused = queue.enqueue("os.mkdir", str(tmp_path / "made"))
    failing = queue.enqueue("tests.jobs.samples.fail", 5)
    asking = [queue.enqueue("tests.jobs.samples.ask", number) for number in (1, 2)]
    push(client, "tests.jobs.samples.note", 42)
    assert eventually((tmp_path / "42").exists, 20), (tmp_path / "log").read_text()

    assert not (tmp_path / "made").exists()
    assert failure(client, refused.id) == "refused: not in the list"
    kept = failure(client, failing.id)
    assert kept.startswith("ValueError at ")
    assert "samples.py" in kept
    assert all(item.get_status(refresh=True) == "finished" for item in asking)
    assert len({path.name.split("-")[1] for path in tmp_path.glob("[12]-*")}) == 2
    log = (tmp_path / "log").read_text(encoding="utf-8")
    dump = b"".join(client.dump(key) or b"" for key in client.keys("rq:*"))
    assert SECRET not in log
    assert SECRET.encode() not in dump
    assert json.dumps(SECRET).strip('"').encode() not in dump
    assert f"job {refused.id} refused" in log


def test_a_killed_child_fails_its_job_and_the_worker_goes_on(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    queue = Queue("default", connection=client, serializer=JSONSerializer)
    long = queue.enqueue("tests.jobs.samples.sleep", 60)
    assert eventually(lambda: list(tmp_path.glob("sleeping-*")), 20)
    os.kill(child_of(tmp_path), signal.SIGKILL)
    push(client, "tests.jobs.samples.note", 43)
    assert eventually((tmp_path / "43").exists, 20)
    assert "signal 9" in failure(client, long.id)
    assert worker.poll() is None


def test_a_killed_worker_takes_its_child_along(
    client: redis.Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    queue = Queue("default", connection=client, serializer=JSONSerializer)
    queue.enqueue("tests.jobs.samples.sleep", 60)
    assert eventually(lambda: list(tmp_path.glob("sleeping-*")), 20)
    child = child_of(tmp_path)
    worker.kill()
    worker.wait(5)
    assert eventually(lambda: not Path(f"/proc/{child}/cwd").exists(), 5)


def child_of(tmp_path: Path) -> int:
    return int(next(tmp_path.glob("sleeping-*")).name.removeprefix("sleeping-"))


@pytest.mark.long
def test_a_plain_rq_worker_finds_the_servers_and_is_the_portals(
    client: redis.Redis, folder: Path
) -> None:
    """`rq worker` inside the environment: no option, no variable of RQ's."""
    queue = Queue("default", connection=client, serializer=JSONSerializer)
    refused = queue.enqueue("os.getcwd")
    done = subprocess.run(
        [sys.executable, "-m", "jobs.rq_command", "worker", "--burst"],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert failure(client, refused.id) == "refused: not in the list"


def test_every_task_is_in_the_workers_list() -> None:
    """A job that is not is refused each time it is asked for, and nobody is told."""
    written = {
        f"jobs.tasks.{name}"
        for name, task in inspect.getmembers(tasks, inspect.isfunction)
        if task.__module__ == tasks.__name__ and not name.startswith("_")
    }
    assert written == JOBS.keys()
