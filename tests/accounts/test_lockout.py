"""Five wrong tries lock the name for thirty minutes, and nothing tells whether it exists."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts import commands, lockout, passwords
from portal.accounts.commands import LOCKED, WRONG, From
from portal.demo import DEMO_PASSWORD
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import SignInFailure
from tests.people import csrf

KNOWN, UNKNOWN = "20100013", "20109999"
KEY = b"only for tests"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def outcome(username: str, password: str, now: datetime = NOW) -> str:
    """The words of a refusal, or "in"."""
    try:
        commands.sign_in(username, password, From(), key=KEY, now=now)
    except NotOffered as refusal:
        return refusal.reason
    return "in"


def at_once(college: Flask, tries: list[str]) -> list[str]:
    """The outcomes of these passwords, each tried in a thread of its own at the same moment."""
    start = threading.Barrier(len(tries))

    def one(password: str) -> str:
        with college.app_context():
            start.wait(30)
            return outcome(KNOWN, password)

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(one, tries))


def answers(client: FlaskClient, username: str) -> list[bytes]:
    """Seven wrong tries through the page, without what differs in every answer."""
    found = []
    for _ in range(7):
        answer = client.post(
            "/login",
            data={"username": username, "password": "wrong-2026", "csrf_token": csrf(client)},
        )
        page = re.sub(rb'nonce="[^"]*"|name="csrf_token" value="[^"]*"', b"", answer.data)
        headers = [(k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"}]
        headers = [(k, re.sub(r"nonce-[^']*", "", v)) for k, v in headers]
        found.append(repr((answer.status_code, sorted(headers))).encode() + page)
    return found


@pytest.mark.long
def test_known_and_unknown_names_answer_alike(college: Flask) -> None:
    known = answers(college.test_client(), KNOWN)
    unknown = answers(college.test_client(), UNKNOWN)
    assert [page.replace(UNKNOWN.encode(), KNOWN.encode()) for page in unknown] == known
    assert WRONG.encode() in known[3]
    assert LOCKED.encode() in known[4]
    assert LOCKED.encode() in known[6]


@pytest.mark.parametrize("username", [KNOWN, UNKNOWN])
def test_both_take_one_verification(
    college: Flask, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    """Same work, same time: argon2 runs once a try, and not at all when the name is locked."""
    seen = _count_verifications(monkeypatch)
    with college.app_context():
        for _ in range(7):
            outcome(username, "wrong-2026")
    assert len(seen) == lockout.TRIES


def test_locked_name_refuses_the_right_password(college: Flask) -> None:
    with college.app_context():
        said = [outcome(KNOWN, "wrong-2026") for _ in range(5)]
        assert said == [WRONG] * 4 + [LOCKED]
        assert outcome(KNOWN, DEMO_PASSWORD) == LOCKED


def test_lock_lasts_thirty_minutes_and_tries_do_not_prolong_it(college: Flask) -> None:
    with college.app_context():
        for _ in range(5):
            outcome(KNOWN, "wrong-2026")
        just_before = NOW + timedelta(minutes=30) - timedelta(seconds=1)
        assert outcome(KNOWN, DEMO_PASSWORD, just_before) == LOCKED
        assert outcome(KNOWN, DEMO_PASSWORD, NOW + timedelta(minutes=30)) == "in"


def test_after_a_lock_five_tries_are_open_again(college: Flask) -> None:
    later = NOW + timedelta(minutes=31)
    with college.app_context():
        for _ in range(6):
            outcome(KNOWN, "wrong-2026")
        said = [outcome(KNOWN, "wrong-2026", later) for _ in range(5)]
    assert said == [WRONG] * 4 + [LOCKED]


def test_few_wrong_tries_are_forgotten(college: Flask) -> None:
    with college.app_context():
        for _ in range(4):
            outcome(KNOWN, "wrong-2026")
        later = NOW + timedelta(minutes=30)
        assert [outcome(KNOWN, "wrong-2026", later) for _ in range(4)] == [WRONG] * 4


def test_right_password_clears_the_count(college: Flask) -> None:
    with college.app_context():
        for _ in range(3):
            for _ in range(4):
                outcome(KNOWN, "wrong-2026")
            assert outcome(KNOWN, DEMO_PASSWORD) == "in"


def test_writing_the_name_otherwise_does_not_help(college: Flask) -> None:
    with college.app_context():
        for name in ("sysadmin01", " SYSADMIN01", "ｓｙｓadmin01", "SysAdmin 01", "sysadmin01\n"):
            outcome(name, "wrong-2026")
        assert outcome("sysadmin01", DEMO_PASSWORD) == LOCKED


def test_other_names_stay_open(college: Flask) -> None:
    with college.app_context():
        for _ in range(6):
            outcome(KNOWN, "wrong-2026")
        assert outcome("20100011", DEMO_PASSWORD) == "in"


def test_parallel_guesses_get_five_checks(college: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _count_verifications(monkeypatch)
    said = at_once(college, ["wrong-2026"] * 12)
    assert len(seen) == lockout.TRIES
    assert (said.count(WRONG), said.count(LOCKED)) == (4, 8)


def test_right_passwords_at_once_all_get_in(college: Flask) -> None:
    """However many arrive: only wrong passwords count towards the lock."""
    assert at_once(college, [DEMO_PASSWORD] * 12) == ["in"] * 12
    with college.app_context():
        assert db.session.scalars(select(SignInFailure)).all() == []


def test_right_passwords_get_in_after_four_wrong_ones(college: Flask) -> None:
    with college.app_context():
        assert [outcome(KNOWN, "wrong-2026") for _ in range(4)] == [WRONG] * 4
    assert at_once(college, [DEMO_PASSWORD] * 8) == ["in"] * 8


def test_right_and_wrong_ones_at_once(college: Flask) -> None:
    """Four wrong ones never lock, whichever of them come first; the right ones get in."""
    said = at_once(college, ["wrong-2026"] * 4 + [DEMO_PASSWORD] * 8)
    assert (said.count("in"), said.count(WRONG)) == (8, 4)


def test_right_passwords_at_once_meet_a_lock_that_stands(college: Flask) -> None:
    with college.app_context():
        for _ in range(5):
            outcome(KNOWN, "wrong-2026")
    assert at_once(college, [DEMO_PASSWORD] * 6) == [LOCKED] * 6


def test_a_try_that_breaks_off_holds_nobody_up(
    college: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in the middle of a check lets the next one go on."""

    def broken(_hash: str, _password: str) -> bool:
        raise MemoryError

    with college.app_context(), monkeypatch.context() as patched:
        patched.setattr(passwords, "matches", broken)
        with pytest.raises(MemoryError):
            outcome(KNOWN, DEMO_PASSWORD)
    assert at_once(college, [DEMO_PASSWORD] * 2) == ["in"] * 2


def test_the_name_itself_is_not_kept(college: Flask) -> None:
    with college.app_context():
        outcome(UNKNOWN, "wrong-2026")
        row = db.session.scalars(select(SignInFailure)).one()
        assert row.name_digest == lockout.name_digest(KEY, UNKNOWN)
        assert UNKNOWN not in row.name_digest
        assert row.name_digest != lockout.name_digest(b"another key", UNKNOWN)


def test_old_tries_are_swept(college: Flask) -> None:
    with college.app_context():
        outcome(UNKNOWN, "wrong-2026")
        outcome(KNOWN, "wrong-2026", NOW + timedelta(minutes=10))
        lockout.forget_old(NOW + timedelta(minutes=30))
        db.session.commit()
        (left,) = db.session.scalars(select(SignInFailure.name_digest)).all()
        assert left == lockout.name_digest(KEY, KNOWN)


def _count_verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    real = passwords.matches

    def counted(password_hash: str, password: str) -> bool:
        seen.append(password)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "matches", counted)
    return seen
