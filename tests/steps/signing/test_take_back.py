"""撤回签批, SPEC §2.3: one's own signature, until the next person has acted."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import ApprovalSlot
from portal.rulebook.offers import offered
from portal.rulebook.refusals import Unmet
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get, send, values_of
from tests.people import draft
from tests.steps.acting import LEADER, OFFICE_LEADER, PRESIDENT, SECRETARY, Actor, intent

As = Callable[[str], FlaskClient]


@pytest.fixture
def actor(college: Flask) -> Actor:
    """An item that waits for 审签; both principals are asked in the end."""
    public_id = draft(college, "A01", principal="both")
    made = Actor(college, public_id)
    with college.app_context():
        viewer, item = made.item()
        registration.submit(viewer, item, intent(item), declared=True)
    return made


def box(step: str, role: str = "") -> ApprovalSlot:
    query = select(ApprovalSlot).where(ApprovalSlot.step == step)
    return db.session.scalars(query.where(ApprovalSlot.role == role) if role else query).one()


def take_back(actor: Actor, who: str, step: str, role: str = "") -> None:
    viewer, item = actor.item(who)
    signing.take_back(viewer, item, box(step, role), intent(None))


def state(actor: Actor) -> str:
    return actor.item()[1].state


def test_it_waits_again_and_may_be_signed_with_other_words(college: Flask, actor: Actor) -> None:
    with college.app_context():
        actor.sign(LEADER, "sign", "同意立项。")
        assert state(actor) == "pending_review"
        take_back(actor, LEADER, "sign")
        assert state(actor) == "pending_sign"
        emptied = box("sign")
        assert (emptied.state, emptied.person_id, emptied.opinion_id) == ("open", None, None)
        assert box("review").state == "waiting"
        actor.sign(LEADER, "sign", "同意，请抓紧。")
        assert [event.act for event in actor.events()][-3:] == ["sign", "take_back", "sign"]


def test_not_once_the_next_has_signed(college: Flask, actor: Actor) -> None:
    with college.app_context():
        actor.sign(LEADER, "sign")
        actor.sign(OFFICE_LEADER, "review")
        assert "take_back" not in actor.offers(LEADER)
        with pytest.raises(Unmet, match="下一环节已经办理"):
            take_back(actor, LEADER, "sign")
        db.session.rollback()
        take_back(actor, OFFICE_LEADER, "review")
        take_back(actor, LEADER, "sign")
        assert state(actor) == "pending_sign"


def test_nobody_elses(college: Flask, actor: Actor) -> None:
    with college.app_context():
        actor.sign(LEADER, "sign")
        assert "take_back" not in actor.offers(PRESIDENT)
        with pytest.raises(NotOffered, match="不由您办理"):
            take_back(actor, OFFICE_LEADER, "sign")
        db.session.rollback()
        actor.sign(OFFICE_LEADER, "review")
        with pytest.raises(Unmet, match="只能撤回本人的签批"):
            take_back(actor, LEADER, "review")


def test_of_two_principals_the_last_one_only(college: Flask, actor: Actor) -> None:
    """Also once all have signed, until 党政办 files; then no more."""
    with college.app_context():
        actor.sign(LEADER, "sign")
        actor.sign(OFFICE_LEADER, "review")
        actor.sign(SECRETARY, "approve")
        actor.sign(PRESIDENT, "approve")
        assert state(actor) == "pending_filing"
        assert "take_back" not in actor.offers(SECRETARY)
        take_back(actor, PRESIDENT, "approve", "president")
        assert state(actor) == "pending_approve"
        assert box("approve", "secretary").state == "agreed"
        actor.sign(PRESIDENT, "approve")
        actor.file(release=False)
        assert "take_back" not in actor.offers(PRESIDENT)


def test_sent_twice_it_is_one_act(college: Flask, actor: Actor) -> None:
    with college.app_context():
        actor.sign(LEADER, "sign")
        key = uuid.uuid4()
        for _ in range(2):
            viewer, item = actor.item(LEADER)
            signing.take_back(viewer, item, box("sign"), Intent(None, key))
        assert [event.act for event in actor.events()].count("take_back") == 1


def test_a_head_withdraws_the_whole_instead(college: Flask) -> None:
    """What a unit's head signs by handing in is withdrawn by 撤回办结申请."""
    actor = Actor(college, draft(college, "A01"))
    with college.app_context():
        actor.to_work()
        actor.apply_close()
        viewer, item = actor.item("坤建军")
        offers = [one for one in offered(viewer, item) if one.act == "take_back"]
        assert offers == []


def test_offered_in_the_corner_after_signing(college: Flask, as_: As, actor: Actor) -> None:
    """One tap, also without script: a form beside 「已签批」; elsewhere a panel of the item."""
    address = f"/items/{actor.public_id}/signature"
    client = as_(LEADER)
    signed = fill(client, address, "/signature")
    page = get(client, signed.location or "")
    form = page.soup.select_one(".db-toast form")
    assert form is not None
    assert str(form["action"]).endswith("/withdrawal")
    assert send(client, str(form["action"]), values_of(form)).status == 303
    with college.app_context():
        assert state(actor) == "pending_sign"
    fill(client, address, "/signature")
    page = get(client, f"/items/{actor.public_id}")
    assert "撤回签批" in page.text
