"""The keeper: the one process whose children the embedded servers are.

Every program that uses the servers holds a shared lock on `run/clients.lock`. The kernel drops it
however the program ends, so the keeper needs no farewell: when the lock has been free for a few
seconds it stops the servers and ends. When the keeper itself is killed, the kernel ends its
children (portal.processes.die_with_parent), and the next start clears what is left.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.embedded import cluster
from portal.embedded.cluster import Server
from portal.embedded.places import Places, find_places
from portal.embedded.programs import find_programs
from portal.processes import wait_until

log = logging.getLogger(__name__)

LINGER = 3.0  # seconds without a client before the servers stop
_LARGEST_LOG = 10_000_000


def run_dir(data_dir: Path) -> Path:
    """Locks and the description of the running servers."""
    return data_dir / "run"


def state_file(data_dir: Path) -> Path:
    """Written when the servers answer, removed when they stop: pids and the socket folder."""
    return run_dir(data_dir) / "servers.json"


def try_lock(path: Path, kind: int) -> int | None:
    """A descriptor that holds a lock of `kind` (fcntl.LOCK_EX, LOCK_SH); None if others hold it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def only_keeper(data_dir: Path) -> Iterator[None]:
    """Hold the keeper's lock; waits for a keeper that is about to end. Raises ServerError."""
    held: list[int] = []

    def take() -> bool:
        handle = try_lock(run_dir(data_dir) / "keeper.lock", fcntl.LOCK_EX)
        if handle is not None:
            held.append(handle)
        return bool(held)

    if not wait_until(take, 15.0):
        raise cluster.ServerError(f"{data_dir} 的数据库正由另一个进程照管，请稍后重试。")
    try:
        yield
    finally:
        os.close(held[0])


class Keeper:
    """Starts both servers, restarts one that died, stops them when nobody needs them."""

    def __init__(self, data_dir: Path, source: str) -> None:
        self.data_dir = data_dir
        self.source = source
        self.linger = LINGER
        self.told_to_stop = False

    def keep(self, ready: Callable[[str], None]) -> None:
        """Run until nobody needs the servers. `ready` is called once, with a notice or ""."""
        logs = self.data_dir / "log"
        logs.mkdir(mode=0o700, exist_ok=True)
        with only_keeper(self.data_dir):
            state_file(self.data_dir).unlink(missing_ok=True)
            places = find_places(self.data_dir, find_programs(self.source))
            cluster.clear_leftovers(places, places.cluster, places.valkey)
            cluster.make_cluster(places, _fresh(logs / "initdb.log"))
            cluster.make_queue_folder(places)
            servers = (
                cluster.postgres(places, _fresh(logs / "postgres.log")),
                cluster.valkey(places, _fresh(logs / "valkey.log")),
            )
            wakeup = self._listen()
            try:
                self._start(places, *servers)
                ready(places.notice)
                self._watch(places, servers, wakeup)
            finally:
                state_file(self.data_dir).unlink(missing_ok=True)
                _stop(*servers)

    def _start(self, places: Places, postgres: Server, valkey: Server) -> None:
        """Start what does not run and wait until both answer."""
        if valkey.ended():
            valkey.start(places.uid, signal.SIGTERM)
        if postgres.ended():
            postgres.start(places.uid, signal.SIGINT)
        cluster.wait_for_valkey(places, valkey)
        cluster.wait_for_postgres(places, postgres)
        state = {
            "keeper": os.getpid(),
            "postgres": postgres.pid,
            "valkey": valkey.pid,
            "sockets": str(places.sockets),
        }
        path = state_file(self.data_dir)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(state), encoding="utf-8")
        new.rename(path)

    def _watch(self, places: Places, servers: tuple[Server, Server], wakeup: int) -> None:
        clients = run_dir(self.data_dir) / "clients.lock"
        needed = time.monotonic()
        while not self.told_to_stop:
            select.select([wakeup], [], [], 0.5)
            with contextlib.suppress(BlockingIOError):
                os.read(wakeup, 64)
            if any(server.ended() for server in servers):
                self._revive(places, servers)
            alone = try_lock(clients, fcntl.LOCK_EX)
            if alone is None:
                needed = time.monotonic()
                continue
            if time.monotonic() - needed >= self.linger:
                # A client that comes now waits for the lock, then starts the servers anew.
                _stop(*servers)
                state_file(self.data_dir).unlink(missing_ok=True)
                os.close(alone)
                return
            os.close(alone)

    def _revive(self, places: Places, servers: tuple[Server, Server]) -> None:
        """Restart a server that died; a few tries, for its orphans may hold on for a moment."""
        names = [server.name for server in servers if server.ended()]
        log.warning("restarting %s", ", ".join(names))
        for attempt in range(5):
            try:
                if servers[0].ended():
                    cluster.clear_leftovers(places, places.cluster)
                self._start(places, *servers)
                return
            except cluster.ServerError as error:
                log.warning("attempt %s: %s", attempt + 1, error)
                time.sleep(min(0.2 * 2**attempt, 2.0))
        raise cluster.ServerError(f"数据库或队列服务反复停止，原因见 {self.data_dir / 'log'}。")

    def _listen(self) -> int:
        """Signals wake the loop: TERM and INT stop at once, USR1 as soon as nobody is left."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

        def stop(_signum: int, _frame: object) -> None:
            self.told_to_stop = True

        def hurry(_signum: int, _frame: object) -> None:
            self.linger = 0.0

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, hurry)
        signal.signal(signal.SIGCHLD, lambda _signum, _frame: None)
        return reader


def _stop(postgres: Server, valkey: Server) -> None:
    valkey.stop(signal.SIGTERM, patience=3.0)
    postgres.stop(signal.SIGINT, signal.SIGQUIT, patience=5.0)


def _fresh(path: Path) -> Path:
    """A log that is started anew when it has grown large; the former one is kept beside it."""
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path
