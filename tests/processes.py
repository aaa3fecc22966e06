"""For tests that start real processes: a data directory, the portal, and who runs in it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def data_directory(mode: int = 0o711) -> Iterator[Path]:
    """A folder the servers' user may enter (pytest's own are closed to it), removed afterwards.

    Whatever still runs for it at the end is ended and makes the test fail.
    """
    # Not where TMPDIR points: run.py's lies inside the project, which may itself be closed.
    outer = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp")).resolve()
    outer.chmod(mode)
    folder = outer / "var"
    try:
        yield folder
        assert eventually(lambda: not of_folder(folder), 15), of_folder(folder)
    finally:
        kill_all(of_folder(folder))
        memory = folder / "servers-at"
        if memory.exists():
            shutil.rmtree(memory.read_text(encoding="utf-8").strip(), ignore_errors=True)
        shutil.rmtree(outer, ignore_errors=True)


def of_folder(folder: Path) -> list[psutil.Process]:
    """Every process of a data directory: by environment, command line or working directory."""
    found = []
    text = str(folder)
    places = (folder, place_of(folder))
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            cwd = Path(process.cwd())
            mine = process.environ().get("PORTAL_DATA_DIR") == text or text in process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            continue
        if mine or any(cwd == place or place in cwd.parents for place in places):
            found.append(process)
    return found


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL to each; killing one may end another first."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def place_of(folder: Path) -> Path:
    """Where the servers of a data directory keep their data."""
    memory = folder / "servers-at"
    return Path(memory.read_text(encoding="utf-8").strip()) if memory.exists() else folder


def environment(folder: Path, **more: str) -> Mapping[str, str]:
    """A clean environment for a data directory: no setting of the outer one, and people without
    their items, which take a minute to live through (tests/demo)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    ours = {"PORTAL_DATA_DIR": str(folder), "PORTAL_DEMO_ITEMS": "0", "PYTHONUTF8": "1"}
    return {**kept, **ours, **more}


def eventually(done: Callable[[], object], seconds: float) -> bool:
    """Whether `done()` becomes true within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.1)
    return bool(done())


class Up:
    """`portal up` on a data directory."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.folder = folder
        self.output = folder.parent / f"up-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "up", *arguments],
                cwd=ROOT,
                env=environment(folder, **environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def address(self) -> str:
        """Waits until it says where to open it."""
        assert eventually(
            lambda: "打开 http" in self.said() or self.process.poll() is not None, 60
        ), self.said()
        found = re.search(r"打开 (http\S+/)", self.said())
        assert found, self.said()
        return found[1]

    def pids(self, role: str) -> list[int]:
        """The processes of a role of `ROLES`."""
        return sorted(p.pid for p in of_folder(self.folder) if _is(role, p))

    def is_whole(self) -> bool:
        """Whether every role has its processes and the pages and both servers answer."""
        present = of_folder(self.folder)
        if not all(any(_is(role, process) for process in present) for role in ROLES):
            return False
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address()}readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> float:
        """Stop it; the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signum)
        self.process.wait(20)
        return time.monotonic() - began


def _is(role: str, process: psutil.Process) -> bool:
    try:
        return ROLES[role](process)
    except psutil.NoSuchProcess:  # it has ended meanwhile
        return False


def _runs(*words: str) -> Callable[[psutil.Process], bool]:
    return lambda process: all(word in process.cmdline() for word in words)


def _postgres(process: psutil.Process) -> bool:
    return process.name() == "postgres" and "-D" in process.cmdline()


def _backend(process: psutil.Process) -> bool:
    return process.name() == "postgres" and "checkpointer" in " ".join(process.cmdline())


def _gunicorn(master: bool) -> Callable[[psutil.Process], bool]:
    def matches(process: psutil.Process) -> bool:
        if "gunicorn" not in process.cmdline():
            return False
        parent = process.parent()
        return master != (parent is not None and "gunicorn" in parent.cmdline())

    return matches


ROLES: dict[str, Callable[[psutil.Process], bool]] = {
    "keeper": _runs("portal.embedded"),
    "postgres": _postgres,
    "backend": _backend,
    "valkey": lambda process: process.name().startswith("valkey-server"),
    "web": _gunicorn(master=True),
    "web worker": _gunicorn(master=False),
    "worker": _runs("portal.cli", "worker"),
    "scheduler": _runs("portal.cli", "scheduler"),
}
