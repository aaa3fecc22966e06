"""The embedded database and queue: used when no address is set, so that one command runs all.

`attach` gives the running servers of a data directory and starts them if they do not run. They
stop by themselves a few seconds after the last process that attached has ended, however it ended
(`portal.embedded.keeper`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from portal.config import Settings
from portal.embedded import roles
from portal.embedded.cluster import SUPERUSER
from portal.embedded.keeper import run_dir, state_file, try_lock
from portal.processes import signal_quietly, wait_until

_held: dict[Path, int] = {}  # data directory → the lock this process holds on its servers


class EmbeddedError(RuntimeError):
    """The embedded servers could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class Servers:
    """Addresses. `admin_url` is a superuser's, for tests and set-up; empty for servers not ours."""

    database_url: str
    worker_url: str
    owner_url: str
    redis_url: str
    admin_url: str = ""


def _to_stderr(notice: str) -> None:
    print(notice, file=sys.stderr, flush=True)


def attach(settings: Settings, tell: Callable[[str], None] = _to_stderr) -> Servers:
    """The servers for these settings; the embedded ones are started if they do not run.

    An address that is set wins, each one separately. `tell` gets the line that says where the
    data are when they cannot be in the data directory. Raises EmbeddedError.
    """
    if settings.database_url and settings.redis_url:
        return Servers(
            database_url=settings.database_url,
            worker_url=settings.database_url,
            owner_url=settings.database_owner_url or settings.database_url,
            redis_url=settings.redis_url,
        )
    ours = _embedded(settings.data_dir.absolute().resolve(), settings.servers, tell)
    if settings.database_url:
        return replace(
            ours,
            database_url=settings.database_url,
            worker_url=settings.database_url,
            owner_url=settings.database_owner_url or settings.database_url,
            admin_url="",
        )
    return replace(ours, redis_url=settings.redis_url or ours.redis_url)


def _embedded(data_dir: Path, source: str, tell: Callable[[str], None]) -> Servers:
    prepare(data_dir)
    if data_dir not in _held:
        # Waits here while a keeper whose last client has gone stops the servers.
        handle = os.open(run_dir(data_dir) / "clients.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_SH)
        _held[data_dir] = handle
    with _starting(data_dir):
        if not keeper_runs(data_dir) or not wait_until(lambda: _answering(data_dir), 20.0):
            notice = _start_keeper(data_dir, source)
            if notice:
                tell(notice)
        servers = _read_state(data_dir)
    if servers is None:
        raise EmbeddedError(f"数据库没有启动，原因见 {data_dir / 'log'}。")
    return servers


def prepare(data_dir: Path) -> None:
    """Create the data directory. Raises EmbeddedError when it cannot be written."""
    try:
        if not data_dir.exists():
            # The servers' own user passes through; what is private lies in folders of mode 0700.
            data_dir.mkdir(mode=0o711, parents=True)
        run_dir(data_dir).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"{data_dir} 不可写（{error.strerror}）：请检查 PORTAL_DATA_DIR。"
        ) from None


@contextlib.contextmanager
def _starting(data_dir: Path) -> Iterator[None]:
    """One process at a time looks for the servers and starts them."""
    handle = os.open(run_dir(data_dir) / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def keeper_runs(data_dir: Path) -> bool:
    """Whether a keeper holds the servers of `data_dir`."""
    handle = try_lock(run_dir(data_dir) / "keeper.lock", fcntl.LOCK_SH)
    if handle is None:
        return True
    os.close(handle)
    return False


def _start_keeper(data_dir: Path, source: str) -> str:
    started = subprocess.run(  # noqa: S603 - this interpreter and this package
        [sys.executable, "-m", "portal.embedded", str(data_dir), source],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    said = started.stdout.decode(errors="replace").strip()
    if started.returncode != 0:
        lines = started.stderr.decode(errors="replace").strip().splitlines()
        raise EmbeddedError(said or (lines[-1] if lines else "数据库没有启动。"))
    return said


def _read_state(data_dir: Path) -> Servers | None:
    try:
        state = json.loads(state_file(data_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    sockets = str(state["sockets"])
    host = quote(sockets, safe="/")
    return Servers(
        database_url=_url(roles.WEB, roles.DATABASE, host),
        worker_url=_url(roles.WORKER, roles.DATABASE, host),
        owner_url=_url(roles.OWNER, roles.DATABASE, host),
        redis_url=f"unix://{host}/valkey.sock",
        admin_url=_url(SUPERUSER, "postgres", host),
    )


def _url(role: str, database: str, host: str) -> str:
    return f"postgresql+psycopg://{role}@/{database}?host={host}"


def _answering(data_dir: Path) -> bool:
    """Whether both servers answer; the keeper may just be restarting one."""
    servers = _read_state(data_dir)
    if servers is None:
        return False
    try:
        with redis.Redis.from_url(servers.redis_url) as client:
            client.ping()
        with connect(servers.admin_url):
            return True
    except (redis.exceptions.ConnectionError, psycopg.OperationalError):
        return False


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A psycopg connection in autocommit mode to a SQLAlchemy address."""
    parts = make_url(url).set(drivername="postgresql")
    return psycopg.connect(
        parts.render_as_string(hide_password=False), autocommit=True, connect_timeout=5
    )


def release(data_dir: Path) -> None:
    """Give up this process's hold on the servers of `data_dir` and let them stop at once.

    They stay while another process holds them. For the supervisor's last step; a process that
    simply ends need not call it.
    """
    data_dir = data_dir.absolute().resolve()
    handle = _held.pop(data_dir, None)
    if handle is not None:
        os.close(handle)
    keeper = keeper_pid(data_dir)
    if keeper:
        signal_quietly(keeper, signal.SIGUSR1)


def keeper_pid(data_dir: Path) -> int:
    """The keeper's process id; 0 when it does not run."""
    data_dir = data_dir.absolute().resolve()
    if not run_dir(data_dir).exists() or not keeper_runs(data_dir):
        return 0
    try:
        return int(json.loads(state_file(data_dir).read_text(encoding="utf-8"))["keeper"])
    except FileNotFoundError:
        return 0


def create_database(servers: Servers, name: str, template: str = "template0") -> Servers:
    """Make database `name` as a copy of `template`; returns the addresses for it.

    Needs a superuser's address. Nobody may be connected to the template. 40 ms; by way of the log
    instead of by copying files it were half as much again, and each copy 10 MB of log.
    """
    with connect(servers.admin_url) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(template)
            )
        )
        roles.limit_database(connection, name)
    return _for_database(servers, name)


def clone_database(servers: Servers, name: str, template: str) -> Servers:
    """`create_database` from a template that was filled before: how tests get a fresh copy."""
    return create_database(servers, name, template)


def drop_database(servers: Servers, name: str) -> None:
    """Remove database `name` and end the connections to it."""
    with connect(servers.admin_url) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _for_database(servers: Servers, name: str) -> Servers:
    def at(url: str) -> str:
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    return replace(
        servers,
        database_url=at(servers.database_url),
        worker_url=at(servers.worker_url),
        owner_url=at(servers.owner_url),
    )
