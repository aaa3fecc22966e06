"""`python3 -m bench.outbox`: rows of the outbox delivered to a local gateway while its worker is
killed every few seconds: the rate, and that none is lost and none is sent twice without reason.

Each row is another person's, so that none goes with another as a digest. A worker that was killed
between sending and noting leaves its row to be sent again after its lease, under the same key: the
gateway here, like a good one, counts such a key and takes it once.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import flask_migrate
import psycopg

from portal import create_app
from portal.config import Settings
from portal.embedded import Servers, attach, connect, create_database, drop_database
from portal.extensions import db

ROOT = Path(__file__).resolve().parents[1]
DATA_DIR = ROOT / "var" / "bench"
NAME = "bench_outbox"
LEASE = timedelta(seconds=5)
"""Shorter than in production, so that the bench does not wait for minutes."""
PEOPLE = (
    "INSERT INTO person (emp_no, name, pinyin, initials, sort_no, phone, email, wecom_userid,"
    " active) SELECT 'B' || n, '测试', '', '', n, '1' || lpad(n::text, 10, '0'), '', '', true"
    " FROM generate_series(1, %s) n"
)
MESSAGES = (
    "INSERT INTO message (public_id, person_id, kind, occasion, facts, at, readers)"
    " SELECT gen_random_uuid(), id, 'N08', 'bench', '{}', now(), ARRAY[-id::int]"
    " FROM person WHERE emp_no LIKE 'B%'"
)
CHOICES = (
    "INSERT INTO message_choice (person_id, channels, quiet)"
    """ SELECT id, '{"N08": ["sms"]}', false FROM person WHERE emp_no LIKE 'B%'"""
)
Row = tuple[object, ...]


def main() -> int:
    """Measure and print; 0 when every row arrived."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.outbox", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument(
        "--kill-every", type=float, default=4.0, help="seconds after its first row; 0: never"
    )
    parser.add_argument("--workers", type=int, default=1)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # its workers end with it
    servers = attach(Settings(data_dir=DATA_DIR))
    drop_database(servers, NAME)
    ours = create_database(servers, NAME)
    try:
        _fill(ours, wanted.rows)
        print(f"{wanted.rows} messages written", flush=True)
        with gateway() as (url, keys):
            seconds, kills = _run(ours, url, wanted.workers, wanted.kill_every)
        return _report(ours, wanted.rows, keys, seconds, kills)
    finally:
        drop_database(servers, NAME)


def work() -> int:
    """What the worker's process does: plan and send until nothing waits any more."""
    from portal.messages import outbox, sending

    outbox.LEASE = LEASE  # type: ignore[misc]  # of this process alone
    app = create_app(worker=True)
    with app.app_context():
        while True:
            sending.deliver()
            time.sleep(0.2)


@contextmanager
def gateway() -> Iterator[tuple[str, Counter[str]]]:
    """A gateway for short messages on a free port; how often each key came."""
    keys: Counter[str] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                keys[sent["id"]] += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"code": 0}')

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", keys
    finally:
        server.shutdown()
        server.server_close()


def _fill(servers: Servers, rows: int) -> None:
    settings = Settings(
        data_dir=DATA_DIR,
        database_url=servers.database_url,
        database_owner_url=servers.owner_url,
        redis_url=servers.redis_url,
    )
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()
    with connect(servers.owner_url) as raw:
        raw.execute(PEOPLE.encode(), [rows])
        raw.execute(MESSAGES)
        raw.execute(CHOICES)
        raw.execute("ANALYZE")


def _run(servers: Servers, url: str, workers: int, kill_every: float) -> tuple[float, int]:
    """Seconds until nothing waits, and how many workers were killed meanwhile."""
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": servers.worker_url,
        "PORTAL_REDIS_URL": servers.redis_url,
        "PORTAL_DATA_DIR": str(DATA_DIR),
        "PORTAL_SMS_URL": url,
        "NO_PROXY": "127.0.0.1",
    }

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.outbox", "work"], cwd=ROOT, env=environment
        )

    began = time.monotonic()
    running, kills, seen, busy_since = [start() for _ in range(workers)], 0, 0, None
    try:
        while (done := _done(servers)) is not None:
            time.sleep(0.25)
            if done > seen:
                busy_since = busy_since or time.monotonic()
            if kill_every and busy_since and time.monotonic() - busy_since > kill_every:
                victim = running.pop(0)
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                running.append(start())
                kills, seen, busy_since = kills + 1, _done(servers) or 0, None
    finally:
        for process in running:
            process.kill()
            process.wait()
    return time.monotonic() - began, kills


def _done(servers: Servers) -> int | None:
    """How many rows were sent; None when nothing waits any more."""
    with connect(servers.owner_url) as raw:
        row = raw.execute(
            "SELECT EXISTS (SELECT 1 FROM message WHERE planned_at IS NULL) OR EXISTS"
            " (SELECT 1 FROM delivery WHERE state IN ('planned', 'sending', 'failed')),"
            " (SELECT count(*) FROM delivery WHERE state = 'sent')"
        ).fetchone()
    return int(str(row[1])) if row and row[0] else None


def _report(servers: Servers, rows: int, keys: Counter[str], seconds: float, kills: int) -> int:
    with connect(servers.owner_url) as raw:
        found = _pairs(raw.execute("SELECT state, count(*) FROM delivery GROUP BY state"))
        noted = {
            str(row[0]).replace("-", "")
            for row in raw.execute("SELECT bundle FROM delivery WHERE state = 'sent'")
        }
    lost, twice = rows - len(noted & keys.keys()), sum(times > 1 for times in keys.values())
    print(f"{rows} rows in {seconds:.0f} s, {rows / seconds:.0f} a second, {kills} workers killed")
    print(f"states: {found}; lost: {lost}; keys that came twice: {twice}; strange: "
          f"{len(keys.keys() - noted)}")  # fmt: skip
    return int(lost != 0 or twice > kills)


def _pairs(rows: psycopg.Cursor[Row]) -> dict[str, int]:
    return {str(state): int(str(count)) for state, count in rows}


if __name__ == "__main__":
    sys.exit(work() if sys.argv[1:] == ["work"] else main())
