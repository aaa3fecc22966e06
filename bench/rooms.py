"""`python3 -m bench.rooms`: every main page on a filled ledger, at the server.

Processor time of the application and of the database's processes apart, for clocks on a shared
machine say little; the statements, the slowest of them, and the weight of the page. The first
request of a page does not count.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from bench.addresses import BESIDE, FOUND, LEDGERS, MAIN, Address
from bench.filling.college import Connection
from bench.filling.kept import DATA_DIR, application, filled, let_go, superuser
from bench.pages import signed_in
from bench.statements import Asked, spent, taken_down
from portal.config import Settings
from portal.embedded import attach

SETS = {"main": MAIN, "beside": BESIDE, "ledger": LEDGERS}
SIZES = (1_000, 10_000)
PARTS = ("/ledger/items/", "/search/suggestions")
"""Addresses of parts that a page asks for."""
SHOWN = 300  # letters of a slow statement
LINE = "{:<44}{:<8}{:>9}{:>9}{:>9}{:>7}{:>9}{:>7}"


class Cost(NamedTuple):
    """What a page takes: milliseconds by the clock, of the application's and of the database's
    processor time; its statements, the slowest one by the clock; kilobytes."""

    clock: float
    application: float
    database: float
    statements: int
    slowest_ms: float
    slowest: Asked
    kilobytes: float


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.rooms", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of items")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each page (default 3)")
    parser.add_argument("--pages", choices=SETS, nargs="+", default=list(SETS))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--slow", type=float, default=300.0, help="ms from which SQL is printed")
    wanted = parser.parse_args()
    servers = attach(Settings(data_dir=DATA_DIR))
    pages = [page for name in wanted.pages for page in SETS[name] if wanted.only in page.name]
    for count in wanted.sizes:
        with filled(servers, count) as ours:
            app = application(ours)
            print(f"\n{count:,} items")
            print(LINE.format("page", "as", "clock", "app", "database", "SQL", "slowest", "KB"))
            with superuser(ours) as watching:
                show(app, watching, pages, wanted.rounds, wanted.slow)
            let_go(app)
    return 0


def show(
    app: Flask, watching: Connection, pages: Sequence[Address], rounds: int, slow: float
) -> None:
    """A line a page, then the statements that are slow."""
    clients: dict[str, FlaskClient] = {}
    for page in pages:
        client = clients.get(page.who) or clients.setdefault(page.who, signed_in(app, page.who))
        cost = cost_of(client, watching, address_of(client, page.at), rounds)
        print(
            LINE.format(
                page.name, page.who, f"{cost.clock:.0f}", f"{cost.application:.0f}",
                f"{cost.database:.0f}", cost.statements, f"{cost.slowest_ms:.0f}",
                f"{cost.kilobytes:.0f}",
            ),
            flush=True,
        )  # fmt: skip
        if cost.slowest_ms > slow:
            print(f"    {' '.join(cost.slowest.statement.split())[:SHOWN]}", flush=True)


def address_of(client: FlaskClient, at: str) -> str:
    """The address itself, or the first one of its kind on the page where such stand."""
    if at not in FOUND:
        return at
    where, pattern = FOUND[at]
    found = pattern.search(client.get(where).get_data(as_text=True))
    if found is None:
        raise RuntimeError(f"no {at} at {where}: more items are needed")
    return found[1]


def headers_of(address: str) -> dict[str, str]:
    """With which a page asks for its parts."""
    return {"HX-Request": "true"} if address.startswith(PARTS) else {}


def cost_of(client: FlaskClient, watching: Connection, address: str, rounds: int) -> Cost:
    """The medians of so many requests after a first one."""
    measured = []
    headers = headers_of(address)
    answer = client.get(address, headers=headers)
    for _ in range(rounds):
        before = (_of_database(watching), time.process_time(), time.perf_counter())
        answer = client.get(address, headers=headers)
        after = (time.perf_counter(), time.process_time(), _of_database(watching))
        measured.append((after[0] - before[2], after[1] - before[1], after[2] - before[0]))
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    with taken_down() as asked:
        client.get(address, headers=headers)
    slowest = max(asked, key=lambda one: one.seconds)
    clock, ours, theirs = (statistics.median(each) * 1000 for each in zip(*measured, strict=True))
    return Cost(
        clock, ours, theirs, len(asked), slowest.seconds * 1000, slowest, len(answer.data) / 1000
    )


def _of_database(watching: Connection) -> float:
    """Seconds that the processes of this database have run so far, but for the one that asks."""
    rows = watching.execute(
        "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database() AND leader_pid IS NULL"
    )
    return sum(spent(int(str(pid))) for (pid,) in rows)


if __name__ == "__main__":
    sys.exit(main())
