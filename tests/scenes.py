"""What tests of one process bring about again and again, done once and put back from then on.

Half of all tests begin with the same acts: a draft, its signatures, an item in work. The first test
that does them does them; the second keeps the rows they leave; those after it get the rows. It
holds only for acts that follow one another from an untouched lane: whatever else a test writes in
between ends it, and everything is done again. What other processes write is not seen: a test that
starts one does its acts before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import psycopg
from flask import Flask, has_app_context
from psycopg.sql import Composable

from portal.clock import Clock
from portal.extensions import db
from tests.lanes import Lane, Rows

T = TypeVar("T")
READS = ("SELECT", "SHOW", "SET", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
CHANGES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b")


class Scene(NamedTuple):
    """What a step returned, the rows it left in the lane, and as whom its session read last."""

    result: Any
    rows: Rows
    reads_as: dict[Any, Any]


class Scenes:
    """The steps that were done since the lane was taken, and the scenes that are kept of them."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.done: tuple[Hashable, ...] | None = ()
        """The steps; None once something else was written."""
        self._within = 0
        self._met: Counter[Hashable] = Counter()
        self._kept: dict[tuple[Hashable, ...], Scene] = {}

    def begin(self) -> None:
        """The lane is as its template."""
        self.done = ()

    def written(self, database: str | None) -> None:
        """A statement that writes was sent to this database."""
        if not self._within and database == self.lane.database:
            self.done = None

    @contextmanager
    def step(self) -> Iterator[None]:
        """What is written meanwhile belongs to a step."""
        self._within += 1
        try:
            yield
        finally:
            self._within -= 1

    def play(self, app: Flask, key: Hashable, act: Callable[[], T], *, shared: bool = False) -> T:
        """What `act` returns, by doing it or by putting back what it left before. A `shared` one is
        known to come again, as a fixture is: it is kept from the first time on."""
        if self._within or self.done is None:
            return act()
        clock: Clock = app.extensions["portal.clock"]
        # A run that goes on past midnight does not put yesterday's acts into today.
        done = (*self.done, key, getattr(clock, "shift", None), clock.today())
        if done in self._kept:
            self._put_back(self._kept[done])
            self.done = done
            return self._kept[done].result  # type: ignore[no-any-return]  # of the same act
        first = self.done
        with self.step():
            result = act()
        self._met[first, key] += 1
        self.done = None
        if _repeatable(clock, app) and (shared or self._met[first, key] > 1):
            self._kept[done] = Scene(result, self.lane.rows(), _reads_as())
            self.done = done
        return result

    def _put_back(self, scene: Scene) -> None:
        if has_app_context():
            db.session.rollback()
            db.session.info.update(scene.reads_as)
        self.lane.put(scene.rows)


current: Scenes | None = None
"""Those of the lane that the running test has."""


def play(app: Flask, key: Hashable, act: Callable[[], T], *, shared: bool = False) -> T:
    """`Scenes.play` in a test that has a lane; else `act` is done."""
    return act() if current is None else current.play(app, key, act, shared=shared)


def _reads_as() -> dict[Any, Any]:
    """A test may go on as the person of the last act; none if the act had a session of its own."""
    return dict(db.session.info) if has_app_context() else {}


def _repeatable(clock: Clock, app: Flask) -> bool:
    """A clock that only shifts days, and nothing written outside the database."""
    folder = app.extensions["portal.settings"].files_dir
    return type(clock) is Clock and not any(path.is_file() for path in folder.rglob("*"))


def writes(statement: str) -> bool:
    """Whether the statement may write; one that begins with WITH does if a part of it does."""
    said = statement.strip(" \n;").upper()
    if not said:  # how SQLAlchemy asks whether a connection still stands
        return False
    return bool(CHANGES.search(said)) if said.startswith("WITH") else not said.startswith(READS)


def _noted(speak: Callable[..., Any]) -> Callable[..., Any]:
    """The same method of a cursor, whose writing statements the scenes hear of."""

    @wraps(speak)
    def spoken(cursor: psycopg.Cursor[Any], query: Any, *rest: Any, **more: Any) -> Any:
        if current is not None and writes(_text(cursor, query)):
            current.written(cursor.connection.info.dbname)
        return speak(cursor, query, *rest, **more)

    return spoken


def _text(cursor: psycopg.Cursor[Any], query: Any) -> str:
    if isinstance(query, Composable):
        return query.as_string(cursor)
    return query.decode() if isinstance(query, bytes) else str(query)


# At the driver: tests also write around the portal, by connections of their own.
psycopg.Cursor.execute = _noted(psycopg.Cursor.execute)  # type: ignore[method-assign]
psycopg.Cursor.executemany = _noted(psycopg.Cursor.executemany)  # type: ignore[method-assign]
