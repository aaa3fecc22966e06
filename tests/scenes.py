"""What tests of one process bring about again and again, done once and put back from then on.

Half of all tests begin with the same acts: a draft, its signatures, an item in work. The first test
that does them does them; the second keeps the rows they leave; those after it get the rows. It
holds only for acts that follow one another from an untouched lane: whatever else a test writes in
between ends it, and everything is done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from flask import Flask, has_app_context
from sqlalchemy import Connection, Engine, event

from portal.clock import Clock
from portal.extensions import db
from tests.lanes import Lane, Rows

T = TypeVar("T")
READS = ("SELECT", "SHOW", "SET", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "WITH")


class Scene(NamedTuple):
    """What a step returned, and the rows it left in the lane."""

    result: Any
    rows: Rows


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

    def play(self, app: Flask, key: Hashable, act: Callable[[], T]) -> T:
        """What `act` returns, by doing it or by putting back what it left before."""
        if self._within or self.done is None:
            return act()
        clock: Clock = app.extensions["portal.clock"]
        done = (*self.done, key, getattr(clock, "shift", None))
        if done in self._kept:
            self._put_back(self._kept[done].rows)
            self.done = done
            return self._kept[done].result  # type: ignore[no-any-return]  # of the same act
        first = self.done
        with self.step():
            result = act()
        self._met[first, key] += 1
        self.done = None
        if _repeatable(clock, app) and self._met[first, key] > 1:
            self._kept[done] = Scene(result, self.lane.rows())
            self.done = done
        return result

    def _put_back(self, rows: Rows) -> None:
        if has_app_context():
            db.session.rollback()
        self.lane.put(rows)


current: Scenes | None = None
"""Those of the lane that the running test has."""


def play(app: Flask, key: Hashable, act: Callable[[], T]) -> T:
    """`Scenes.play` in a test that has a lane; else `act` is done."""
    return act() if current is None else current.play(app, key, act)


def _repeatable(clock: Clock, app: Flask) -> bool:
    """A clock that only shifts days, and nothing written outside the database."""
    folder = app.extensions["portal.settings"].files_dir
    return type(clock) is Clock and not any(path.is_file() for path in folder.rglob("*"))


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if current is not None and not statement.lstrip().upper().startswith(READS):
        current.written(connection.engine.url.database)
