"""转授权人 (SPEC §1.5, §2.3): a waiting box is passed on by name to who may sign it anyway."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Message, Person
from portal.rulebook.refusals import Unmet
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get
from tests.steps.acting import OFFICE_HEAD, REASON, Actor, intent
from tests.steps.work import Draft

As = Callable[[str], FlaskClient]
GIVER, DELEGATE, ANOTHER = "解学农", "陈𬭎", "单晓燕"


@pytest.fixture
def waiting(college: Flask, draft_item: Draft) -> Actor:
    """An item that waits for 审签 of a leader whose AB角 runs."""
    actor = Actor(college, draft_item("A01", lead_unit="JWC", co_units=[]))
    with college.app_context():
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        db.session.remove()
    return actor


def ids() -> dict[str, int]:
    return dict(db.session.execute(select(Person.name, Person.id)).all())


def test_the_delegate_is_asked_by_name_and_either_signs(college: Flask, waiting: Actor) -> None:
    with college.app_context():
        assert "transfer" in waiting.offers(GIVER)
        assert "transfer" not in waiting.offers(DELEGATE), "what was received is not passed on"
        viewer, item = waiting.item(GIVER)
        signing.transfer(viewer, item, intent(item), ids()[DELEGATE])
        event = waiting.events()[-1]
        assert (event.act, event.facts, event.tells) == (
            "transfer", {"transferred_to": ids()[DELEGATE]}, [ids()[DELEGATE]],
        )  # fmt: skip
        assert (event.item_from, event.item_to) == ("pending_sign", "pending_sign")
        waiting.viewer(DELEGATE)
        messages = db.session.scalars(
            select(Message).where(
                Message.event_id == event.id, Message.person_id == ids()[DELEGATE]
            )
        ).all()
        assert [message.kind for message in messages] == ["N01"]
        assert "sign" in waiting.offers(GIVER), "the giver still may"
        waiting.sign(DELEGATE, "sign")
        assert "sign" not in waiting.offers(GIVER)


def test_only_to_whom_it_is_lent(college: Flask, waiting: Actor) -> None:
    with college.app_context():
        for who in (ANOTHER, GIVER, "余茂春"):
            viewer, item = waiting.item(GIVER)
            with pytest.raises(Unmet, match="请选择授权期内可以代办本环节的受托人"):
                signing.transfer(viewer, item, intent(item), ids()[who])
            db.session.rollback()


def test_a_sensitive_item_only_to_who_is_listed(college: Flask, waiting: Actor) -> None:
    with college.app_context():
        viewer, item = waiting.item(OFFICE_HEAD)
        knowledge.mark(viewer, item, intent(item, REASON))
        viewer, item = waiting.item(GIVER)
        with pytest.raises(Unmet, match="受托人不在本事项知悉范围"):
            signing.transfer(viewer, item, intent(item), ids()[DELEGATE])


def test_by_the_page(college: Flask, waiting: Actor, as_: As) -> None:
    address = f"/items/{waiting.public_id}"
    client = as_(GIVER)
    form = get(client, address).form("/transfer")
    assert [option.get_text() for option in form.find_all("option")] == [
        "请选择", "陈𬭎（授权至2026年11月27日）",
    ]  # fmt: skip
    assert fill(client, address, "/transfer").status == 422
    with college.app_context():
        delegate = ids()[DELEGATE]
    assert fill(client, address, "/transfer", {"delegate": str(delegate)}).status == 303
    assert "请陈𬭎代为办理" in get(client, address).text
