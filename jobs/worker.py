"""The worker: runs the jobs of its own list and no others, each in a child forked for it.

Whoever can write to Redis can ask for any function by name; here only those of `JOBS` run, with
one id or one name of the schedule as their argument. Failures are logged without what the job
was given and without what its error said.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus

from jobs.rq_reading import UNREADABLE, PortalJob, PortalQueue, forget_running, scrubbed
from jobs.schedule import BY_NAME
from portal.documents import render
from portal.processes import die_with_parent


def is_id(value: object) -> bool:
    """A row's number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_row(value: object) -> bool:
    """A name of the schedule."""
    return isinstance(value, str) and value in BY_NAME


JOBS: dict[str, Callable[[object], bool]] = {
    "jobs.tasks.make_sheet": is_id,
    "jobs.tasks.export_ledger": is_id,
    "jobs.tasks.import_rows": is_id,
    "jobs.tasks.print_signing_list": is_id,
    "jobs.tasks.count_brief": is_id,
    "jobs.tasks.print_brief": is_id,
    "jobs.tasks.bundle_case": is_id,
    "jobs.tasks.read_scans": is_id,
    "jobs.tasks.make_package": is_id,
    "jobs.tasks.make_year_package": is_id,
    "jobs.tasks.handle_spill": is_id,
    "jobs.tasks.scheduled": is_row,
}
"""The list: each function with what its one argument must be."""

# With these a job whose worker was killed together with its child comes back after about 70 s.
_INTERVALS = {"worker_ttl": 30, "maintenance_interval": 5, "job_monitoring_interval": 3}


def refusal(job: Job) -> str:
    """Why the worker does not run this job; "" when it does."""
    try:
        name, instance, args, kwargs = job.func_name, job.instance, job.args, job.kwargs
    except (DeserializationError, ValueError, TypeError):
        return "unreadable"
    if not isinstance(name, str) or name not in JOBS or instance is not None:
        return "not in the list"
    if kwargs or len(args) != 1 or not JOBS[name](args[0]):
        return "not an id"
    # All of these name functions or addresses that would be called without asking the list.
    hooks = ("_success_callback_name", "_failure_callback_name", "_stopped_callback_name")
    if any(getattr(job, hook, None) for hook in hooks) or job.webhooks:
        return "with a callback"
    return ""


class PortalWorker(Worker):
    """Forks a child a job, with the application built before the fork."""

    app: Flask | None = None

    def __init__(
        self,
        queues: Any,
        name: str | None = None,
        connection: Redis | None = None,
        **options: Any,
    ) -> None:
        """RQ's options, but how jobs are read, the intervals and the logging of jobs are ours."""
        if isinstance(queues, str | Queue):
            queues = [queues]
        names = [queue.name if isinstance(queue, Queue) else queue for queue in queues]
        options.pop("default_worker_ttl", None)
        options |= {
            **_INTERVALS,
            "serializer": JSONSerializer,
            "job_class": PortalJob,
            "queue_class": PortalQueue,
            "log_job_description": False,
        }
        super().__init__(names, name, connection=connection, **options)

    def work(self, *args: Any, **options: Any) -> bool:
        """Build the application once, then wait for jobs."""
        if self.app is None:
            from portal import create_app

            self.app = create_app(worker=True)
        # Fonts and typesetting load in a second; before the fork it is one second in all.
        render.warm()
        done: bool = super().work(*args, **options)
        return done

    def clean_registries(self) -> None:
        """Tidy up after lost workers; what of it cannot be read goes, the worker stays."""
        try:
            super().clean_registries()  # type: ignore[no-untyped-call]  # RQ's
        except UNREADABLE as error:
            self.log.error("Worker %s: running jobs forgotten: %s", self.name, scrubbed(error))
            for queue in self.queues:
                forget_running(queue)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run the job in a child, or refuse it."""
        reason = refusal(job)
        if not reason:
            super().execute_job(job, queue)
            return
        self.log.error("Worker %s: job %s refused: %s", self.name, job.id, reason)
        self.prepare_execution(job)
        job.started_at = job.ended_at = datetime.now(UTC)
        job.webhooks, job.retries_left = [], 0
        self.handle_job_failure(job, queue=queue, exc_string=f"refused: {reason}")
        self.set_state(WorkerStatus.IDLE)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the child: end with the worker, share no connection with it, run the job."""
        die_with_parent(self.pid or os.getppid(), signal.SIGKILL)
        if self.app is None:
            raise RuntimeError("the application is built before the first job")
        from portal.extensions import db

        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
            super().main_work_horse(job, queue)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log what kind of error it was and where, nothing of what it was about."""
        self.log.error("Worker %s: job %s failed: %s", self.name, job.id, scrubbed(exc_info[1]))

    def handle_job_failure(
        self, job: Job, queue: Queue, started_job_registry: Any = None, exc_string: str = ""
    ) -> None:
        """Keep the scrubbed report in Redis, not the traceback."""
        error = sys.exception()
        if error is not None:
            exc_string = scrubbed(error)
        super().handle_job_failure(job, queue, started_job_registry, exc_string)


def run(app: Flask, redis_url: str) -> None:
    """Wait for jobs until told to stop (SIGTERM or SIGINT: after the current job)."""
    from portal.queue import QUEUE

    worker = PortalWorker([QUEUE], connection=Redis.from_url(redis_url))
    worker.app = app
    worker.work(with_scheduler=False)
