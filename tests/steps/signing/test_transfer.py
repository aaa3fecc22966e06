"""转授权人 (SPEC §1.5, §2.3): a waiting box is passed on by name to who may sign it anyway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Change, Delegation, Extension, Message, Person, UrgeNotice
from portal.rulebook import tray
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.knowledge import commands as knowledge
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get
from tests.steps.acting import (
    LEADER,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    at_work,
    intent,
)
from tests.steps.changes.proposing import propose
from tests.steps.extending.asking import ask
from tests.steps.inspection.acts import SECOND, approve, plan
from tests.steps.urging.acts import overdue, urge
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


def _urge(app: Flask, actor: Actor) -> None:
    overdue(actor)
    urge(actor)


PARTS: dict[str, tuple[str, str, Callable[[Flask, Actor], object], type[Any], str]] = {
    "transfer_urge": (OFFICE_LEADER, "office_leader", _urge, UrgeNotice, "审核催办"),
    "transfer_extension": (
        LEADER, "responsible_leader", lambda _app, actor: ask(actor, days=5), Extension, "延期签字",
    ),
    "transfer_change": (
        LEADER, "responsible_leader", lambda app, actor: propose(app, actor.public_id, "adjust"),
        Change, "审签调整",
    ),
}  # fmt: skip
"""Before whom, in which office, what brings the part there; its table, what is asked of him."""


def lend(app: Flask, role: str, giver: str) -> None:
    """For two months, to DELEGATE."""
    now = app.extensions["portal.clock"].now()
    people = ids()
    db.session.add(
        Delegation(
            from_id=people[giver], to_id=people[DELEGATE], kind="AB角", scope="审签",
            roles=[role], starts_at=now, ends_at=now + timedelta(days=60), reason="外出",
            created_by_id=people[giver],
        )
    )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("act", PARTS)
def test_what_waits_beside_the_item_is_passed_on_alike(college: Flask, as_: As, act: str) -> None:
    """By the page of the signature; the delegate is asked the same, and whoever acts first has
    acted. A box of the item itself, or of another part, lends nothing here."""
    who, role, begin, table, word = PARTS[act]
    with at_work(college) as actor:
        actor.viewer(who)
        lend(college, role, who)
        begin(college, actor)
        assert act not in actor.offers(DELEGATE), "what was received is not passed on"
        assert act in actor.offers(who)
        viewer, item = actor.item(who)
        with pytest.raises(NotOffered):
            signing.transfer(viewer, item, intent(item), ids()[DELEGATE])
        db.session.rollback()
        viewer, item = actor.item(who)
        state = db.session.scalars(visible(viewer, table)).one().state
        delegate = ids()[DELEGATE]
    client = as_(who)
    page = get(client, f"/items/{actor.public_id}/signature")
    assert "转授权人" in page.text
    done = fill(client, f"/items/{actor.public_id}", "/transfer", {"delegate": str(delegate)})
    assert done.status == 303
    with college.app_context():
        event = actor.events()[-1]
        assert (event.act, event.tells) == (act, [delegate])
        viewer, _item = actor.item(DELEGATE)
        told = db.session.scalars(select(Message).where(Message.event_id == event.id)).all()
        assert [(message.person_id, message.kind) for message in told] == [(delegate, "N01")]
        assert word in {row.word for row in tray.waiting(viewer)}
        assert db.session.scalars(visible(viewer, table)).one().state == state
        assert act in actor.offers(who), "the giver still may"


def test_a_plan_of_an_inspection_is_passed_on(college: Flask) -> None:
    """To whom the office is lent that approves it, and to nobody else."""
    with at_work(college, **SECOND) as actor:
        actor.viewer(OFFICE_LEADER)
        lend(college, "office_leader", OFFICE_LEADER)
        visit = plan(actor)
        viewer, item = actor.item(OFFICE_LEADER)
        with pytest.raises(Unmet, match="请选择授权期内可以代办本环节的受托人"):
            signing.transfer(viewer, item, intent(item), ids()[ANOTHER], visit)
        db.session.rollback()
        viewer, item = actor.item(OFFICE_LEADER)
        signing.transfer(viewer, item, intent(item), ids()[DELEGATE], visit)
        event = actor.events()[-1]
        assert (event.act, event.subject, event.tells) == (
            "transfer_inspection", "inspection", [ids()[DELEGATE]],
        )  # fmt: skip
        assert approve(actor, DELEGATE).state == "plan_approved"
