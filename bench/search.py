"""`python3 -m bench.search`: what the database spends on a search, word by word and as whom.

Processor time of the server's own process, for clocks on a shared machine say little; the median of
some rounds. Behind the gate, as the pages ask it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select, text

from bench.__main__ import LARGE
from bench.filling.kept import DATA_DIR, application, filled, let_go
from bench.pages import PEOPLE
from bench.statements import spent
from portal.config import Settings
from portal.embedded import attach
from portal.extensions import db
from portal.models import Person
from portal.rooms.search import asked as asking
from portal.rooms.search import items
from portal.rulebook.scope import Viewer, view_as

WORDS = {
    "2026-18",
    "安全",
    "禽流感",
    "校园安全 保卫",
    "anquan",
    "aqbw",
    "xyz",
    "zrwm",
    "保卫处",
    "坤建军",
}
SUGGESTED, A_PAGE = 6, 20


class Spent(NamedTuple):
    """Milliseconds of the database for the suggestions and for the page, and what was found."""

    word: str
    suggestions: float
    page: float
    found: int


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.search", description=__doc__)
    parser.add_argument("--items", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with filled(attach(Settings(data_dir=DATA_DIR)), wanted.items) as ours:
        app = application(ours)
        show(app, wanted.rounds)
        let_go(app)
    return 0


def show(app: Flask, rounds: int) -> None:
    """Every word as every person, a line each."""
    print(f"{'as':<12}{'word':<16}{'suggested, ms':>14}{'page, ms':>10}{'found':>7}")
    for who, name in PEOPLE.items():
        for row in _of(app, name, rounds):
            print(
                f"{who:<12}{row.word:<16}{row.suggestions:>14.0f}{row.page:>10.0f}{row.found:>7}",
                flush=True,
            )


def _of(app: Flask, name: str, rounds: int) -> Iterator[Spent]:
    with app.app_context(), app.test_request_context():
        person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
        viewer = view_as(person, app.extensions["portal.clock"])
        for word in sorted(WORDS):
            asked = asking.read(word, {app.extensions["portal.settings"].item_word})
            suggestions, _found = _median(viewer, asked, SUGGESTED, rounds, count=False)
            page, found = _median(viewer, asked, A_PAGE, rounds, count=True)
            yield Spent(word, suggestions, page, found.total)
        db.session.rollback()


def _median(
    viewer: Viewer, asked: asking.Asked, limit: int, rounds: int, *, count: bool
) -> tuple[float, items.Found]:
    def act() -> items.Found:
        return items.find(viewer, asked, limit, count=count)

    process = db.session.scalar(text("SELECT pg_backend_pid()"))
    return statistics.median(_timed(act, process) for _ in range(rounds)), act()


def _timed(act: Callable[[], items.Found], process: int) -> float:
    began = spent(process)
    act()
    return (spent(process) - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
