"""Rules for new passwords (SPEC §7.7 a), digests, and 修改密码."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.accounts import passwords
from portal.accounts.commands import LOCKED, WRONG_OLD
from portal.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Account
from tests.people import csrf, sign_in_by_page

HE_YUPING = "20100013"
As = Callable[[str], FlaskClient]
SHORT, CLASSES, NAMED = "不得少于10个字符", "至少三类", "不得包含工号"


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Abcdefg-12", []),
        ("abcdefg-12", []),
        ("ABCDEFG-12", []),
        ("Abcdefgh12", []),
        ("Abcdefgh--", []),
        ("岷江Abcdefgh", []),
        ("abcdefgh 12", []),
        ("Abcdef-12", [SHORT]),
        ("", [SHORT, CLASSES]),
        ("abcdefghij", [CLASSES]),
        ("abcdefgh12", [CLASSES]),
        ("Abcdefghij", [CLASSES]),
        ("督办督查督办督查督办", [CLASSES]),
        ("1234567890-", [CLASSES]),
        ("Xy-20100013", [NAMED]),
        ("20100013Xy-", [NAMED]),
        ("Ab-1" * 51, ["不得超过200个字符"]),
        ("Xy20100013"[:9], [SHORT]),
    ],
)
def test_rules(password: str, faults: list[str]) -> None:
    found = passwords.faults_of_new(password, HE_YUPING, ())
    assert len(found) == len(faults)
    assert all(part in said for part, said in zip(faults, found, strict=True))


def test_name_in_other_case_is_found_too() -> None:
    assert passwords.faults_of_new("My-SysAdmin01-x", "sysadmin01", ()) == ["密码不得包含工号。"]


def test_demo_password_meets_the_rules() -> None:
    assert passwords.faults_of_new(DEMO_PASSWORD, HE_YUPING, ()) == []


def test_digest_is_salted_argon2id() -> None:
    first, second = (passwords.hash_password("Abcdefg-12") for _ in range(2))
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, "Abcdefg-12")
    assert not passwords.matches(first, "Abcdefg-13")


def test_same_characters_from_another_keyboard() -> None:
    digest = passwords.hash_password("Ａbcdefg－12é")
    assert passwords.matches(digest, "Abcdefg-12e\u0301")


@pytest.mark.parametrize("digest", ["", "x", "$argon2id$broken"])
def test_unreadable_digest_matches_nothing(digest: str) -> None:
    assert not passwords.matches(digest, "")


def test_nobodys_digest_costs_what_a_real_one_costs() -> None:
    assert not passwords.needs_rehash(passwords.NOBODY)


def test_weaker_digest_is_renewed_at_sign_in(college: Flask) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(DEMO_PASSWORD)
    with college.app_context():
        db.session.execute(
            update(Account).where(Account.username == HE_YUPING).values(password_hash=weak)
        )
        db.session.commit()
    sign_in_by_page(college, HE_YUPING)
    stored = _digest(college)
    assert stored != weak
    assert not passwords.needs_rehash(stored)
    assert passwords.matches(stored, DEMO_PASSWORD)


def change(client: FlaskClient, old: str, new: str, again: str | None = None) -> tuple[int, str]:
    """Status and page of a change through the form."""
    answer = client.post(
        "/account/password",
        data={
            "old": old,
            "new": new,
            "again": new if again is None else again,
            "csrf_token": csrf(client, "/account/password"),
        },
    )
    return answer.status_code, answer.text


def test_change_ends_other_sessions(college: Flask, as_: As) -> None:
    here, there = as_(HE_YUPING), as_(HE_YUPING)
    stranger = as_("20100011")
    status, _ = change(here, DEMO_PASSWORD, "Minjiang-7")
    assert status == 303
    assert here.get("/account/sessions").status_code == 200
    assert there.get("/account/sessions").status_code == 303
    assert stranger.get("/account/sessions").status_code == 200
    assert passwords.matches(_digest(college), "Minjiang-7")


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong-2026", "Minjiang-7", None, WRONG_OLD),
        (DEMO_PASSWORD, "Minjiang-7", "Minjiang-8", "两次输入的新密码不一致"),
        (DEMO_PASSWORD, "short", None, SHORT),
        (DEMO_PASSWORD, "Ab-20100013", None, NAMED),
        (DEMO_PASSWORD, DEMO_PASSWORD, None, "不得与最近5次使用过的相同"),
        ("", "Minjiang-7", None, "请填写原密码"),
        (DEMO_PASSWORD, "", None, "请填写新密码"),
    ],
)
def test_refused_change(
    college: Flask, as_: As, old: str, new: str, again: str | None, said: str
) -> None:
    before = _digest(college)
    status, page = change(as_(HE_YUPING), old, new, again)
    assert status == 422
    assert said in page
    assert _digest(college) == before


@pytest.mark.long
def test_last_five_do_not_come_back(as_: As) -> None:
    signed = as_(HE_YUPING)
    worn = [DEMO_PASSWORD, *(f"Minjiang-{n}" for n in range(5))]
    for old, new in itertools.pairwise(worn):
        assert change(signed, old, new)[0] == 303
    for former in worn[1:]:
        assert change(signed, worn[-1], former)[0] == 422
    assert change(signed, worn[-1], DEMO_PASSWORD)[0] == 303, "the sixth back may be used again"


def test_guessing_the_old_password_locks(as_: As) -> None:
    signed = as_(HE_YUPING)
    pages = [change(signed, "wrong-2026", "Minjiang-7")[1] for _ in range(6)]
    assert WRONG_OLD in pages[3]
    assert LOCKED in pages[4]
    assert LOCKED in change(signed, DEMO_PASSWORD, "Minjiang-7")[1]


def _digest(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(
            select(Account.password_hash).where(Account.username == HE_YUPING)
        ).one()
