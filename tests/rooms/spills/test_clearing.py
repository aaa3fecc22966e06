"""SPEC §7.2: what is held back, let go, cleared of a file, cleared as a whole; from every table."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app, store
from portal.audit import texts
from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Attachment, Item, Person, Spill
from portal.rooms.spills import handling
from portal.rulebook import spills
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything, view_as
from tests.attack import world as building
from tests.attack.world import World
from tests.conftest import ANCHOR, close
from tests.rooms.spills import spilt

SECRET = b"%PDF-1.4 a paper that has no business here"


@pytest.fixture
def world(database: Servers, tmp_path: Path) -> Iterator[World]:
    """An item that has everything, full of one word, with a file of its own."""
    made = building.make(database, tmp_path)
    with connect(database.owner_url) as raw:
        spilt.mark(raw, made.hidden)
    yield made
    close(made.app)


@pytest.fixture
def worker(world: World) -> Iterator[Flask]:
    """The application as a worker builds it, on the same files."""
    settings = world.app.extensions["portal.settings"]
    made = create_app(
        replace(settings, database_url=world.servers.worker_url),
        clock=Clock.standing_at(ANCHOR),
        worker=True,
    )
    yield made
    close(made)


def _folder(world: World) -> Path:
    folder: Path = world.app.extensions["portal.settings"].files_dir
    return folder


def _attach(world: World, item_id: int, content: bytes = SECRET) -> uuid.UUID:
    """One more file of an item; its address."""
    with world.app.app_context():
        digest = store.put(_folder(world), content)
        db.session.rollback()
    with connect(world.servers.owner_url) as raw:
        row = raw.execute(
            "INSERT INTO attachment (item_id, public_id, purpose, name, kind, size, sha256, state,"
            " uploaded_by_id, uploaded_at) VALUES (%s, gen_random_uuid(), 'filing', %s, 'pdf', %s,"
            " %s, 'kept', %s, now()) RETURNING public_id",
            [item_id, "件.pdf", len(content), digest, world.ids["何玉萍"]],
        ).fetchone()
    assert row is not None
    return uuid.UUID(str(row[0]))


def _readers(world: World) -> list[tuple[str, object]]:
    with connect(world.servers.owner_url) as raw:
        return list(spilt.readers(raw, world.hidden))


def test_every_column_of_an_items_rows_is_thought_about(database: Servers, world: World) -> None:
    """A table or column that is added is cleared with the rest, or holds no words of people."""
    with connect(database.owner_url) as raw:
        filled = spilt.mark(raw, world.hidden)
        source = raw.execute(
            "SELECT pg_get_functiondef(CAST('clear_spill(bigint)' AS regprocedure))"
        ).fetchone()
        wanted = {
            (table, column) for table, columns in spilt.words_of(raw).items() for column in columns
        }
    assert source is not None
    missing = {
        (table, column)
        for table, column in wanted
        if not any(
            line.strip().startswith(f"UPDATE {table} SET") for line in str(source[0]).splitlines()
        )
        or column not in str(source[0])
    }
    assert missing == set()
    assert len({table for table, _column in filled}) > 15


def test_nobody_knows_of_it_from_now_on(world: World) -> None:
    """Of the item and of all that hangs off it, whatever is written meanwhile."""
    before = _readers(world)
    assert any(row for _table, row in before)
    spilt.report(world)
    assert [(table, row) for table, row in _readers(world) if row] == []
    with connect(world.servers.owner_url) as raw:
        raw.execute("UPDATE item SET readers = '{0}' WHERE id = %s", [world.hidden])
        found = raw.execute("SELECT readers FROM item WHERE id = %s", [world.hidden]).fetchone()
    assert found == ([],)
    assert [(table, row) for table, row in _readers(world) if row] == []


def test_only_who_knows_of_it_reports_it(world: World) -> None:
    for who in building.STRANGERS:
        with pytest.raises(NotFound):
            spilt.report(world, who)
    assert spilt.report(world)
    with pytest.raises(NotFound):  # the second comes too late, and learns nothing
        spilt.report(world, "坤清祥")


def test_what_is_no_secret_is_as_it_was(world: World, worker: Flask) -> None:
    before = _readers(world)
    spill_id = spilt.decide(world, spilt.report(world), spills.RELEASED)
    spilt.work(worker, spill_id)
    after = _readers(world)
    assert {table for table, _row in after} == {table for table, _row in before}
    known = [(table, row) for table, row in after if row]
    assert len(known) == len(after), {table for table, row in after if not row}
    with connect(world.servers.owner_url) as raw:
        row = raw.execute("SELECT title, held FROM item WHERE id = %s", [world.hidden]).fetchone()
    assert row == (spilt.MARK, False)


def test_a_file_is_destroyed_wherever_it_is(world: World, worker: Flask) -> None:
    """And no other one: the item is there again, the same bytes of another item are gone, too."""
    chosen, copy = _attach(world, world.hidden), _attach(world, world.own)
    other = _attach(world, world.hidden, b"harmless")
    path = store.path_of(_folder(world), hashlib.sha256(SECRET).hexdigest())
    assert path.exists()
    spill_id = spilt.decide(world, spilt.report(world, about="file"), spills.FILES, chosen)
    spilt.work(worker, spill_id)
    assert not path.exists()
    with connect(world.servers.owner_url) as raw:
        rows = raw.execute(
            "SELECT public_id, state, name, sha256 FROM attachment WHERE public_id = ANY (%s)",
            [[chosen, copy, other]],
        ).fetchall()
        left = raw.execute(
            "SELECT found -> 'counts' FROM spill WHERE id = %s", [spill_id]
        ).fetchone()
    by_id = {row[0]: row[1:] for row in rows}
    assert by_id[chosen] == by_id[copy] == ("removed", "（内容已按保密规定清除）", "0" * 64)
    assert by_id[other][:2] == ("kept", "件.pdf")
    assert left is not None
    assert (left[0]["files"], left[0]["elsewhere"]) == (2, 1)
    assert [row for _table, row in _readers(world) if not row] == []


def test_nothing_is_left_of_it(world: World, worker: Flask) -> None:
    """Not a word in any table, not a byte in any file; the number stays taken, the log holds."""
    _attach(world, world.hidden)
    with connect(world.servers.owner_url) as raw:
        before = raw.execute(
            "SELECT doc_year, doc_seq FROM item WHERE id = %s", [world.hidden]
        ).fetchone()
    spill_id = spilt.decide(world, spilt.report(world), spills.WHOLE)
    spilt.work(worker, spill_id)
    with connect(world.servers.owner_url) as raw:
        assert spilt.marked(raw) == []
        after = raw.execute(
            "SELECT doc_year, doc_seq, state, held, title FROM item WHERE id = %s", [world.hidden]
        ).fetchone()
        waits = raw.execute(
            "SELECT (SELECT count(*) FROM change WHERE item_id = %(item)s AND state = 'open')"
            " + (SELECT count(*) FROM extension WHERE item_id = %(item)s AND state = 'ext_unit')",
            {"item": world.hidden},
        ).fetchone()
        done = raw.execute("SELECT state, failure FROM spill WHERE id = %s", [spill_id]).fetchone()
    assert before is not None
    assert after == (*before, "void", True, "")
    assert done == ("made", None)
    assert waits == (0,)
    assert not [p for p in _folder(world).rglob("*") if p.is_file() and SECRET in p.read_bytes()]
    assert [row for _table, row in _readers(world) if row] == []
    with worker.app_context(), everything(because="测试"):
        assert [event for _place, event in texts.altered(100) if event] == []
    spilt.work(worker, spill_id)  # nothing is to be done any more


def test_a_worker_that_ends_in_between(
    world: World, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the commit bytes may be gone while rows are there: done again, all is cleared."""
    _attach(world, world.hidden)
    spill_id = spilt.decide(world, spilt.report(world), spills.WHOLE)
    destroy = store.destroy

    def killed(folder: Path, digest: str) -> bool:
        destroy(folder, digest)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(store, "destroy", killed)
        with pytest.raises(SystemExit):
            spilt.work(worker, spill_id)
    with connect(world.servers.owner_url) as raw:
        assert "item" in spilt.marked(raw)
        raw.execute("UPDATE spill SET started_at = now() - interval '1 day'")
    with worker.app_context():
        handling.sweep()
    spilt.work(worker, spill_id)
    with connect(world.servers.owner_url) as raw:
        assert spilt.marked(raw) == []


def test_it_is_decided_once_and_by_the_officer(world: World, worker: Flask) -> None:
    """Neither by who reported it nor by a second click; of files at least one is chosen."""
    address = spilt.report(world)
    with world.app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        viewer = view_as(person, world.app.extensions["portal.clock"])
        with pytest.raises(NotFound):
            spills.spill_of(viewer, address)
        with pytest.raises(NotFound):
            spills.decide(viewer, Spill(public_id=address), spills.WHOLE, [], "")
        db.session.rollback()
    with pytest.raises(Unmet):
        spilt.decide(world, address, spills.FILES)
    with pytest.raises(Unmet):
        spilt.decide(world, address, spills.FILES, uuid.uuid4())
    spill_id = spilt.decide(world, address, spills.RELEASED)
    with pytest.raises(NotOffered):
        spilt.decide(world, address, spills.WHOLE)
    spilt.work(worker, spill_id)
    with world.app.app_context():
        viewer = view_as(world.ids["何玉萍"], world.app.extensions["portal.clock"])
        assert db.session.scalars(select(Item).where(Item.id == world.hidden)).one().held is False
        assert db.session.scalars(select(Attachment.id).where(Attachment.item_id == world.hidden))
