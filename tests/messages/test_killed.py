"""Workers killed with -9 while they send: nothing is lost, and nothing comes twice but what one of
them had in hand, under the same key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
def test_killed_workers_lose_nothing() -> None:
    """The bench, small: processes of their own against a gateway that counts keys."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.outbox", "--rows", "200", "--kill-every", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost: 0;" in done.stdout
    assert "strange: 0" in done.stdout
