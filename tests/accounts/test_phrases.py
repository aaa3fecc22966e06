"""常用语 of one's own: kept per person, in one's order, before those of the office (SPEC §2.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from portal.accounts.phrases import FULL, LONGEST, MOST, TWICE
from portal.extensions import db
from portal.models import OwnPhrase, Person
from portal.rulebook.scope import view_as
from tests.pages import Page, fill, get, send, values_of

As = Callable[[str], FlaskClient]
PAGE = "/account/phrases"
ME, OTHER = "坤清祥", "余茂春"


def added(client: FlaskClient, words: str) -> Page:
    return fill(client, PAGE, PAGE, {"words": words})


def listed(client: FlaskClient) -> list[str]:
    found = get(client, PAGE).soup.select(".db-own-phrases li > span")
    return [one.get_text(strip=True) for one in found]


def test_add_order_remove(as_: As) -> None:
    client = as_(ME)
    for words in ("同意，请办公室跟踪。", "同意，注意安全。"):
        assert added(client, words).status == 303
    page = get(client, PAGE)
    [rise] = [action for action in page.actions() if action.endswith("/rise")]
    assert fill(client, PAGE, rise).status == 303
    assert listed(client) == ["同意，注意安全。", "同意，请办公室跟踪。"]
    assert fill(client, PAGE, "/removal").status == 303
    assert listed(client) == ["同意，请办公室跟踪。"]


def test_nobody_elses(college: Flask, as_: As) -> None:
    """Neither seen nor touched, by address or by SQL."""
    added(as_(ME), "同意，请抓紧。")
    other = as_(OTHER)
    assert listed(other) == []
    form = get(other, PAGE).form(PAGE)
    with college.app_context():
        owner = db.session.scalars(select(Person.id).where(Person.name == ME)).one()
        view_as(owner, college.extensions["portal.clock"])
        phrase = db.session.scalars(select(OwnPhrase.public_id)).one()
        stranger = db.session.scalars(select(Person.id).where(Person.name == OTHER)).one()
        db.session.rollback()
        view_as(stranger, college.extensions["portal.clock"])
        assert db.session.execute(text("DELETE FROM own_phrase RETURNING id")).all() == []
    for way in ("removal", "rise"):
        assert send(other, f"{PAGE}/{phrase}/{way}", values_of(form)).status == 404
    assert listed(as_(ME)) == ["同意，请抓紧。"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "请填写常用语。"),
        ("长" * (LONGEST + 1), f"不超过{LONGEST}个字。"),
        ("同意。", TWICE),
        ("绝密★", "国家秘密"),
    ],
)
def test_what_is_refused(as_: As, words: str, said: str) -> None:
    client = as_(ME)
    added(client, "同意。")
    page = added(client, words)
    assert page.status == 422
    assert said in page.text


def test_not_without_end(college: Flask, as_: As) -> None:
    client = as_(ME)
    added(client, "第一条。")
    with college.app_context():
        owner = db.session.scalars(select(Person.id).where(Person.name == ME)).one()
        view_as(owner, college.extensions["portal.clock"])
        db.session.add_all(
            OwnPhrase(person_id=owner, words=f"第{n}条。", place=n, readers=[-owner])
            for n in range(2, MOST + 1)
        )
        db.session.commit()
    assert FULL in added(client, "再一条。").text
