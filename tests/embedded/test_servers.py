"""The embedded servers: started by whoever comes first, gone after the last, tight and small."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portal import embedded
from portal.config import Settings
from portal.embedded import attach, clone_database, connect, create_database, drop_database
from portal.embedded.keeper import LINGER
from tests.processes import ROOT, data_directory, environment, eventually, of_folder, place_of


@pytest.fixture(scope="module", params=["wheel", "system"])
def programs(request: pytest.FixtureRequest) -> str:
    """Both kinds of programs: the wheels', and those installed on the machine."""
    return str(request.param)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_directory() as folder:
        yield folder
        embedded.release(folder)


@pytest.fixture(scope="module")
def servers(folder: Path, programs: str) -> Iterator[embedded.Servers]:
    folder = folder / programs
    yield attach(Settings(data_dir=folder, servers=programs))
    embedded.release(folder)


def one(url: str, question: str) -> object:
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_roles_own_and_bypass_nothing(servers: embedded.Servers) -> None:
    for url, name in (
        (servers.database_url, "portal_web"),
        (servers.worker_url, "portal_worker"),
        (servers.owner_url, "portal_owner"),
    ):
        assert one(url, "SELECT current_user") == name
        assert one(
            url,
            "SELECT NOT rolsuper AND NOT rolbypassrls AND NOT rolcreatedb AND NOT rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user",
        )
    with connect(servers.database_url) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("CREATE TABLE mine (id int)")


def test_settings_that_matter(servers: embedded.Servers) -> None:
    url = servers.database_url
    assert one(url, "SHOW dynamic_shared_memory_type") == "mmap"  # 64 MB of /dev/shm will do
    assert one(url, "SHOW timezone") == "UTC"
    assert one(url, "SHOW server_encoding") == "UTF8"
    assert one(url, "SHOW listen_addresses") == ""
    assert one(url, "SHOW fsync") == "on"
    assert one(url, "SELECT upper('é') || lower('Ä')") == "Éä"
    assert int(str(one(url, "SHOW server_version_num"))) >= 150_000
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}


def test_the_log_holds_no_values(folder: Path, programs: str, servers: embedded.Servers) -> None:
    with connect(servers.owner_url) as connection:
        connection.execute("CREATE TABLE secret (word text UNIQUE)")
        connection.execute("INSERT INTO secret VALUES ('机密词')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO secret VALUES (%s)", ["机密词"])
    log = (folder / programs / "log" / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key" in log
    assert "机密词" not in log
    assert "INSERT" not in log


def test_template_clone_and_drop(servers: embedded.Servers) -> None:
    filled = create_database(servers, "filled")
    with connect(filled.owner_url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    clone = clone_database(servers, "clone", "filled")
    assert one(clone.owner_url, "SELECT a FROM t") == 1
    for name in ("clone", "filled", "never made"):
        drop_database(servers, name)
    assert one(servers.admin_url, "SELECT count(*) FROM pg_database WHERE datname = 'clone'") == 0


def test_an_address_that_is_set_wins() -> None:
    given = Settings(database_url="postgresql+psycopg://a@/b", redis_url="redis://c")
    found = attach(given)
    assert (found.database_url, found.owner_url, found.redis_url) == (
        given.database_url,
        given.database_url,
        given.redis_url,
    )
    assert found.admin_url == ""


CLIENT = """
import sys
from pathlib import Path
from portal.config import Settings
from portal.embedded import attach
attach(Settings(data_dir=Path(sys.argv[1])))
print("attached", flush=True)
sys.stdin.read()
"""


def client(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder)],
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], signum: signal.Signals | None = None) -> None:
    if signum is not None:
        process.send_signal(signum)
    process.communicate(timeout=10)


def test_first_clients_at_once_share_one_keeper_which_leaves_with_the_last() -> None:
    """Also when the last one is killed with -9."""
    with data_directory() as folder:
        clients = [client(folder) for _ in range(3)]
        for process in clients:
            assert process.stdout is not None
            assert process.stdout.readline() == "attached\n"
        keepers = [p for p in of_folder(folder) if "portal.embedded" in p.cmdline()]
        assert len(keepers) == 1
        finish(clients[0])
        finish(clients[1])
        time.sleep(LINGER + 1)
        assert keepers[0].is_running()
        finish(clients[2], signal.SIGKILL)
        assert eventually(lambda: not of_folder(folder), LINGER + 5), of_folder(folder)


def test_a_killed_keeper_takes_its_servers_along() -> None:
    with data_directory() as folder:
        servers = attach(Settings(data_dir=folder))
        with connect(servers.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS a")
        os.kill(embedded.keeper_pid(folder), signal.SIGKILL)
        assert eventually(lambda: not of_folder(folder), 10), of_folder(folder)
        assert one(attach(Settings(data_dir=folder)).owner_url, "SELECT a FROM kept") == 7
        embedded.release(folder)


@pytest.mark.parametrize("mode", [0o700, pytest.param(0o711, marks=pytest.mark.long)])
def test_a_closed_folder_moves_the_cluster_elsewhere_and_says_so(
    mode: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """As root, under a home of mode 0700, the servers' user cannot enter the data directory."""
    closed_to_servers = os.geteuid() == 0 and mode == 0o700
    with data_directory(mode) as folder:
        servers = attach(Settings(data_dir=folder))
        said = capfd.readouterr().err
        assert ("数据库存放在" in said) == closed_to_servers
        assert (place_of(folder) != folder) == closed_to_servers
        with connect(servers.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS a")
        embedded.release(folder)
        assert eventually(lambda: not of_folder(folder), 10)
        folder.parent.chmod(0o711)  # opened later on: the data stay where they are
        assert one(attach(Settings(data_dir=folder)).owner_url, "SELECT a FROM kept") == 7
        embedded.release(folder)


@pytest.mark.long
def test_a_long_path_gets_its_sockets_elsewhere() -> None:
    with data_directory() as outer:
        folder = outer / ("long" * 20) / "data"
        outer.mkdir(mode=0o711)
        (outer / ("long" * 20)).mkdir(mode=0o711)
        servers = attach(Settings(data_dir=folder))
        assert one(servers.database_url, "SELECT 1") == 1
        sockets = Path(servers.redis_url.removeprefix("unix://")).parent
        assert folder not in sockets.parents
        assert sockets.stat().st_mode & 0o777 == 0o700
        embedded.release(folder)
        assert eventually(lambda: not of_folder(folder), 10)
        sockets.rmdir()
