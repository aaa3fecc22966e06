"""待办 in short: what the desk and the bubble in the frame show of it is what the list holds."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.filters import at_most_99
from portal.rooms.desk.tray import key_of, keys_of
from portal.rulebook import tray
from tests.rooms.test_statements import brought
from tests.stages import as_of
from tests.steps.acting import HEAD, LEADER

MANY = 5


def test_the_board_is_the_list(college: Flask) -> None:
    brought(college, MANY, "closing_unit")
    brought(college, 1, "pending_sign")
    with college.app_context():
        for who in (HEAD, LEADER):
            viewer = as_of(college, who)
            keys = keys_of(viewer)
            assert keys
            for first in (1, 3, len(keys) + 1):
                board = tray.board(viewer, first)
                assert [key_of(row) for row in board.first] == keys[:first]
                held = {word: [key for key in keys if key.word == word] for word in board.heaps}
                assert {key.word for key in keys} == set(held)
                for word, heap in board.heaps.items():
                    assert heap == (len(held[word]), min(key.since for key in held[word]))


def test_no_more_is_counted_than_is_shown(college: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the rows looked at first do not differ enough to say."""
    brought(college, MANY, "closing_unit")
    with college.app_context():
        viewer = as_of(college, HEAD)
        waits = len(keys_of(viewer))
        assert tray.count_waiting(viewer) == waits >= MANY
        monkeypatch.setattr(tray, "LOOKED", 2)
        assert tray.count_waiting(viewer) == waits
        monkeypatch.setattr(tray, "MOST", MANY - 2)
        assert tray.count_waiting(viewer) == MANY - 1


def test_a_bubble_says_99_at_most() -> None:
    assert [at_most_99(number) for number in (1, 99, 100)] == ["1", "99", "99+"]
