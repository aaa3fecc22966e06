"""The page of one signature, SPEC §2.3, §8.5: three taps from the message, then the next one."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import store
from portal.extensions import db
from portal.forms import DRAWN, UNREADABLE_INK
from portal.item.panels import PAGES
from portal.messages import wording
from portal.models import Appointment, ApprovalSlot, Item, Person, SignaturePicture
from portal.rulebook.offers import decisions
from portal.steps.registration import commands as registration
from tests.accounts.pictures import photographed
from tests.conftest import ANCHOR
from tests.pages import fill, get, send, values_of
from tests.people import draft
from tests.steps.acting import LEADER, OFFICE, OFFICE_LEADER, PRESIDENT, Actor, intent

As = Callable[[str], FlaskClient]


def submitted(app: Flask, sample: str = "A01", **fields: object) -> uuid.UUID:
    """An item that waits for 审签."""
    public_id = draft(app, sample, **fields)
    submit(app, public_id)
    return public_id


def submit(app: Flask, public_id: uuid.UUID) -> None:
    """提交立项 by its drafter."""
    with app.app_context():
        viewer, item = Actor(app, public_id).item()
        registration.submit(viewer, item, intent(item), declared=True)


def state_of(app: Flask, public_id: uuid.UUID) -> str:
    with app.app_context():
        _viewer, item = Actor(app, public_id).item()
        return item.state


def address(public_id: uuid.UUID) -> str:
    return f"/items/{public_id}/signature"


def test_three_taps_from_the_message_to_the_signature(college: Flask, as_: As) -> None:
    """The message's link opens the page, 同意 on it signs: two taps, nothing typed."""
    public_id = submitted(college)
    with college.app_context():
        viewer = Actor(college, public_id).viewer(LEADER)
        told = wording.read(wording.told(viewer))
        [link] = {words.address for words in wording.in_words(told, viewer.moment.day)}
    taps = 1
    client = as_(LEADER)
    page = get(client, link)
    form = page.form("/signature")
    button = page.soup.select_one(".db-signing-bar button[type=submit]")
    assert button is not None
    assert button["form"] == form["id"], "the bar's button sends the form"
    taps += 1
    answer = send(client, str(form["action"]), values_of(form))
    assert answer.status == 303
    assert taps <= 3
    assert state_of(college, public_id) == "pending_review"


def test_through_the_inbox_it_is_three(college: Flask, as_: As) -> None:
    """Of a sensitive item the link outside leads to the inbox (SPEC §7.5): one tap more."""
    public_id = submitted(college)
    client = as_(LEADER)
    page = get(client, "/messages")
    opened = send(client, str(page.form("/opening")["action"]), values_of(page.form("/opening")))
    assert opened.location == address(public_id)
    assert fill(client, opened.location, "/signature").status == 303


def test_it_says_what_is_signed_and_how_many_wait(college: Flask, as_: As) -> None:
    """Matter, request, deadline, who asks, and the opinions so far; never a title in the title."""
    first, second = submitted(college), submitted(college)
    client = as_(LEADER)
    page = get(client, address(first))
    with college.app_context():
        _viewer, item = Actor(college, first).item()
        title, requirement = item.title, item.requirement
    assert page.soup.h1 is not None
    assert page.soup.h1.get_text(strip=True) == title
    assert " ".join(requirement.split()) in page.text
    assert "第1件，共2件" in page.text
    assert str(second) in str(page.soup.select_one(".db-signing-next"))
    assert title not in str(page.soup.title)


def test_the_next_one_comes_up(college: Flask, as_: As) -> None:
    """After the first the second, after the last the list that says that nothing waits."""
    first, second = submitted(college), submitted(college)
    client = as_(LEADER)
    answer = fill(client, address(first), "/signature")
    assert answer.location is not None
    assert answer.location.startswith(address(second))
    assert "第1件，共1件" in get(client, answer.location).text
    assert fill(client, answer.location, "/signature").location == "/todo"


def test_the_next_one_is_the_one_that_was_announced(college: Flask, as_: As) -> None:
    """Who begins in the middle goes on behind it, not at the front; what has been signed meanwhile
    by other means is passed over."""
    first, second, third = submitted(college), submitted(college), submitted(college)
    client = as_(LEADER)
    page = get(client, address(second))
    announced = page.soup.select_one(".db-signing-next a")
    assert announced is not None
    answer = send(
        client, str(page.form("/signature")["action"]), values_of(page.form("/signature"))
    )
    assert answer.location == announced["href"]
    assert answer.location.startswith(address(third))
    page = get(client, answer.location)
    assert fill(client, address(first), "/signature").status == 303
    answer = send(
        client, str(page.form("/signature")["action"]), values_of(page.form("/signature"))
    )
    assert answer.location == "/todo"


def test_every_decision_has_an_opinion_to_show(college: Flask) -> None:
    """The bar shows the opinion as it will be signed: each such form has one, and may be empty."""
    for act in sorted(decisions() & PAGES.keys()):
        page = PAGES[act].by_act[act]
        with college.test_request_context():
            form = page.form(Item(version=1), None)
        assert "opinion" in form, act
        assert not page.quiet, f"{act}: the first panel of the page is the one that agrees"


def test_returning_asks_the_reason_first(college: Flask, as_: As) -> None:
    """退回 and 不予立项 are links to panels; without a reason the form comes back, with it on."""
    first, second = submitted(college), submitted(college)
    client = as_(LEADER)
    page = get(client, address(first))
    links = {str(link["href"]) for link in page.soup.select(".db-signing-buttons a")}
    assert links == {"#do-return", "#do-reject"}
    assert all(page.soup.select_one(link) for link in links)
    refused = fill(client, address(first), "/return", {"opinion": "不"})
    assert refused.status == 422
    assert "请写明理由" in refused.text
    again = send(
        client,
        str(refused.form("/return")["action"]),
        {**values_of(refused.form("/return")), "opinion": "请补充完成标准。"},
    )
    assert state_of(college, first) == "returned"
    assert again.location is not None
    assert again.location.startswith(address(second)), "after an error it still leads on"


def test_sent_twice_it_is_signed_once(college: Flask, as_: As) -> None:
    """A double click, or a second sending after a lost answer, is one signature."""
    public_id = submitted(college)
    client = as_(LEADER)
    form = get(client, address(public_id)).form("/signature")
    data = values_of(form)
    answers = [send(client, str(form["action"]), data).status for _ in range(2)]
    assert answers == [303, 303]
    with college.app_context():
        assert [event.act for event in Actor(college, public_id).events()].count("sign") == 1


def test_two_windows(college: Flask, as_: As) -> None:
    """Signed in one window, the other says what was done and hands back what was typed."""
    public_id = submitted(college)
    client = as_(LEADER)
    form = get(client, address(public_id)).form("/signature")
    fill(client, address(public_id), "/signature")
    late = send(client, str(form["action"]), {**values_of(form), "opinion": "同意，请抓紧。"})
    assert late.status == 409
    assert "同意，请抓紧。" in late.text


@pytest.mark.parametrize("who", [OFFICE, OFFICE_LEADER, PRESIDENT])
def test_whose_turn_it_is_not(college: Flask, as_: As, who: str) -> None:
    """The same address leads on to the item's page."""
    public_id = submitted(college)
    answer = as_(who).get(address(public_id))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/items/{public_id}")


def test_of_a_sensitive_item_nothing_typed_is_kept(college: Flask, as_: As) -> None:
    """No mark for the script that keeps texts; the page is watermarked."""
    public_id = submitted(college, classification="sensitive")
    page = get(as_(LEADER), address(public_id))
    assert page.soup.select_one("[data-db-kept]") is None
    assert page.soup.select_one(".db-watermark") is not None


def test_two_capacities_are_asked_and_shown_as_they_print(college: Flask, as_: As) -> None:
    """「以何种身份办理？」 only of who holds two; each with the name as it will stand."""
    public_id = submitted(college, principal="both")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.sign(LEADER, "sign")
        actor.sign(OFFICE_LEADER, "review")
    page = get(as_(PRESIDENT), address(public_id))
    assert "以何种身份办理" not in page.text
    assert page.soup.select_one("[data-db-signs]").get_text(strip=True) == PRESIDENT  # type: ignore[union-attr]
    _also_secretary(college)
    page = get(as_(PRESIDENT), address(public_id))
    assert "以何种身份办理？" in page.text
    assert f"签为{PRESIDENT}" in page.text


def _also_secretary(app: Flask) -> None:
    """The president follows the secretary in that office, too."""
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.name == PRESIDENT)).one()
        held = db.session.scalars(
            select(Appointment).where(Appointment.role == "secretary").limit(1)
        ).one()
        held.valid_to = ANCHOR - timedelta(days=1)
        db.session.add(
            Appointment(
                person_id=person,
                unit_id=held.unit_id,
                post=held.post,
                role="secretary",
                valid_from=ANCHOR,
            )
        )
        db.session.commit()


def test_signed_by_hand(college: Flask, as_: As) -> None:
    """What was drawn is this box's own picture, stored or not; a broken one is said."""
    public_id = submitted(college)
    client = as_(LEADER)
    drawn = DRAWN + base64.b64encode(photographed("PNG")).decode()
    refused = fill(client, address(public_id), "/signature", {"ink": DRAWN + "AAAA"})
    assert UNREADABLE_INK in refused.text
    assert state_of(college, public_id) == "pending_sign"
    assert fill(client, address(public_id), "/signature", {"ink": drawn}).status == 303
    with college.app_context():
        _viewer, item = Actor(college, public_id).item()
        digest = db.session.scalars(
            select(ApprovalSlot.picture_sha256).where(
                ApprovalSlot.item_id == item.id, ApprovalSlot.step == "sign"
            )
        ).one()
        [event] = [one for one in Actor(college, public_id).events() if one.act == "sign"]
        assert digest is not None
        assert event.facts["picture"] == digest, "the seal covers it"
        assert db.session.scalars(select(SignaturePicture.id)).all() == []
    assert store.path_of(college.extensions["portal.settings"].files_dir, digest).exists()


def test_own_phrases_come_first(college: Flask, as_: As) -> None:
    """Before those of the office; another's are not among them."""
    public_id = submitted(college)
    client = as_(LEADER)
    fill(client, "/account/phrases", "/account/phrases", {"words": "同意，注意安全。"})
    fill(as_(OFFICE), "/account/phrases", "/account/phrases", {"words": "另一位的常用语。"})
    page = get(client, address(public_id))
    chips = [one.get_text(strip=True) for one in page.soup.select(".db-phrase[data-db-fill]")]
    assert chips[0] == "同意，注意安全。"
    assert "同意立项。" in chips
    assert "另一位的常用语。" not in chips
