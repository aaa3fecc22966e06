"""Five wrong tries lock the name for thirty minutes, and nothing tells whether it exists."""

from __future__ import annotations

import re
import threading
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
    start = threading.Barrier(8)
    said: list[str] = []

    def guess() -> None:
        with college.app_context():
            start.wait(10)
            said.extend(outcome(KNOWN, "wrong-2026") for _ in range(2))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(said) == 16
    assert len(seen) == lockout.TRIES
    assert said.count(WRONG) == 4


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
