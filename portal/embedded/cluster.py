"""PostgreSQL and Valkey as children of one process: made, started, stopped, cleared up after."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

import psycopg

from portal.embedded import roles
from portal.embedded.places import Places, account_uid, own_folder
from portal.embedded.programs import postgres_major
from portal.processes import die_with_parent, signal_quietly, wait_until, working_in

SUPERUSER = "postgres"
_STARTED_WITHIN = 60.0  # a crash recovery on a slow disk takes its time

_LOCALES = (
    ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
    ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ("--locale=C.UTF-8",),  # PostgreSQL 15 and 16 know no builtin provider
    ("--locale=C",),
)

_POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "dynamic_shared_memory_type": "mmap",  # a container's /dev/shm often has 64 MB
    "shared_buffers": "64MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What the log may not hold: statements, their values and the rows of a violated constraint.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class ServerError(RuntimeError):
    """A server could not be made or started; the message is one sentence that says what to do."""


class Server:
    """One server process, restarted by its keeper."""

    def __init__(self, name: str, command: Sequence[str | Path], folder: Path, log: Path) -> None:
        self.name = name
        self.command = command
        self.folder = folder
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, uid: int | None, ends_with: signal.Signals) -> None:
        """Start in the foreground; the process ends when this one does."""
        with self.log.open("ab") as log:
            self.process = spawn(self.command, self.folder, uid, log, ends_with)

    @property
    def pid(self) -> int:
        """0 when it does not run."""
        return self.process.pid if self.process is not None else 0

    def ended(self) -> bool:
        """Whether the process has ended (or never started)."""
        return self.process is None or self.process.poll() is not None

    def stop(self, *signals: signal.Signals, patience: float) -> None:
        """Send the signals one after the other until the process has ended, SIGKILL last."""
        if self.process is None:
            return
        for signum in (*signals, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(signum)
                wait_until(self.ended, patience)


def spawn(
    command: Sequence[str | Path],
    folder: Path,
    uid: int | None,
    log: IO[bytes] | int,
    ends_with: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start `command` in `folder` as `uid`, its output to `log`, its life bound to this process."""
    return subprocess.Popen(  # noqa: S603 - a command made here
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"},
        user=uid,
        group=uid,
        extra_groups=[] if uid is not None else None,
        umask=0o077,
        # The keeper has no threads, so the child may run Python before the program.
        preexec_fn=partial(die_with_parent, os.getpid(), ends_with),
    )


def make_queue_folder(places: Places) -> None:
    """Valkey's folder, owned by the servers' user."""
    _give(own_folder(places.valkey, None), places.uid)


def make_cluster(places: Places, log: Path) -> None:
    """Run initdb unless the cluster is there. Half a cluster is never left under its name."""
    if (places.cluster / "PG_VERSION").exists():
        _check_version(places)
        _give(places.cluster, places.uid)
        return
    making = places.base / "postgres-making"
    shutil.rmtree(making, ignore_errors=True)
    maker = account_uid() if places.uid is not None else None
    own_folder(making, maker)
    for locale in _LOCALES:
        command = (
            places.programs.initdb,
            "-D",
            making,
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "--no-instructions",
        )
        with log.open("ab") as output:
            made = spawn((*command, "-E", "UTF8", *locale), making, maker, output).wait()
        if made == 0:
            break
    else:
        raise ServerError(f"数据库初始化未完成，原因见 {log}。")
    _give(making, places.uid)
    shutil.rmtree(places.cluster, ignore_errors=True)
    making.rename(places.cluster)


def _give(folder: Path, uid: int | None) -> None:
    """Make `uid` the owner of everything in `folder` (also after the project was moved)."""
    if uid is not None and folder.stat().st_uid != uid:
        for path in (*folder.rglob("*"), folder):
            os.chown(path, uid, uid, follow_symlinks=False)


def _check_version(places: Places) -> None:
    made_by = (places.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    runs = postgres_major(places.programs.postgres)
    if made_by != str(runs):
        raise ServerError(
            f"{places.cluster} 由 PostgreSQL {made_by} 建立，现有的是 {runs}："
            "请用原来的版本备份后恢复，或另设 PORTAL_DATA_DIR。"
        )


def clear_leftovers(places: Places, *folders: Path) -> None:
    """End what still works in `folders` though its parent was killed, and remove lock files.

    The caller holds the keeper's lock, so nothing found there is in use.
    """
    for signum, patience in ((signal.SIGINT, 3.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 3.0)):
        left = [pid for folder in folders for pid in working_in(folder)]
        for pid in left:
            signal_quietly(pid, signum)
        if not left or wait_until(lambda: not any(map(working_in, folders)), patience):
            break
    if Path("/proc/self/cwd").exists():  # elsewhere PostgreSQL judges its own lock files
        for path in (places.cluster / "postmaster.pid", *places.sockets.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)


def postgres(places: Places, log: Path) -> Server:
    """The database server, listening on a socket in `places.sockets` only."""
    settings = {**_POSTGRES_SETTINGS, "unix_socket_directories": str(places.sockets)}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [places.programs.postgres, "-D", places.cluster, *flags]
    return Server("postgres", command, places.cluster, log)


def valkey(places: Places, log: Path) -> Server:
    """The queue server: a socket only, every write in the append-only file."""
    flags = {
        "--port": "0",
        "--unixsocket": str(places.sockets / "valkey.sock"),
        "--unixsocketperm": "700",
        "--dir": str(places.valkey),
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--daemonize": "no",
    }
    command: list[str | Path] = [places.programs.valkey]
    command += [part for pair in flags.items() for part in pair]
    return Server("valkey", command, places.valkey, log)


def connect(places: Places) -> psycopg.Connection[tuple[object, ...]]:
    """A superuser's connection in autocommit mode. Raises psycopg.OperationalError."""
    return psycopg.connect(
        host=str(places.sockets),
        user=SUPERUSER,
        dbname="postgres",
        autocommit=True,
        connect_timeout=5,
    )


def wait_for_postgres(places: Places, server: Server) -> None:
    """Wait until the database answers, then see to roles and database. Raises ServerError."""
    end = time.monotonic() + _STARTED_WITHIN
    while True:
        try:
            with connect(places) as connection:
                roles.ensure_roles(connection)
                roles.ensure_database(connection)
                return
        except psycopg.OperationalError:
            if server.ended() or time.monotonic() > end:
                raise ServerError(f"数据库没有启动，原因见 {server.log}。") from None
        time.sleep(0.03)


def wait_for_valkey(places: Places, server: Server) -> None:
    """Wait until the queue server answers. Raises ServerError."""
    import redis

    client = redis.Redis(unix_socket_path=str(places.sockets / "valkey.sock"))
    end = time.monotonic() + _STARTED_WITHIN
    try:
        while True:
            try:
                client.ping()
                return
            except redis.exceptions.ConnectionError:  # also while the append-only file loads
                if server.ended() or time.monotonic() > end:
                    raise ServerError(f"队列服务没有启动，原因见 {server.log}。") from None
            time.sleep(0.03)
    finally:
        client.close()
