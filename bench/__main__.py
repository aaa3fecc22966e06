"""`python3 -m bench`: how fast the portal is with 1,000 and 10,000 items, and what the gate costs.

Measures on embedded servers of its own (`var/bench`), on copies of databases that are filled once
and kept (`bench.filling`), in one process. Figures of one machine say little; their ratios
do. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence

from bench.filling.kept import DATA_DIR, ROOT, application, filled, let_go
from bench.pages import Bench, Measured
from bench.statements import Comparison
from portal.config import Settings
from portal.embedded import Servers, attach

SIZES, LARGE = (1_000, 10_000), 100_000
SLOW = 50.0  # milliseconds of one SELECT from which its plan is printed with --plans
SHEET_LINES = (
    ("worker at rest, MB", "{}_worker_mb", 1, 0),
    ("child making a sheet, peak MB", "{}_peak_mb", 1, 0),
    ("CPU of a sheet, seconds", "{}_cpu_s", 1, 2),
    ("a sheet, kB", "{}_bytes", 1000, 0),
)
HEAD = f"{'page':<22}{'as':<12}{'ms':>8}{'SELECTs':>9}{'gate':>7}{'proof':>7}{'slowest':>10}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="also with 100,000 items")
    parser.add_argument("--sizes", type=int, nargs="+", help="other numbers of items")
    parser.add_argument("--rounds", type=int, default=11, help="runs of each page (default 11)")
    parser.add_argument(
        "--weasyprint", action="store_true", help="also sheets by WeasyPrint, in a venv of its own"
    )
    parser.add_argument("--plans", action="store_true", help="print the plans of slow SELECTs")
    wanted = parser.parse_args()
    servers = attach(Settings(data_dir=DATA_DIR))
    for count in wanted.sizes or (*SIZES, *((LARGE,) if wanted.large else ())):
        _measure(servers, count, wanted.rounds, plans=wanted.plans)
    _sheets(weasyprint=wanted.weasyprint)
    return 0


def _measure(servers: Servers, count: int, rounds: int, *, plans: bool) -> None:
    with filled(servers, count) as ours:
        app = application(ours)
        comparison = Comparison(ours, app.extensions["portal.prover"])
        try:
            print(f"\n{count:,} items")
            _run(Bench(app, comparison, rounds), plans=plans)
        finally:
            comparison.close()
            let_go(app)


def _run(bench: Bench, *, plans: bool) -> None:
    print(f"\n{HEAD}", flush=True)
    slow = []
    for measured in bench.run():
        print(_line(measured), flush=True)
        slow += [measured] if measured.slowest_ms > SLOW else []
    if plans:
        _print_plans(slow)


def _line(measured: Measured) -> str:
    gate, proof = ("" if math.isnan(ratio) else f"{ratio:.2f}" for ratio in measured.ratios)
    return (
        f"{measured.page:<22}{measured.who:<12}{measured.milliseconds:>8.1f}"
        f"{measured.selects:>9}{gate:>7}{proof:>7}{measured.slowest_ms:>10.1f}"
    )


def _print_plans(slow: Sequence[Measured]) -> None:
    for measured in slow:
        print(f"\n{measured.page}, {measured.who}: {measured.slowest}\n{measured.plan}")


def _sheets(*, weasyprint: bool) -> None:
    """In a process of its own: memory is the process's."""
    environment = {**os.environ, "PORTAL_DATA_DIR": str(DATA_DIR), "PORTAL_DEMO": "1"}
    command = [sys.executable, "-m", "bench.sheets", *(["--weasyprint"] if weasyprint else [])]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    found = json.loads(done.stdout.splitlines()[-1])
    heads = f"{'libraries not loaded':>22}{'loaded':>8}{'WeasyPrint':>12}"
    print(f"\n{'a worker making sheets':<32}{heads}")
    for label, kind, unit, digits in SHEET_LINES:
        cold, warm, other = (
            found.get(kind.format(which), math.nan) / unit
            for which in ("cold", "warm", "weasyprint")
        )
        print(f"{label:<32}{cold:>22.{digits}f}{warm:>8.{digits}f}{other:>12.{digits}f}")


if __name__ == "__main__":
    sys.exit(main())
