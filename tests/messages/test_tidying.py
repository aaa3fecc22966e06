"""Decision 0095: what was read long ago is thrown away, what somebody may still need is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.embedded import Servers, connect
from portal.messages import tidying
from portal.rulebook import policy
from tests.messages.conftest import Post, later, messages, rows, run
from tests.people import draft

KEPT = policy.CURRENT.limit("messages_kept")
KEPT_DELIVERIES = policy.CURRENT.limit("deliveries_kept")
Change = Callable[..., None]


@pytest.fixture
def change(database: Servers) -> Change:
    """Change rows as the owner of the tables."""

    def do(statement: str, *values: Any) -> None:
        with connect(database.owner_url) as raw:
            raw.execute(statement.encode(), values)

    return do


@pytest.mark.parametrize(
    ("given", "days", "stays"),
    [
        ("read_at = at", KEPT - 1, True),
        ("read_at = at", KEPT + 1, False),
        ("read_at = NULL", 10 * KEPT, True),
    ],
)
def test_of_no_item(
    sending: Flask, ids: dict[str, int], post: Post, change: Change,
    given: str, days: int, stays: bool,
) -> None:  # fmt: skip
    """A weekly list goes once it was read and is as old; unread it stays."""
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    change(f"UPDATE message SET {given}")  # noqa: S608 - of the list above
    later(sending, days=days)
    run(sending, tidying.tidy)
    assert bool(messages(sending)) == stays


@pytest.mark.parametrize(
    ("state", "ended", "stays"),
    [
        ("archived", KEPT + 1, False),
        ("void", KEPT + 1, False),
        ("archived", KEPT - 1, True),
        ("closed", 10 * KEPT, True),
        ("in_progress", 10 * KEPT, True),
    ],
)
def test_of_an_item(
    sending: Flask, college: Flask, ids: dict[str, int], post: Post, change: Change,
    state: str, ended: int, stays: bool,
) -> None:  # fmt: skip
    """However old: as long as its item runs, is not archived, or was archived less than a year
    ago."""
    post("N08", ids["坤建军"], item=draft(college, "A01"), due="2026-11-20")
    change("UPDATE message SET read_at = at")
    later(sending, days=11 * KEPT)
    now: datetime = sending.extensions["portal.clock"].now()
    since = now - timedelta(days=ended)
    change(
        "UPDATE item SET state = %s, state_since = %s, doc_word = 'T', doc_year = 2026,"
        " doc_seq = 1, filed_on = '2026-11-23', source_type = 'routine', category = 'other',"
        " principal = 'president'",
        state, since,
    )  # fmt: skip
    run(sending, tidying.tidy)
    assert bool(messages(sending)) == stays


def test_of_whom_left_also_unread(
    sending: Flask, ids: dict[str, int], post: Post, change: Change
) -> None:
    post("N14", ids["坤建军"], a=1, b=0, c=0)
    change("UPDATE person SET active = false WHERE id = %s", ids["坤建军"])
    later(sending, days=KEPT + 1)
    run(sending, tidying.tidy)
    assert messages(sending) == []


@pytest.mark.parametrize(("state", "gone"), [("sent", True), ("skipped", True), ("failed", False)])
def test_deliveries_that_ended(
    sending: Flask, ids: dict[str, int], post: Post, change: Change,
    monkeypatch: pytest.MonkeyPatch, state: str, gone: bool,
) -> None:  # fmt: skip
    """By the day they ended, in as many transactions as it takes; what waits is not touched."""
    monkeypatch.setattr(tidying, "BATCH", 2)
    for name in ("坤建军", "邓涛", "覃燚"):
        post("N05", ids[name], date="2026-11-20")
    run(sending)
    assert len(rows(sending)) == 3
    ended = "ended_at" if gone else "NULL"
    change(f"UPDATE delivery SET state = %s, ended_at = {ended}", state)  # noqa: S608 - of two words
    later(sending, days=KEPT_DELIVERIES - 1)
    run(sending, tidying.tidy)
    assert len(rows(sending)) == 3
    later(sending, days=2)
    run(sending, tidying.tidy)
    assert len(rows(sending)) == (0 if gone else 3)
