"""SPEC §8.10: each occasion once, whatever happens to schedulers, workers, Redis and the machine;
one digest instead of fifty messages."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from portal.embedded import connect
from portal.reminders import clock
from portal.rulebook import policy
from tests.conftest import ANCHOR
from tests.gate import SECRET_KEY
from tests.people import draft
from tests.processes import ROOT, environment, eventually
from tests.reminders.conftest import Days
from tests.steps.acting import HANDLER, HEAD, Actor

OVER = date(2026, 11, 27)
MOST = policy.CURRENT.limit("reminders_apart")
KILLED = """
import sys, time
from datetime import datetime
from pathlib import Path
from portal import create_app
from portal.clock import Clock
from portal.config import Settings
from portal.reminders import clock
url, folder, secret, at = sys.argv[1:]
class Standing(Clock):
    def now(self):
        return datetime.fromisoformat(at)
def told(*_):
    Path(folder, "half way").touch()
    time.sleep(60)
clock._mark = told
settings = Settings(data_dir=Path(folder), database_url=url, secret_key=secret, demo=True)
app = create_app(settings, clock=Standing(), worker=True)
with app.app_context():
    clock.remind()
"""


@pytest.fixture
def item(days: Days) -> Actor:
    """A01, 一级, handed out on the anchor day; level 2 by its reminders, so that they gather."""
    actor = Actor(days.college, draft(days.college, "A01"))
    with days.college.app_context():
        actor.to_work()
    days.change("UPDATE item SET level = 2")
    return actor


def _missing(days: Days, item: Actor, count: int, due: date) -> None:
    """So many instalments due on a day, none reported."""
    with days.college.app_context():
        item_id = item.item()[1].id
    for seq in range(100, 100 + count):
        days.change(
            "INSERT INTO feedback_point (item_id, seq, due) VALUES (%s, %s, %s)", item_id, seq, due
        )


def _kinds(days: Days, name: str, *kinds: str) -> Counter[str]:
    found = days.messages(*kinds or ("N05", "N06", "N08", "N20"))
    return Counter(message.kind for message, reader in found if reader == name)


def test_a_second_round_tells_nothing(days: Days, item: Actor) -> None:
    """By another scheduler, or because Redis was emptied and the slots with it."""
    days.at(OVER)
    assert days.round() > 0
    before = len(days.messages())
    assert days.round() == 0
    assert len(days.messages()) == before


def test_two_rounds_at_once_are_one(days: Days, item: Actor) -> None:
    days.at(OVER)
    told: list[int] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        told.append(days.round())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told)[0] == 0 < sorted(told)[1]
    assert _kinds(days, HEAD)["N08"] == 1


def test_while_another_round_runs_nothing_is_told(days: Days, item: Actor) -> None:
    days.at(OVER)
    with connect(days.database.owner_url) as raw, raw.transaction():
        raw.execute("SELECT pg_advisory_xact_lock(%s)", [clock._LOCK])
        assert days.round() == 0
    assert days.round() > 0


def test_what_was_noted_is_not_told_though_nobody_got_it(days: Days, item: Actor) -> None:
    """An office that is filled later does not hear of what was over before."""
    days.change("UPDATE person SET active = false WHERE name = %s", HANDLER)
    days.at(OVER)
    days.round()
    days.change("UPDATE person SET active = true WHERE name = %s", HANDLER)
    assert days.round() == 0
    assert _kinds(days, HANDLER)["N08"] == 0


def test_three_days_off_are_made_up(days: Days, item: Actor) -> None:
    """What fell due meanwhile and still holds is told; 临期 of what is overdue by now is not."""
    days.at(date(2026, 11, 24))
    days.round()
    days.at(date(2026, 11, 28))
    days.round()
    assert _kinds(days, HANDLER) == {"N05": 1, "N08": 1}
    assert days.round() == 0


@pytest.mark.parametrize("off", [0, 3])
def test_many_at_once_are_one_digest(days: Days, item: Actor, off: int) -> None:
    """Up to five stay apart; with one more they are one message that counts them by kind."""
    _missing(days, item, MOST - 2, OVER - timedelta(days=1))
    days.at(OVER - timedelta(days=4))
    days.round()
    days.at(OVER + timedelta(days=off))
    days.round()
    assert _kinds(days, HANDLER) == {"N05": MOST - 1, "N08": 1}
    days.at(OVER + timedelta(days=off + 1))
    _missing_more(days, item, OVER + timedelta(days=off))
    days.round()
    assert _kinds(days, HANDLER) == {"N05": MOST - 1, "N08": 1, "N20": 1}
    (digest,) = [row for row, name in days.messages("N20") if name == HANDLER]
    assert digest.facts == {"total": MOST + 1, "kinds": {"N05": MOST + 1}}
    assert digest.item_id is None


def _missing_more(days: Days, item: Actor, due: date) -> None:
    with days.college.app_context():
        item_id = item.item()[1].id
    for seq in range(200, 201 + MOST):
        days.change(
            "INSERT INTO feedback_point (item_id, seq, due) VALUES (%s, %s, %s)", item_id, seq, due
        )


def test_an_urgent_item_stays_out_of_the_digest(days: Days, item: Actor) -> None:
    days.change("UPDATE item SET level = 1")
    _missing(days, item, MOST + 3, OVER - timedelta(days=1))
    days.at(OVER)
    days.round()
    found = _kinds(days, HANDLER)
    assert found["N20"] == 0
    assert found["N05"] > MOST


@pytest.mark.long
def test_a_round_that_was_killed_is_done_by_the_next(days: Days, item: Actor) -> None:
    """Killed after the messages were written and before the end: nothing was told, then all is."""
    moment, settings = days.at(OVER), days.worker.extensions["portal.settings"]
    folder = settings.data_dir
    given = [days.database.worker_url, str(folder), SECRET_KEY, moment.isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, *given], cwd=ROOT, env=environment(folder)
    )
    try:
        assert eventually((folder / "half way").exists, 40)
    finally:
        process.kill()
        process.wait(10)
    assert _kinds(days, HEAD) == {}
    assert eventually(lambda: days.round() > 0, 10)
    assert _kinds(days, HEAD)["N08"] == 1


def test_the_web_has_no_part_in_it(days: Days) -> None:
    """Neither what was told nor how far the clock looked is a person's business."""
    with connect(days.database.owner_url) as raw:
        rights = raw.execute(
            "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'portal_web'"
            " AND table_name IN ('reminded', 'reminder_mark')"
        ).fetchone()
    assert rights == (0,)
    assert days.clock.today() == ANCHOR
