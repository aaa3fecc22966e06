"""The portal as processes: gunicorn on a free port and a worker, over a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from redis import Redis

from portal.embedded import Servers
from portal.processes import die_with_parent
from portal.serving import gunicorn_command
from tests.gate import SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds a process may take to start
QUEUES = range(1, 16)  # the numbered databases of the queue server; 0 is everybody else's


class NotStartedError(RuntimeError):
    """A process of the portal did not start; the message ends with what it said."""


class Portal(NamedTuple):
    """The running portal: its address without a slash at the end, and its worker."""

    address: str
    worker: subprocess.Popen[bytes]

    @contextmanager
    def worker_paused(self) -> Iterator[None]:
        """The worker takes no job meanwhile, so that 「正在生成」 can be seen for sure."""
        self.worker.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.worker.send_signal(signal.SIGCONT)


@contextmanager
def live_portal(servers: Servers, folder: Path, today: str) -> Iterator[Portal]:
    """Run the portal until the block ends.

    `folder` keeps its files and what the processes print; `today` is the demo's day.
    """
    with ExitStack() as stack:
        queue = stack.enter_context(_own_queue(servers.redis_url))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        common = {
            **{name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")},
            "PORTAL_REDIS_URL": queue,
            "PORTAL_DATA_DIR": str(folder),
            "PORTAL_DATABASE_OWNER_URL": servers.owner_url,
            "PORTAL_SECRET_KEY": SECRET_KEY,
            "PORTAL_DEMO": "1",
            "PORTAL_TODAY": today,
            "PYTHONUTF8": "1",
        }
        number = listener.fileno()
        web = stack.enter_context(
            _process(
                gunicorn_command(f"fd://{number}", workers=1),
                {**common, "PORTAL_DATABASE_URL": servers.database_url},
                folder / "web.log",
                number,
            )
        )
        worker = stack.enter_context(
            _process(
                [sys.executable, "-m", "portal.cli", "worker"],
                {**common, "PORTAL_DATABASE_URL": servers.worker_url},
                folder / "worker.log",
            )
        )
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _wait_until_ready(address, web, folder / "web.log")
        _wait_until_listening(queue, worker, folder / "worker.log")
        yield Portal(address, worker)


@contextmanager
def _own_queue(redis_url: str) -> Iterator[str]:
    """A numbered database of the queue server that no other run uses."""
    for number in QUEUES:
        url = f"{redis_url}?db={number}"
        with Redis.from_url(url) as client:
            if not client.set("taken-by", os.getpid(), nx=True, ex=3600):
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    raise NotStartedError("every numbered database of the queue server is taken")


@contextmanager
def _process(
    command: list[str], environment: Mapping[str, str], log: Path, listener: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(  # a command of the portal
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=() if listener is None else (listener,),
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_until_ready(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    # No proxy: the portal is on this machine, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and web.poll() is None:
        try:
            with opener.open(f"{address}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise NotStartedError(f"the portal did not start:\n{_end_of(log)}")


def _wait_until_listening(queue: str, worker: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    with Redis.from_url(queue) as client:
        while time.monotonic() < end and worker.poll() is None:
            if client.scard("rq:workers"):
                return
            time.sleep(0.1)
    raise NotStartedError(f"the worker did not start:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]
