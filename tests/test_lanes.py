"""A lane gives every test what the template held, whatever the test before wrote or left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from portal.embedded import Servers, connect
from tests.lanes import USES, Lane


@pytest.fixture
def lane(servers: Servers, run_name: str, college_template: str) -> Iterator[Lane]:
    made = Lane(servers, f"{run_name}_own", college_template)
    yield made
    made.drop()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person (emp_no, name, sort_no, pinyin, initials, phone, email, wecom_userid,"
        " active) VALUES ('x', 'x', 1, '', '', '', '', '', true)",
        "DELETE FROM delegation",
        "UPDATE unit SET name = 'x' WHERE id = 1",
        "INSERT INTO sign_in_failure (name_digest, tries, first_at) VALUES ('x', 1, now())",
        "SELECT nextval('person_id_seq')",
        "ALTER TABLE item DISABLE ROW LEVEL SECURITY",
        "REVOKE SELECT ON item FROM portal_web",
        "CREATE TABLE left_behind (id int)",
        "DROP VIEW gate CASCADE",
    ],
)
def test_whatever_was_done_is_undone(lane: Lane, statement: str) -> None:
    with connect(lane.take().owner_url) as raw:
        before = _all(raw)
        raw.execute(statement.encode())
        assert _all(raw) != before
    lane.give_back()
    with connect(lane.take().owner_url) as raw:
        assert _all(raw) == before


def test_an_open_transaction_holds_nothing_back(lane: Lane) -> None:
    raw = connect(lane.take().owner_url)
    raw.execute("BEGIN")
    raw.execute("UPDATE person SET name = 'x'")
    lane.give_back()
    with connect(lane.take().owner_url) as other:
        assert other.execute("SELECT count(*) FROM person WHERE name = 'x'").fetchone() == (0,)
    raw.close()


def test_dead_rows_are_cleared_away_after_some_tests(lane: Lane) -> None:
    """The same database all along, whose tables do not grow."""
    names, sizes = set(), []
    for _ in range(USES * 4):
        servers = lane.take()
        names.add(servers.owner_url)
        with connect(servers.owner_url) as raw:
            raw.execute("UPDATE person SET name = repeat(md5(name), 10)")
        lane.give_back()
        with connect(servers.owner_url) as raw:
            sizes += raw.execute("SELECT pg_relation_size('person')").fetchone() or ()
    assert len(names) == 1
    assert max(sizes) == max(sizes[:USES]), sizes


def _all(raw: Connection[Any]) -> list[object]:
    """Rows of some tables, sequences, rights and tables."""
    return [
        raw.execute(query.encode()).fetchall()
        for query in (
            "TABLE person ORDER BY id", "TABLE unit ORDER BY id", "TABLE delegation ORDER BY id",
            "TABLE sign_in_failure",
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'",
            "SELECT relname, relacl::text, relrowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        )
    ]  # fmt: skip
