"""Jobs for the worker's tests, and the process that runs them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from flask import Flask

SECRET = "某学生的姓名"


def note(number: int) -> None:
    """Leave a file, so that a test sees that the job ran."""
    Path(os.environ["NOTES"], str(number)).touch()


def fail(number: int) -> None:
    """Fail with a message that must not be seen."""
    raise ValueError(f"{SECRET} {number}")


def ask(number: int) -> None:
    """Use the database: the child has connections of its own."""
    from portal.extensions import db

    with db.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    Path(os.environ["NOTES"], f"{number}-{pid}").touch()


def sleep(number: int) -> None:
    """Take long, having said who does it."""
    Path(os.environ["NOTES"], f"sleeping-{os.getpid()}").touch()
    time.sleep(number)


def called(*_args: object) -> None:
    """A callback: leave a file."""
    Path(os.environ["NOTES"], "called").touch()


def main() -> None:
    """A worker that knows these jobs too."""
    from jobs import worker
    from portal.extensions import db

    for name in ("note", "fail", "ask", "sleep"):
        worker.JOBS[f"tests.jobs.samples.{name}"] = worker.is_id
    app = Flask("samples")
    app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[1]
    db.init_app(app)
    with app.app_context(), db.engine.connect() as connection:  # a connection before the fork
        connection.exec_driver_sql("SELECT 1")
    worker.run(app, sys.argv[2])


if __name__ == "__main__":
    main()
