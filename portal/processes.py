"""Small tools for processes that start and end other processes; knows no page and no table."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def _prctl() -> Callable[..., int] | None:
    """Linux's prctl, looked up before any fork; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[..., int] = ctypes.CDLL(None).prctl
    return found


_PRCTL = _prctl()


def die_with_parent(parent: int, signum: signal.Signals) -> None:
    """Ask the kernel to send `signum` to this process when process `parent` ends, however it ends.

    To be called in the child, after its user id is set (a change of user id clears the request).
    Elsewhere than on Linux it does nothing: there the next start clears what was left.
    """
    if _PRCTL is None:
        return
    _PRCTL(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the request was made
        os.kill(os.getpid(), signum)


def is_alive(pid: int) -> bool:
    """Whether process `pid` runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in {"Z", "X"}


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder` or below it (Linux; elsewhere none are seen).

    Both servers change into their data directory and stay there, their children too, so this
    finds what a killed server left behind and nothing else.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            here = Path(os.readlink(entry / "cwd"))
        except OSError:
            continue
        if here == folder or folder in here.parents:
            pid = int(entry.name)
            if pid != os.getpid() and not _is_zombie(pid):
                found.append(pid)
    return found


def signal_quietly(pid: int, signum: signal.Signals) -> None:
    """Send a signal to a process which may have ended meanwhile."""
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def wait_until(done: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """Wait until `done()` or until `seconds` have passed; answers whether it was done."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= end:
            return False
        time.sleep(step)
    return True
