"""第二十一条: the database believes what a transaction says of itself only with a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers, clone_database, connect, drop_database
from portal.extensions import db
from portal.models import Item
from portal.rulebook import identity
from portal.rulebook.identity import LASTS, Prover, array_of
from portal.rulebook.scope import ScopeError
from tests.conftest import ANCHOR, close, test_settings
from tests.gate import reads_as, say, saying
from tests.people import draft

DRAFTER, STRANGER = -7, -8
"""Keys; ids that the readers of the item below are set to."""
MINE = saying({STRANGER})
FORGED: Mapping[str, Mapping[str, str]] = {
    "the drafter's keys, no proof": {"keys": f"{{{DRAFTER}}}"},
    "the drafter's keys, an empty proof": {**saying({DRAFTER}), "proof": ""},
    "the drafter's keys under one's own proof": {**MINE, "keys": f"{{{DRAFTER}}}"},
    "one more key under one's own proof": {**MINE, "keys": f"{{{STRANGER},{DRAFTER}}}"},
    "every key there can be": {"keys": array_of(range(-200, 201))},
    "another application's proof": saying({DRAFTER}, secret_key="another"),
    "a proof that has run out": saying({DRAFTER}, lasts=-1),
    "a proof made to last": {**saying({DRAFTER}, lasts=-1), "until": "4000000000"},
    "a proof that never ends": {**saying({DRAFTER}, lasts=-1), "until": "infinity"},
    "another day": {**saying({DRAFTER}), "day": "2026-11-22"},
    "a reason added": {**MINE, "because": "核对"},
    "a reason without a proof": {"because": "核对"},
    "the border moved": {**saying({STRANGER}, f"{{{DRAFTER}}}|"), "keys": f"{{{DRAFTER}}}"},
}


@pytest.fixture(scope="module")
def hidden(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    """One item, readable with the key DRAFTER and with no other; no test changes it."""
    name = f"{run_name}_forged"
    clone = clone_database(servers, name, college_template)
    settings = test_settings(clone, tmp_path_factory.mktemp("forged"))
    app = create_app(settings, clock=Clock.standing_at(ANCHOR))
    draft(app, "A01")
    close(app)
    with connect(clone.owner_url) as raw:
        raw.execute("UPDATE item SET readers = %s", [[DRAFTER]])
    yield clone
    drop_database(servers, name)


def _seen(url: str, said: Mapping[str, str]) -> int | None:
    """How many items a connection sees that says this; None if it is refused altogether."""
    with connect(url) as raw, raw.transaction(force_rollback=True):
        try:
            say(raw, said)
            found = raw.execute("SELECT id FROM item").fetchall()
            # The same once more in another way, so that no index alone decides.
            assert raw.execute("SELECT 1 FROM item WHERE title <> ''").rowcount == len(found)
        except psycopg.errors.DataError:
            return None
        return len(found)


@pytest.mark.parametrize("role", ["database_url", "worker_url"])
def test_the_right_proof_opens_the_gate(hidden: Servers, role: str) -> None:
    """Both of the portal's roles, to the drafter only."""
    assert _seen(getattr(hidden, role), saying({DRAFTER})) == 1
    assert _seen(getattr(hidden, role), MINE) == 0


@pytest.mark.parametrize("role", ["database_url", "worker_url"])
@pytest.mark.parametrize("forged", FORGED)
def test_what_is_forged_opens_nothing(hidden: Servers, role: str, forged: str) -> None:
    """Who runs SQL can set what he likes, and sees nothing by it."""
    assert not _seen(getattr(hidden, role), FORGED[forged])


def test_a_reason_opens_the_workers_gate_alone(hidden: Servers) -> None:
    """Proven too; the web's role is not let past the keys even so."""
    reason = saying(because="核对")
    assert _seen(hidden.worker_url, reason) == 1
    assert _seen(hidden.database_url, reason) == 0


@pytest.mark.parametrize("role", ["database_url", "worker_url"])
@pytest.mark.parametrize(
    "asked",
    ["SELECT * FROM gate_secret", "UPDATE gate_secret SET retires_at = NULL",
     "INSERT INTO gate_secret (inner_pad, outer_pad) VALUES ('', '')",
     "CREATE OR REPLACE VIEW gate AS SELECT true AS open", "DROP VIEW gate",
     "ALTER TABLE item DISABLE ROW LEVEL SECURITY", "DROP POLICY item_web ON item"],
)  # fmt: skip
def test_the_secret_and_the_gate_are_the_owners(hidden: Servers, role: str, asked: str) -> None:
    """Neither read nor replaced."""
    with connect(getattr(hidden, role)) as raw:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(asked)  # type: ignore[call-overload]  # a statement of the table above
        statistics = raw.execute("SELECT 1 FROM pg_stats WHERE tablename = 'gate_secret'")
        assert statistics.fetchall() == []


def test_the_proof_is_an_hmac_as_the_standard_has_it() -> None:
    """RFC 2104: what the database computes from the two blocks is what `hmac` gives."""
    import hashlib

    prover = Prover("key")
    inner, outer = prover.pads()
    digest = hashlib.sha256(
        outer + hashlib.sha256(inner + b"5|{1}|2026-11-23|x").digest()
    ).hexdigest()
    assert prover.proof("{1}", "2026-11-23", "x", 5) == digest
    assert Prover("other").proof("{1}", "2026-11-23", "x", 5) != digest


def test_the_secret_key_itself_is_not_in_the_database(database: Servers) -> None:
    """What the database keeps signs no cookie."""
    key = test_settings(database, Path()).secret_key.encode()
    with connect(database.owner_url) as raw:
        row = raw.execute("SELECT inner_pad FROM gate_secret").fetchone()
    assert row is not None
    assert bytes(byte ^ 0x36 for byte in row[0]).rstrip(b"\0") != key  # type: ignore[attr-defined]


def test_nothing_of_an_identity_is_left_for_the_next(hidden: Servers) -> None:
    """The settings end with the transaction: a pooled connection hands none on."""
    with connect(hidden.database_url) as raw:
        with raw.transaction():
            say(raw, saying({DRAFTER}))
            assert len(raw.execute("SELECT 1 FROM item").fetchall()) == 1
        assert raw.execute("SELECT 1 FROM item").fetchall() == []


def test_a_plan_made_for_one_reader_serves_the_next_rightly(hidden: Servers) -> None:
    """Also a generic plan asks anew as whom it runs."""
    with connect(hidden.database_url) as raw:
        raw.execute("SET plan_cache_mode = force_generic_plan")
        raw.execute("PREPARE asked AS SELECT id FROM item")
        for said, seen in ((saying({DRAFTER}), 1), (MINE, 0), (saying({DRAFTER}), 1)):
            with raw.transaction():
                say(raw, said)
                assert len(raw.execute("EXECUTE asked").fetchall()) == seen


def test_an_unbelieved_application_is_loud(database: Servers, college: Flask) -> None:
    """Another secret: an error that says so, never an empty page."""
    with college.app_context():
        reads_as(college, "何玉萍")
        db.session.commit()
        with connect(database.owner_url) as raw:
            raw.execute("UPDATE gate_secret SET retires_at = now()")
        with pytest.raises(ScopeError, match="does not believe"):
            db.session.scalars(select(Item)).all()


def test_clocks_minutes_apart_are_loud_and_seconds_are_not(
    college: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The portal's own clock, which stands still in the demo, has no part in it."""
    now = identity.time.time()
    for skew, believed in ((0, True), (10 - LASTS, True), (-10 - LASTS, False)):
        monkeypatch.setattr(identity.time, "time", lambda skew=skew: now + skew)
        with college.app_context():
            if believed:
                reads_as(college, "何玉萍")
            else:
                with pytest.raises(ScopeError):
                    reads_as(college, "何玉萍")


def test_an_engine_of_somebody_elses_proves_nothing(database: Servers) -> None:
    """Only `create_app` makes engines that can prove themselves."""
    engine = create_engine(database.database_url)
    with engine.connect() as connection, pytest.raises(ScopeError):
        identity.say(connection, "{0}")
    engine.dispose()


def test_many_readers_in_turn_on_one_connection(database: Servers, tmp_path: Path) -> None:
    """Each transaction proves itself; a second one of the same session as well."""
    settings = replace(test_settings(database, tmp_path))
    app = create_app(settings, clock=Clock.standing_at(ANCHOR))
    with app.app_context():
        for name in ("何玉萍", "周慎之", "何玉萍"):
            viewer = reads_as(app, name)
            for _ in range(2):
                said = db.session.scalar(text("SELECT current_setting('app.keys')"))
                assert said == array_of(viewer.keys)
                assert db.session.scalar(text("SELECT count(*) FROM gate")) == 1
                db.session.commit()
    close(app)
