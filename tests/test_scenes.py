"""A scene is put back only where nothing else was written, and on its own day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from portal.clock import Clock
from portal.embedded import Servers, connect
from tests import scenes
from tests.lanes import Rows
from tests.scenes import Scenes, writes


@pytest.mark.parametrize(
    ("statement", "does"),
    [
        ("SELECT 1", False),
        (";", False),
        ("  select 1 for update", False),
        ("SET LOCAL app.keys = '{1}'", False),
        ("WITH a AS (SELECT updated_at FROM b) SELECT * FROM a", False),
        ("WITH gone AS (DELETE FROM a RETURNING id) SELECT * FROM gone", True),
        ("with a as (select 1)\nupdate b set c = 1", True),
        ("UPDATE a SET b = 1", True),
        ("\nTRUNCATE a", True),
        ("COPY a FROM STDIN", True),
    ],
)
def test_what_writes(statement: str, does: bool) -> None:
    assert writes(statement) is does


class _Lane:
    """A lane of which nothing is kept but how often it was put back."""

    database = "a"

    def __init__(self) -> None:
        self.put_back = 0

    def rows(self) -> Rows:
        return Rows({}, {})

    def put(self, _rows: Rows) -> None:
        self.put_back += 1


@pytest.fixture
def played(tmp_path: Path) -> tuple[Scenes, Flask, _Lane]:
    """Scenes of which ("draft",) was done twice, so that the third time it is put back."""
    app, lane = Flask("scenes"), _Lane()
    app.extensions |= {
        "portal.clock": Clock(),
        "portal.settings": SimpleNamespace(files_dir=tmp_path),
    }
    made = Scenes(lane)  # type: ignore[arg-type]  # what of a lane is asked for
    for _ in range(2):
        made.begin()
        made.play(app, "draft", lambda: "drafted")
    return made, app, lane


def _played_again(made: Scenes, app: Flask) -> bool:
    """Whether the act was done, not put back."""
    done: list[Any] = []
    made.play(app, "draft", lambda: done.append(1))
    return bool(done)


def test_put_back_from_the_third_time_on(played: tuple[Scenes, Flask, _Lane]) -> None:
    made, app, lane = played
    made.begin()
    assert not _played_again(made, app)
    assert lane.put_back == 1


def test_what_is_shared_is_put_back_from_the_second_time_on(
    played: tuple[Scenes, Flask, _Lane],
) -> None:
    made, app, lane = played
    done: list[int] = []
    for _ in range(2):
        made.begin()
        made.play(app, "shared", lambda: done.append(1), shared=True)
    assert (len(done), lane.put_back) == (1, 1)


def test_not_after_something_else_was_written(played: tuple[Scenes, Flask, _Lane]) -> None:
    made, app, lane = played
    made.begin()
    made.written("another")
    made.written(lane.database)
    assert _played_again(made, app)


def test_not_on_another_day(
    played: tuple[Scenes, Flask, _Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that goes on past midnight."""
    made, app, _lane = played
    tomorrow = Clock().today() + timedelta(days=1)
    monkeypatch.setattr(Clock, "today", lambda _self: tomorrow)
    made.begin()
    assert _played_again(made, app)


@pytest.mark.parametrize("bare", [True, False], ids=["bytes", "text"])
def test_what_a_test_writes_around_the_portal_is_heard(database: Servers, bare: bool) -> None:
    """By a connection of its own, in whatever way it is spoken."""
    heard = scenes.current
    assert heard is not None
    with connect(database.owner_url) as raw:
        _say(raw, "SELECT count(*) FROM item", bare)
        assert heard.done == ()
        _say(raw, "UPDATE person SET sort_no = sort_no", bare)
    assert heard.done is None


def _say(raw: Connection[Any], statement: str, bare: bool) -> None:
    raw.execute(statement.encode() if bare else statement)  # type: ignore[arg-type]  # of this test
