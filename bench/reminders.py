"""`python3 -m bench.reminders`: the clock's round over 1,000 and 10,000 open items (SPEC §8.15).

Every item is open, which is more than a college ever has. Three rounds, each in a process of its
own: the first one of all, one at once after it, which finds nothing new, and one on the next day.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from bench.__main__ import LARGE, SIZES
from bench.filling.kept import DATA_DIR, ROOT, TODAY, filled
from portal import create_app
from portal.clock import Clock
from portal.config import Settings
from portal.embedded import Servers, attach, connect
from portal.extensions import db
from portal.reminders.clock import remind

OPEN = "in_progress"
ROUNDS = (("first round", 0), ("at once again", 0), ("next day", 1))
COLUMNS = ("open items", "round", "seconds", "occasions", "messages", "peak MB")
LINE = "{:>12}  {:<16}{:>9}{:>11}{:>10}{:>9}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.reminders", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", help="other numbers of items")
    parser.add_argument("--large", action="store_true", help="also with 100,000 items")
    parser.add_argument("--round", nargs=2, metavar=("URL", "DAY"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.round:
        print(json.dumps(one_round(wanted.round[0], date.fromisoformat(wanted.round[1]))))
        return 0
    servers = attach(Settings(data_dir=DATA_DIR))
    print(LINE.format(*COLUMNS), flush=True)
    for count in wanted.sizes or (*SIZES, *((LARGE,) if wanted.large else ())):
        _measure(servers, count)
    return 0


def one_round(url: str, day: date) -> dict[str, float]:
    """One round as a worker does it: seconds, occasions, and the most memory it took."""
    settings = Settings(data_dir=DATA_DIR, database_url=url, demo=True, today=day)
    app = create_app(settings, clock=Clock.standing_at(day), worker=True)
    with app.app_context():
        began = time.perf_counter()
        occasions = remind()
        seconds = time.perf_counter() - began
        db.engine.dispose()
    return {"seconds": seconds, "occasions": occasions, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """The most memory this process had, in MB; getrusage would count its parent's too."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _measure(servers: Servers, count: int) -> None:
    """On so many items in work, with their plans, reports and members."""
    with filled(servers, count, {OPEN: 1.0}) as ours:
        for said, days in ROUNDS:
            _print(count, said, _in_a_process(ours, TODAY + timedelta(days=days)), ours)


def _in_a_process(servers: Servers, day: date) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - the address is of the servers just attached
        [sys.executable, "-m", "bench.reminders", "--round", servers.worker_url, day.isoformat()],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(count: int, said: str, found: dict[str, float], servers: Servers) -> None:
    with connect(servers.owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM message").fetchone()
    print(
        LINE.format(
            f"{count:,}", said, f"{found['seconds']:.2f}", f"{found['occasions']:,}",
            f"{row[0] if row else 0:,}", f"{found['peak_mb']:.0f}",
        ),
        flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
