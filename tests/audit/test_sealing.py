"""等保 8.1.4.3: each committed event is sealed once, in whole rounds, by one sealer at a time."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit import sealing
from portal.audit.digests import canonical
from portal.audit.verify import Finding
from portal.embedded import connect
from portal.extensions import db
from portal.models import Unsealed
from tests.audit.log import INSERTED, Log
from tests.conftest import ANCHOR


def test_sealing_twice_changes_nothing(log: Log) -> None:
    """Positions 1 to 6 without a gap; nobody waits."""
    before = log.chain()
    assert [position for position, *_rest in before] == [1, 2, 3, 4, 5, 6]
    assert log.seal() == 0
    assert log.chain() == before
    with log.worker.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unsealed)) == 0


def test_a_late_committer_is_in_the_next_round(log: Log) -> None:
    """Numbers are taken before commits: the order of sealing is not the order of numbers."""
    early = log.numbered(INSERTED).replace("900", "0")
    with connect(log.servers.owner_url) as slow:
        with slow.transaction():
            slow.execute(early)
            log.draft("A02")
            assert log.seal() == 1
        assert log.seal() == 1
    assert [event_id for _position, event_id, _digest in log.chain()][-1] == 0
    assert log.check()[0] == []


def test_sealers_at_once_seal_each_event_once(log: Log) -> None:
    """Who comes second leaves the round to the first."""
    log.draft("A02")
    log.draft("A03")
    start, sealed = threading.Barrier(4), list[int]()

    def one() -> None:
        start.wait()
        sealed.append(log.seal())

    threads = [threading.Thread(target=one) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sealed) == 4
    assert sum(sealed) + log.seal() == 2
    assert [position for position, *_rest in log.chain()] == list(range(1, 9))
    assert log.check()[0] == []


def test_while_another_seals_nothing_is_done(log: Log) -> None:
    """One sealer at a time holds the lock until its round has committed."""
    log.draft("A02")
    with connect(log.servers.worker_url) as raw, raw.transaction():
        raw.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        assert log.seal() == 0
    assert log.seal() == 1


def test_a_round_cut_off_leaves_nothing(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seals and the list of those waiting change together or not at all; rounds follow on."""
    for sample in ("A02", "A03", "A04"):
        log.draft(sample)
    monkeypatch.setattr(sealing, "ROUND", 2)
    with monkeypatch.context() as broken:
        broken.setattr(sealing, "delete", _cut_off)
        with pytest.raises(RuntimeError, match="cut off"):
            log.seal()
    assert len(log.chain()) == 6
    assert log.seal() == 3
    assert [position for position, *_rest in log.chain()] == list(range(1, 10))
    assert log.check()[0] == []


def _cut_off(_table: object) -> None:
    raise RuntimeError("cut off")


def test_an_event_entered_twice_does_not_stop_the_sealer(log: Log) -> None:
    """Tampering must not keep later events from being sealed."""
    log.tamper("INSERT INTO unsealed VALUES ({e2}, now() - interval '1 hour')")
    log.draft("A02")
    assert log.seal() == 1
    assert log.check()[0] == [Finding("waiting", None, log.ids[1])]


@pytest.mark.parametrize(
    ("role", "statement", "refused"),
    [
        ("database_url", "SELECT 1 FROM seal", "permission denied"),
        ("database_url", "SELECT 1 FROM unsealed", "permission denied"),
        ("database_url", "DELETE FROM unsealed", "permission denied"),
        ("database_url", "INSERT INTO seal VALUES (7, 7, '', '', '')", "permission denied"),
        ("worker_url", "UPDATE seal SET digest = ''", "permission denied"),
        ("worker_url", "DELETE FROM seal", "permission denied"),
        ("worker_url", "INSERT INTO unsealed VALUES (7)", "permission denied"),
        ("owner_url", "UPDATE seal SET digest = ''", "append-only"),
        ("owner_url", "DELETE FROM seal", "append-only"),
        ("owner_url", "TRUNCATE seal", "append-only"),
    ],
)
def test_who_may_touch_the_chain(log: Log, role: str, statement: str, refused: str) -> None:
    """The web's role not at all, the worker's to add, nobody to change."""
    with connect(getattr(log.servers, role)) as raw, pytest.raises(Exception, match=refused):
        raw.execute(statement)


SHANGHAI_MORNING = datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"b": 1, "a": "甲"}, '{"a":"甲","b":1}'),
        ({"a": None, "b": {"c": None}}, '{"b":{"c":null}}'),
        ({"day": ANCHOR}, '{"day":"2026-11-23"}'),
        ({"at": SHANGHAI_MORNING}, '{"at":"2026-11-23T00:00:00.000000+00:00"}'),
        ({"at": SHANGHAI_MORNING.astimezone(UTC)}, '{"at":"2026-11-23T00:00:00.000000+00:00"}'),
        ({"key": uuid.UUID(int=7)}, '{"key":"00000000-0000-0000-0000-000000000007"}'),
    ],
)
def test_canonical_form(row: dict[str, Any], expected: str) -> None:
    """An empty column counts as none, so that one added later changes no old seal."""
    assert canonical(row).decode() == expected


def test_what_has_no_canonical_form_is_refused() -> None:
    """Nothing is sealed by the way it happens to print."""
    with pytest.raises(TypeError):
        canonical({"a": object()})
