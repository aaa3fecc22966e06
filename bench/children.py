"""Making documents in children of a process, as the worker does, and what one takes."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

FONTS = ("box", "fang", "hei", "kai", "latin", "song", "title")
"""The faces of portal/documents/fonts."""


def made_in_children(make: Callable[[], bytes], times: int) -> dict[str, float]:
    """CPU seconds (median), peak memory in MB and bytes of a document made so often."""
    runs = [_child(make) for _ in range(times)]
    return {
        "cpu_s": statistics.median(run[0] for run in runs),
        "peak_mb": max(run[1] for run in runs),
        "bytes": runs[0][2],
    }


def _child(make: Callable[[], bytes]) -> tuple[float, float, int]:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.pdf"
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = 0 if made.write_bytes(make()) else 1
            finally:
                os._exit(code)
        _, status, used = os.wait4(pid, 0)
        if status or not made.read_bytes().startswith(b"%PDF"):
            raise RuntimeError("the document was not made")
        size = made.stat().st_size
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, size


def resident() -> float:
    """Resident memory of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
