"""`python3 -m bench.ledger_pages`: pages of the ledger with 1,000 and 100,000 items.

What a page asks the database for, by filters, order and how deep it lies; the medians of some
rounds in one process. Beside the first pages stands what one order over all lights would take,
in the same run: the ratio says what asking light by light saves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from flask import Flask
from sqlalchemy import select

from bench.filling.kept import DATA_DIR, application, filled, let_go
from bench.pages import PEOPLE
from bench.statements import median_of
from portal.config import Settings
from portal.embedded import Servers, attach
from portal.extensions import db
from portal.item.counted import listed
from portal.item.lights import ORDER
from portal.models import Item, Person
from portal.rooms.ledger import filters, queries
from portal.rooms.ledger.conditions import conditions
from portal.rooms.ledger.filters import Filters
from portal.rooms.ledger.orders import ids_in_order, ordered
from portal.rulebook.scope import Viewer, view_as

SIZES: Final = (1_000, 100_000)
ADDRESSES: Final = (
    "", "page=20", "page=1000", "sort=-light", "sort=-number", "sort=due", "sort=unit",
    "sort=leader", "sort=-urged", "state=running&level=2", "light=red", "term=current",
    "due=week", "urged=1",
    "owed=1", "q=安全", "q=zrwm", "columns=all",
)  # fmt: skip
LINE: Final = "{:<28}{:<12}{:>10}{:>10}{:>10}{:>12}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.ledger_pages", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", help="other numbers of items")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each page (default 5)")
    wanted = parser.parse_args()
    servers = attach(Settings(data_dir=DATA_DIR))
    for count in wanted.sizes or SIZES:
        _measure(servers, count, wanted.rounds)
    return 0


def _measure(servers: Servers, count: int, rounds: int) -> None:
    with filled(servers, count) as ours:
        app = application(ours)
        print(f"\n{count:,} items, milliseconds")
        print(LINE.format("address", "as", "whole", "counts", "ids", "one order"), flush=True)
        for who in ("office", "unit head"):
            _pages(app, who, rounds)
        let_go(app)


def _pages(app: Flask, who: str, rounds: int) -> None:
    with app.app_context():
        viewer = view_as(_person(PEOPLE[who]), app.extensions["portal.clock"])
        words = {app.extensions["portal.settings"].item_word}
        for address in ADDRESSES:
            wanted = filters.read(dict(parse_qsl(address)))
            times = [median_of(act, rounds) for act in _acts(viewer, wanted, words)]
            print(
                LINE.format(
                    address or "(first page)", who, *(f"{one * 1000:.1f}" for one in times)
                ),
                flush=True,
            )


def _person(name: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def _acts(viewer: Viewer, wanted: Filters, words: set[str]) -> list[Callable[[], object]]:
    """The whole page; its counts; the ids of its rows; those by one order."""
    clauses = conditions(viewer, wanted, words)
    counts = queries.counts_of(viewer, clauses, wanted)
    lights = {light: counts[f"light {light}"] for light in ORDER}
    first = (min(wanted.page, max(1, -(-counts["total"] // queries.PAGE))) - 1) * queries.PAGE
    return [
        partial(queries.find, viewer, wanted, words),
        partial(queries.counts_of, viewer, clauses, wanted),
        partial(ids_in_order, viewer, clauses, wanted, lights, first, queries.PAGE),
        partial(_one_order, viewer, wanted, words, first),
    ]


def _one_order(viewer: Viewer, wanted: Filters, words: set[str], first: int) -> list[int]:
    """The same ids by one order over all rows."""
    query = listed(viewer).where(*conditions(viewer, wanted, words).values())
    page = ordered(query.with_only_columns(Item.id), wanted, viewer.moment.day)
    return list(db.session.scalars(page.offset(first).limit(queries.PAGE)))


if __name__ == "__main__":
    sys.exit(main())
