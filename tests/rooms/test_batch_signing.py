"""批量签批, SPEC §2.3: one opinion for several, each signed by itself, each outcome told."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Opinion
from portal.rooms.sign_off.commands import CHANGED, GONE, SENSITIVE
from tests.pages import Page, get, send, values_of
from tests.rooms.test_sign_off import state_of, submitted
from tests.steps.acting import LEADER, OFFICE, Actor

As = Callable[[str], FlaskClient]
PAGE = "/todo/signing"
WORDS = "同意，请按期办结。"


def filled(client: FlaskClient, *ticked: uuid.UUID) -> dict[str, list[str]]:
    """The form of the list as it would be sent with these items ticked."""
    values = values_of(get(client, PAGE).form(PAGE))
    return {**values, "item": [str(one) for one in ticked], "opinion": [WORDS]}


def signed(app: Flask, public_id: uuid.UUID) -> list[str]:
    """The opinions with which the item was signed."""
    with app.app_context():
        _viewer, item = Actor(app, public_id).item()
        return list(
            db.session.scalars(
                select(Opinion.body)
                .join(Event, Event.opinion_id == Opinion.id)
                .where(Event.item_id == item.id, Event.act == "sign")
            )
        )


def sent(client: FlaskClient, data: dict[str, list[str]]) -> Page:
    return send(client, PAGE, data)


def test_ticked_ones_are_signed_with_one_opinion(college: Flask, as_: As) -> None:
    """Each by itself, with the words in every box; what is not ticked waits on."""
    one, two, three = (submitted(college) for _ in range(3))
    client = as_(LEADER)
    assert "批量签批" in get(client, "/todo").text
    page = sent(client, filled(client, one, two))
    assert page.status == 200
    assert "已签批" in page.text
    assert [signed(college, each) for each in (one, two, three)] == [[WORDS], [WORDS], []]


def test_sent_twice_each_is_signed_once(college: Flask, as_: As) -> None:
    one, two = submitted(college), submitted(college)
    client = as_(LEADER)
    data = filled(client, one, two)
    first, again = sent(client, data), sent(client, data)
    assert "未签批" not in first.text + again.text
    assert [signed(college, each) for each in (one, two)] == [[WORDS], [WORDS]]


def test_those_that_still_can_be_and_why_the_others_not(college: Flask, as_: As) -> None:
    """One was signed in another window, one was changed since: the rest is signed."""
    one, two, three = (submitted(college) for _ in range(3))
    client = as_(LEADER)
    data = filled(client, one, two, three)
    with college.app_context():
        Actor(college, one).sign(LEADER, "sign")
        _viewer, item = Actor(college, two).item()
        item.title += "（修订）"
        db.session.commit()
    page = sent(client, data)
    assert "2项未签批" in page.text
    assert CHANGED in page.text
    assert signed(college, three) == [WORDS]
    assert state_of(college, two) == "pending_sign"


def test_of_another_nothing_is_said(college: Flask, as_: As) -> None:
    """Who is not asked gets no title of what he may not know of, and signs nothing."""
    one = submitted(college, classification="sensitive")
    client = as_("黄素芬")
    token = values_of(get(client, "/account/phrases").form("/account/phrases"))["csrf_token"]
    data = {
        "csrf_token": token, "act": ["sign"], "item": [str(one)], "shown": [f"{one}:1"],
        "key": [str(uuid.uuid4())],
    }  # fmt: skip
    page = sent(client, data)
    assert GONE in page.text
    with college.app_context():
        _viewer, item = Actor(college, one).item()
        title = item.title
    assert title not in page.text
    assert signed(college, one) == []


def test_a_sensitive_item_is_opened(college: Flask, as_: As) -> None:
    """It has no box to tick, and a tick that is sent all the same signs nothing."""
    plain, hidden = submitted(college), submitted(college, classification="sensitive")
    client = as_(LEADER)
    page = get(client, PAGE)
    assert [box["value"] for box in page.soup.select("input[name=item]")] == [str(plain)]
    with college.app_context():
        _viewer, item = Actor(college, hidden).item()
        version, requirement = item.version, item.requirement
    assert " ".join(requirement.split()) not in str(page.soup.select(".db-batch-row")[-1])
    data = filled(client, hidden)
    data["shown"] = [f"{hidden}:{version}"]
    assert SENSITIVE in sent(client, data).text
    assert signed(college, hidden) == []


@pytest.mark.parametrize("who", [LEADER, OFFICE])
def test_nothing_ticked_and_nothing_waiting(college: Flask, as_: As, who: str) -> None:
    submitted(college)
    client = as_(who)
    page = get(client, PAGE)
    if who == LEADER:
        assert sent(client, filled(client)).status == 422
    else:
        assert "目前没有待您签批" in page.text
