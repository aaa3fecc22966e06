"""等保 8.1.4.3: every way of tampering with the log is found, where it is, without its content."""

from __future__ import annotations

import json
import threading

import pytest
from click.testing import CliRunner, Result

import portal
from portal.audit import cli, verify
from portal.audit.digests import BEGINNING
from portal.audit.verify import KINDS, Finding
from portal.cli import main
from tests.audit.log import INSERTED, Log

SWAP_PLACES = (
    "UPDATE seal SET position = 99 WHERE position = 3",
    "UPDATE seal SET position = 3 WHERE position = 4",
    "UPDATE seal SET position = 4 WHERE position = 99",
)
SWAP_EVENTS = (
    "UPDATE seal SET event_id = 99999 WHERE position = 3",
    "UPDATE seal SET event_id = {e3} WHERE position = 4",
    "UPDATE seal SET event_id = {e4} WHERE position = 3",
)

TAMPERED = {
    "act": (["UPDATE event SET act = 'review' WHERE id = {e3}"], [("changed", 3, 3)]),
    "actor": (["UPDATE event SET actor_id = NULL WHERE id = {e3}"], [("changed", 3, 3)]),
    "time": (["UPDATE event SET at = at - interval '1 us' WHERE id = {e6}"], [("changed", 6, 6)]),
    "facts": (["""UPDATE event SET facts = '{{"x": 1}}' WHERE id = {e1}"""], [("changed", 1, 1)]),
    "its item": (["UPDATE event SET item_id = item_id + 1 WHERE id = {e2}"], [("changed", 2, 2)]),
    "digest of the opinion": (
        ["UPDATE event SET digest = repeat('0', 64) WHERE id = {e3}"],
        [("changed", 3, 3)],
    ),
    "two at once": (
        ["UPDATE event SET tells = '{{}}' WHERE id = {e2}", "DELETE FROM event WHERE id = {e5}"],
        [("changed", 2, 2), ("removed", 5, 5)],
    ),
    "removed": (["DELETE FROM event WHERE id = {e4}"], [("removed", 4, 4)]),
    "removed with its seal": (
        ["DELETE FROM event WHERE id = {e4}", "DELETE FROM seal WHERE event_id = {e4}"],
        [("gap", 4, None)],
    ),
    "removed with its seal, numbers closed up": (
        [
            "DELETE FROM event WHERE id = {e4}",
            "DELETE FROM seal WHERE event_id = {e4}",
            "UPDATE seal SET position = 4 WHERE position = 5",
            "UPDATE seal SET position = 5 WHERE position = 6",
        ],
        [("moved", 4, 5)],
    ),
    "seal removed": (
        ["DELETE FROM seal WHERE event_id = {e2}"],
        [("gap", 2, None), ("inserted", None, 2)],
    ),
    "last seal removed": (["DELETE FROM seal WHERE position = 6"], [("inserted", None, 6)]),
    "inserted": ([INSERTED], [("inserted", None, 900)]),
    "left waiting": (
        [INSERTED, "INSERT INTO unsealed VALUES (900, now() - interval '11 minutes')"],
        [("waiting", None, 900)],
    ),
    "removed before it was sealed": (
        ["INSERT INTO unsealed VALUES (901)"],
        [("removed", None, 901)],
    ),
    "places swapped": (SWAP_PLACES, [("moved", 3, 4), ("moved", 4, 3), ("moved", 5, 5)]),
    "events swapped": (SWAP_EVENTS, [("changed", 3, 4), ("changed", 4, 3)]),
    "numbers swapped": (
        [
            "UPDATE event SET id = 999 WHERE id = {e3}",
            "UPDATE event SET id = {e3} WHERE id = {e4}",
            "UPDATE event SET id = {e4} WHERE id = 999",
        ],
        [("changed", 3, 3), ("changed", 4, 4)],
    ),
    "opinion written anew": (
        ["UPDATE opinion SET body = '不同意。' FROM event WHERE opinion_id = opinion.id"
         " AND event.id = {e3}"],
        [("text", 3, 3)],
    ),
    "opinion taken away": (
        ["DELETE FROM opinion USING event WHERE opinion_id = opinion.id AND event.id = {e3}"],
        [("text", 3, 3)],
    ),
    "digest of a seal": (
        ["UPDATE seal SET digest = repeat('a', 64) WHERE position = 2"],
        [("changed", 2, 2), ("moved", 3, 3)],
    ),
    "unknown algorithm": (["UPDATE seal SET alg = 'none' WHERE position = 2"], [("changed", 2, 2)]),
}  # fmt: skip
"""What is done, and what is found: kind, position, which of the six events (or its own id)."""


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_found(log: Log, how: str) -> None:
    """Each kind where it is, and nothing else."""
    statements, expected = TAMPERED[how]
    log.tamper(*statements)
    found, _check = log.check()
    events = dict(enumerate(log.ids, 1))
    # An act that is gone or somebody else's leaves its signature box alone (test_texts).
    assert [finding for finding in found if finding.kind != "box"] == [
        Finding(kind, position, events.get(event or 0, event)) for kind, position, event in expected
    ]
    assert {finding.kind for finding in found} <= set(KINDS)


HARMLESS = {
    "nothing": [],
    "somebody else may know": ["UPDATE event SET readers = '{{1,2}}'"],
    "a wait of nine minutes": [
        INSERTED,
        "INSERT INTO unsealed VALUES (900, now() - interval '9 minutes')",
    ],
}


@pytest.mark.parametrize("how", HARMLESS)
def test_an_untouched_log_is_found_untouched(log: Log, how: str) -> None:
    """Who may know of an event follows its item and is no part of the seal."""
    log.tamper(*HARMLESS[how])
    found, check = log.check()
    assert found == []
    assert check.checked == 6


@pytest.mark.parametrize(
    "rewritten",
    [
        ["DELETE FROM seal WHERE position = 6", "DELETE FROM event WHERE id = {e6}"],
        ["DELETE FROM seal", "DELETE FROM event"],
    ],
)
def test_a_chain_cut_short_is_found_by_a_noted_head(log: Log, rewritten: list[str]) -> None:
    """A shorter chain is sound in itself: only what was noted outside tells."""
    noted = log.check()[1].head
    assert log.check(noted)[0] == []
    log.tamper(*rewritten)
    assert [one for one in log.check()[0] if one.kind != "box"] == []
    assert [one for one in log.check(noted)[0] if one.kind != "box"] == [Finding("head")]


def test_a_chain_written_anew_is_found_by_a_noted_head(log: Log) -> None:
    """Who may do anything may seal again; the digest on paper stays."""
    noted = log.check()[1].head
    log.tamper(
        "UPDATE event SET act = 'review' WHERE id = {e3}",
        "DELETE FROM seal",
        "INSERT INTO unsealed (event_id) SELECT id FROM event",
    )
    assert log.seal() == 6
    assert [one for one in log.check()[0] if one.kind != "box"] == []
    assert [one for one in log.check(noted)[0] if one.kind != "box"] == [Finding("head")]


def test_an_earlier_head_stays_in_the_chain(log: Log) -> None:
    """The office's note of last week is good this week."""
    noted = log.check()[1].head
    log.draft("A02")
    assert log.seal() == 1
    found, check = log.check(noted)
    assert found == []
    assert check.checked == 7
    assert check.head != noted


def test_a_check_reads_one_moment(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts and the sealer go on while the chain is checked."""
    monkeypatch.setattr(verify, "BATCH", 2)

    def act_and_seal() -> None:
        log.draft("A02")
        log.seal()
        log.draft("A03")

    def meanwhile(_rows: int) -> None:
        if len(log.chain()) == 6:
            thread = threading.Thread(target=act_and_seal)
            thread.start()
            thread.join()

    with log.worker.app_context():
        check = verify.Verification(progress=meanwhile)
        assert list(check.findings()) == []
    assert (check.checked, check.waiting) == (6, 0)
    assert len(log.chain()) == 7


def _run(log: Log, monkeypatch: pytest.MonkeyPatch, *args: str) -> Result:
    monkeypatch.setattr(portal, "create_app", lambda **_options: log.worker)
    return CliRunner().invoke(main, ["audit", "verify", *args])


def test_the_command_says_what_is_sound(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 0, and the head to note on paper."""
    head = log.check()[1].head
    log.draft("A02")
    ran = _run(log, monkeypatch)
    assert ran.exit_code == 0, ran.output
    assert "已核对6条已封存的办理记录，未发现异常；等待封存1条。" in ran.stdout
    assert head in ran.stdout
    assert _run(log, monkeypatch, "--head", head.upper()).exit_code == 0
    wrong = _run(log, monkeypatch, "--head", BEGINNING.replace("0", "1"))
    assert wrong.exit_code == 1
    assert "此前留存的摘要不在链中" in wrong.stdout


def test_the_command_says_where_and_not_what(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1; positions and numbers, nothing of the item and nothing that was written."""
    log.tamper(
        "UPDATE event SET act = 'review' WHERE id = {e2}",
        "UPDATE opinion SET body = '绝不同意' FROM event WHERE opinion_id = opinion.id"
        " AND event.id = {e3}",
    )
    ran = _run(log, monkeypatch)
    assert ran.exit_code == 1
    assert f"第2位，记录{log.ids[1]}：记录内容与封存时不一致。" in ran.stdout
    assert "发现2处异常" in ran.stdout
    assert "绝不同意" not in ran.output
    said = json.loads(_run(log, monkeypatch, "--json").stdout)
    assert said["ok"] is False
    assert said["found"] == {"changed": 1, "text": 1}
    assert said["findings"][0] == {
        "kind": "changed",
        "position": 2,
        "event_id": log.ids[1],
        "item_id": None,
    }


def test_the_web_role_is_told_what_to_do(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback where the address of another role is set."""
    ran = _run(log._replace(worker=log.web), monkeypatch)
    assert ran.exit_code == 1
    assert "portal_worker" in ran.output
    assert "Traceback" not in ran.output


def test_of_many_findings_the_first_are_told(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log destroyed from end to end does not fill the memory, and batches make no difference."""
    monkeypatch.setattr(cli, "SHOWN", 2)
    monkeypatch.setattr(verify, "BATCH", 4)
    log.tamper("UPDATE event SET act = ''")
    ran = _run(log, monkeypatch)
    assert "另有4处未列出。" in ran.stdout
    assert "发现6处异常" in ran.stdout
