"""第二十一条: SQL spoken as the web's role tells a stranger nothing, and its reader the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from portal.embedded import connect
from portal.rulebook.identity import array_of
from tests.attack.spoken import SPOKEN, Attack
from tests.attack.world import DRAFTER, GUARDED, MARK, STRANGERS, World
from tests.gate import say, saying

Raw = psycopg.Connection[tuple[object, ...]]
AS = (*STRANGERS, "nobody", "a forger")


def identity(world: World, who: str) -> Mapping[str, str]:
    """What a connection says of itself."""
    if who == "nobody":
        return {}
    if who == "a forger":
        return {**saying(world.keys[STRANGERS[0]]), "keys": array_of(world.keys[DRAFTER])}
    return saying(world.keys[who])


@contextmanager
def speaking(url: str, said: Mapping[str, str]) -> Iterator[Raw]:
    """A connection that says this, in a transaction that is rolled back."""
    with connect(url) as raw, raw.transaction(force_rollback=True):
        say(raw, said)
        yield raw


def filled(world: World, text: str) -> str:
    """An attack's text aimed at the world's items."""
    return text.format(
        hidden=world.hidden,
        own=world.own,
        address=world.address,
        mark=MARK,
        keys=array_of(world.keys[DRAFTER]),
    )


def told(raw: Raw, statements: list[str]) -> str:
    """Everything that comes back: rows, notices, the error that ends it."""
    heard: list[str] = []
    raw.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    try:
        for statement in statements:
            heard += _answer(raw, statement.encode())
    except psycopg.Error as error:
        heard += [str(error), str(error.diag.message_detail), str(error.diag.context)]
    return "\n".join(heard)


def _answer(raw: Raw, statement: bytes) -> list[str]:
    with raw.cursor() as cursor:
        if statement.startswith(b"COPY") and b"STDOUT" in statement:
            with cursor.copy(statement) as copy:
                return [bytes(block).decode() for block in copy]
        cursor.execute(statement)
        return [str(row) for row in cursor.fetchall()] if cursor.description else []


def tells(world: World, attack: Attack, url: str, said: Mapping[str, str]) -> bool:
    """Whether the attack gets what it is after."""
    with speaking(url, said) as raw:
        statements = [filled(world, statement) for statement in attack.statements]
        return re.search(filled(world, attack.tells), told(raw, statements)) is not None


@pytest.mark.parametrize("who", AS)
@pytest.mark.parametrize("attack", SPOKEN, ids=lambda attack: attack.name)
def test_a_stranger_is_told_nothing(world: World, attack: Attack, who: str) -> None:
    assert not tells(world, attack, world.servers.database_url, identity(world, who))


@pytest.mark.parametrize("attack", SPOKEN, ids=lambda attack: attack.name)
def test_who_may_know_is_told(world: World, attack: Attack) -> None:
    """The same words, spoken by its drafter or by who owns the tables: so they are an attack."""
    servers = world.servers
    name = make_url(servers.database_url).database
    url = {
        "drafter": servers.database_url,
        "owner": servers.owner_url,
        "superuser": make_url(servers.admin_url).set(database=name).render_as_string(False),
    }[attack.truth]
    said = saying(world.keys[DRAFTER]) if attack.truth == "drafter" else {}
    assert tells(world, attack, url, said)


@pytest.mark.parametrize("table", GUARDED)
def test_every_guarded_table_holds_something_to_hide(world: World, table: str) -> None:
    """A table that comes later is attacked too."""
    item = "id" if table == "item" else "item_id"
    asked = f"SELECT count(*) FROM {table} WHERE {item} = {world.hidden}".encode()  # noqa: S608 - a table's name and an id
    seen = {}
    for who in (DRAFTER, *AS):
        with speaking(world.servers.database_url, identity(world, who)) as raw:
            row = raw.execute(asked).fetchone()
            assert row is not None
            seen[who] = row[0]
    assert seen.pop(DRAFTER)
    assert set(seen.values()) == {0}


def test_a_row_locked_by_its_reader_is_not_felt(world: World) -> None:
    """Who may not know of the row does not meet the lock on it; who may, does."""
    asked = [f"SELECT 1 FROM item WHERE id = {world.hidden} FOR UPDATE NOWAIT"]  # noqa: S608 - an id
    url = world.servers.database_url
    with speaking(url, identity(world, DRAFTER)) as holder:
        assert told(holder, asked) == "(1,)"
        for who in (DRAFTER, *AS):
            with speaking(url, identity(world, who)) as raw:
                assert ("could not obtain lock" in told(raw, asked)) == (who == DRAFTER)


def test_what_others_ask_with_is_not_seen_in_their_statements(world: World) -> None:
    """pg_stat_activity shows the statements of one's own role; values are not part of them."""
    activity = ["SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()"]
    url = world.servers.database_url
    with speaking(url, identity(world, DRAFTER)) as reader:
        reader.execute("SELECT title FROM item WHERE title = %s", [MARK])
        with speaking(url, identity(world, "nobody")) as raw:
            heard = told(raw, activity)
            assert "SELECT title FROM item WHERE title = $1" in heard
            assert MARK not in heard
            assert identity(world, DRAFTER)["proof"] not in heard
