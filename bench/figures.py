"""`python3 -m bench.figures`: 指标 of a term with 100,000 items of ten years (wanted: under 1 s),
and what 学期报告 takes of it (wanted: under 60 s).

Medians of some rounds in one process, behind the gate. With `--past` it also leaves how each item
stood, as acts do one by one, and counts the same as of a past day.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import event, select

from bench.filling.kept import DATA_DIR, TODAY, application, filled, let_go, superuser
from bench.statements import median_of
from portal import figures
from portal.config import Settings
from portal.embedded import Servers, attach
from portal.extensions import db
from portal.figures import By, Period, Scope
from portal.models import Person
from portal.rooms.reports.snapshot.taking import take
from portal.rulebook.scope import Viewer, view_as

SIZE: Final = 100_000
TERM: Final = Period(date(2026, 8, 1), date(2027, 1, 31))
YESTERDAY: Final = TODAY - timedelta(days=1)
PEOPLE: Final = {"office": "杨思源", "leader": "坤清祥", "unit head": "覃燚"}
STAND: Final = (
    "SELECT stand(item_id, max(day)) FROM event WHERE item_id BETWEEN {} AND {} GROUP BY item_id"
)
BLOCK: Final = 2000
"""Items at a time: a session keeps the plan it made when the table was empty."""
LINE: Final = "{:<34}{:<12}{:>10}{:>12}"


def main() -> int:
    """Measure and print; 0 when everything was measured."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.figures", description=__doc__)
    parser.add_argument("--items", type=int, default=SIZE, help="another number of items")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each count (default 5)")
    parser.add_argument("--past", action="store_true", help="also as of a past day")
    wanted = parser.parse_args()
    with filled(attach(Settings(data_dir=DATA_DIR)), wanted.items) as ours:
        if wanted.past:
            _stand(ours, wanted.items)
        app = application(ours)
        days = {"today": TODAY} | ({"as of yesterday": YESTERDAY} if wanted.past else {})
        _measure(app, wanted.rounds, days)
        for said, day in days.items():
            _report(app, said, day)
        let_go(app)
    return 0


def _stand(ours: Servers, count: int) -> None:
    began = time.monotonic()
    with superuser(ours) as connection:
        first, last = connection.execute(b"SELECT min(id), max(id) FROM item").fetchone() or (1, 0)
    for begin in range(first, last + 1, BLOCK):
        with superuser(ours) as connection:
            connection.execute(STAND.format(begin, begin + BLOCK - 1).encode())
            connection.execute(b"ANALYZE standing")
    each = (time.monotonic() - began) / count * 1000
    print(f"how an item stood: {each:.2f} ms each", flush=True)


def _report(app: Flask, said: str, day: date) -> None:
    """What the job of 学期报告 counts and lists (wanted: under 60 s), as the office."""
    with app.app_context():
        viewer = _viewer(app, PEOPLE["office"])
        began = time.monotonic(), time.process_time()
        taken = take(viewer, *TERM, day)
        took, own = time.monotonic() - began[0], time.process_time() - began[1]
        spent = f"{took:.1f} s, of the application {own:.1f} s of processor time"
        print(f"学期报告, {said}: {len(taken.item_ids):,} items, {spent}", flush=True)


def _measure(app: Flask, rounds: int, days: Mapping[str, date]) -> None:
    print(LINE.format("the term's indicators", "as", "ms", "statements"), flush=True)
    for said, day in days.items():
        for by in By:
            for who, name in PEOPLE.items():
                with app.app_context():
                    count = _counted(_viewer(app, name), by, day)
                    took = median_of(count, rounds) * 1000
                    made = _statements(count)
                    print(LINE.format(f"{by.value}, {said}", who, f"{took:.0f}", made), flush=True)


def _viewer(app: Flask, name: str) -> Viewer:
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def _counted(viewer: Viewer, by: By, day: date) -> Callable[[], object]:
    return lambda: figures.of(viewer, TERM, day, Scope(by))


def _statements(act: Callable[[], object]) -> int:
    made = 0

    def note(*_args: object) -> None:
        nonlocal made
        made += 1

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    return made


if __name__ == "__main__":
    sys.exit(main())
