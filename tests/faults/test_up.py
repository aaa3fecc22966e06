"""`portal up`: once on the same data, at the next free port, stopped cleanly, demo only at home."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from tests.processes import ROOT, Up, data_directory, environment, eventually, of_folder


def test_second_start_taken_port_and_clean_stop() -> None:
    with data_directory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(folder, "--port", str(port))
        address = up.address()
        assert f":{port}/" not in address
        assert f"端口 {port} 已被占用" in up.said()

        second = Up(folder)
        assert second.process.wait(30) == 1
        assert address in second.said()
        assert "已有一个门户在运行" in second.said()

        assert up.stop(signal.SIGINT) < 10
        assert up.process.returncode == 0
        assert eventually(lambda: not of_folder(folder), 2), of_folder(folder)


def test_stopped_in_the_middle_of_a_start_leaves_nothing() -> None:
    with data_directory() as folder:
        up = Up(folder, "--port", "0")
        assert eventually(lambda: "数据库与队列" in up.said(), 20)
        up.stop()
        assert eventually(lambda: not of_folder(folder), 20), of_folder(folder)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - refused, not bound
def test_demo_refuses_other_interfaces(host: str) -> None:
    with data_directory() as folder:
        up = Up(folder, "--demo", "--host", host)
        assert up.process.wait(30) == 1
        assert "演示模式的密码是公开的" in up.said()
        assert of_folder(folder) == []


@pytest.mark.long  # the start matrix of .ci/run starts so each time
def test_odd_locale_zone_and_home() -> None:
    """LC_ALL=C TZ=UTC, a HOME that is not there: Chinese output, and no home is made."""
    with data_directory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "portal.cli", "init"],
            cwd=ROOT,
            env={
                **environment(folder),
                "LC_ALL": "C",
                "TZ": "UTC",
                "HOME": str(folder.parent / "no-home"),
                "PYTHONUTF8": "0",
            },
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert "数据表已是最新" in done.stdout.decode("utf-8")
        assert not (folder.parent / "no-home").exists()
