"""flask, gunicorn and pytest's own ways work as anyone expects: they find or start the servers."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import ROOT, data_directory, environment, eventually

PYTHON = Path(sys.executable)


def _run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(folder, **environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def _serving(folder: Path, command: Sequence[str]) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    """A data directory with the sample college, set up by the usual commands alone."""
    with data_directory() as folder:
        done = _run(folder, str(PYTHON), "-m", "flask", "--app", "wsgi", "db", "upgrade")
        assert done.returncode == 0, done.stderr
        done = _run(folder, str(PYTHON), "-m", "portal.cli", "demo", PORTAL_DEMO="1")
        assert done.returncode == 0, done.stderr
        yield folder


@pytest.mark.parametrize("name", [pytest.param("flask", marks=pytest.mark.long), "gunicorn"])
def test_the_demo_is_served_by(demo: Path, name: str) -> None:
    """Without a setting: the data directory itself says that it holds the sample college."""
    port = str(_free_port())
    command = {
        "flask": ["-m", "flask", "--app", "wsgi", "run", "--port", port],
        "gunicorn": [
            "-m",
            "gunicorn",
            "--no-control-socket",
            "-b",
            f"127.0.0.1:{port}",
            "wsgi:app",
        ],
    }[name]
    with _serving(demo, [str(PYTHON), *command]):
        assert eventually(lambda: _answers(f"http://127.0.0.1:{port}/readyz"), 40)
        assert _answers(f"http://127.0.0.1:{port}/login")


def test_up_without_demo_refuses_the_sample_college(demo: Path) -> None:
    """The demo's password is public: what was loaded as a demo is not served as the real thing."""
    done = _run(demo, str(PYTHON), "-m", "portal.cli", "up", "--port", "0")
    assert done.returncode == 1
    assert "装有示例学院" in done.stdout + done.stderr


def test_doctor_finds_a_sound_installation_and_a_missing_migration(demo: Path) -> None:
    """Exit 0 when all is well; otherwise 1, and how to mend it."""
    done = _run(demo, str(PYTHON), "-m", "portal.cli", "doctor")
    assert done.returncode == 0, done.stdout
    back = _run(demo, str(PYTHON), "-m", "flask", "--app", "wsgi", "db", "downgrade", "--", "-1")
    assert back.returncode == 0, back.stderr
    done = _run(demo, str(PYTHON), "-m", "portal.cli", "doctor")
    assert done.returncode == 1
    assert "✗" in done.stdout
