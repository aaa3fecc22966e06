"""Child processes of `portal up`: started, counted, ended together with what they started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from portal.processes import die_with_parent, wait_until

_HEALTHY_AFTER = 60.0  # seconds after which an earlier failure is forgotten
_LONGEST_PAUSE = 30.0
_LARGEST_LOG = 10_000_000


@dataclass
class Child:
    """One process; `listener` is the descriptor of the socket it serves, -1 for none."""

    name: str
    command: Sequence[str]
    log: Path
    listener: int = -1
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = 0.0

    def runs(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def ending(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode if self.process is not None else 0
        return f"信号 {-code}" if code < 0 else f"退出码 {code}"

    def may_restart(self) -> bool:
        """At once after the first death, then after pauses that double."""
        now = time.monotonic()
        if not self.not_before:
            if now - self.started > _HEALTHY_AFTER:
                self.failures = 0
            pause = min(2.0 ** (self.failures - 1), _LONGEST_PAUSE) if self.failures else 0.0
            self.failures += 1
            self.not_before = now + pause
        return now >= self.not_before


def start(child: Child, environment: Mapping[str, str], folder: Path) -> None:
    """Start (again). A session of its own keeps Ctrl-C from reaching it before its time."""
    _end_group(child, signal.SIGKILL)  # what a killed process left of its own children
    if child.log.exists() and child.log.stat().st_size > _LARGEST_LOG:
        child.log.replace(child.log.with_suffix(".log.1"))
    with child.log.open("ab") as log:
        child.process = subprocess.Popen(  # noqa: S603 - a command of portal.supervise
            child.command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(child.listener,) if child.listener >= 0 else (),
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGTERM),
        )
    child.started, child.not_before = time.monotonic(), 0.0


def end(children: Sequence[Child], patience: float) -> None:
    """Ask all to end, wait up to `patience` seconds, then kill what is left of them."""
    for child in children:
        if child.process is not None and child.runs():
            child.process.send_signal(signal.SIGTERM)
    wait_until(lambda: not any(child.runs() for child in children), patience)
    for child in children:
        _end_group(child, signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _end_group(child: Child, signum: signal.Signals) -> None:
    if child.process is None:
        return
    try:
        os.killpg(child.process.pid, signum)
    except (ProcessLookupError, PermissionError):  # PermissionError: only zombies left, on macOS
        return
