"""修改后直接送我, SPEC §2.3: whoever returned a form for its wording is asked first again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Event
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get
from tests.steps.acting import LEADER, OFFICE, OFFICE_LEADER, PRESIDENT, REASON, Actor, intent

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]
ESSENTIAL = {
    "level": 3, "deadline_days": 2, "principal": "both", "category": "other", "method": "onsite",
}  # fmt: skip
BEFORE = ((LEADER, "sign"), (OFFICE_LEADER, "review"))


def _returned(
    app: Flask, public_id: uuid.UUID, signed: int, *, straight_back: bool = True
) -> Actor:
    """Submitted, signed by the first `signed`, returned to the drafter by the next."""
    actor = Actor(app, public_id)
    viewer, item = actor.item()
    registration.submit(viewer, item, intent(item), declared=True)
    for who, act in BEFORE[:signed]:
        actor.sign(who, act)
    viewer, item = actor.item((LEADER, OFFICE_LEADER, PRESIDENT)[signed])
    signing.send_back(
        viewer, item, intent(item, REASON), to_previous=False, straight_back=straight_back
    )
    return actor


def _again(actor: Actor, **changed: Any) -> tuple[str, list[str]]:
    """Submitted again; the item's state and those of the new run's boxes."""
    viewer, item = actor.item()
    for name, value in changed.items():
        setattr(item, name, value)
    db.session.flush()
    registration.submit(viewer, item, intent(item), declared=True)
    _viewer, item = actor.item()
    run = db.session.scalars(select(Approval).order_by(Approval.id.desc()).limit(1)).one()
    boxes = select(ApprovalSlot.state).where(ApprovalSlot.approval_id == run.id)
    return item.state, list(db.session.scalars(boxes.order_by(ApprovalSlot.position)))


@pytest.mark.parametrize(
    ("signed", "state", "boxes"),
    [
        (0, "pending_sign", ["open", "waiting", "waiting"]),
        (1, "pending_review", ["agreed", "open", "waiting"]),
        (2, "pending_approve", ["agreed", "agreed", "open"]),
    ],
)
def test_a_changed_wording_goes_straight_back(
    college: Flask, draft_item: New, signed: int, state: str, boxes: list[str]
) -> None:
    """The boxes before keep what was signed; then the chain goes on to its end."""
    with college.app_context():
        actor = _returned(college, draft_item(), signed)
        assert _again(actor, requirement="逐栋排查消防隐患并建立台账。") == (state, boxes)
        rest = ((LEADER, "sign"), (OFFICE_LEADER, "review"), (PRESIDENT, "approve"))[signed:]
        for who, act in rest:
            actor.sign(who, act)
        _viewer, item = actor.item()
        assert item.state == "pending_filing"


@pytest.mark.parametrize(
    "changed",
    [{name: value} for name, value in ESSENTIAL.items()],
    ids=lambda changed: next(iter(changed)),
)
def test_what_was_signed_for_is_signed_again_when_it_changes(
    college: Flask, draft_item: New, changed: dict[str, Any]
) -> None:
    """Level, days, principal, category, method: from the first step again."""
    with college.app_context():
        actor = _returned(college, draft_item(), 2)
        _viewer, item = actor.item()
        assert {name: getattr(item, name) for name in changed} != changed
        state, boxes = _again(actor, **changed)
        assert (state, boxes[0]) == ("pending_sign", "open")


def test_without_the_tick_the_chain_starts_again(college: Flask, draft_item: New) -> None:
    """A plain return asks everyone anew."""
    with college.app_context():
        actor = _returned(college, draft_item(), 2, straight_back=False)
        assert _again(actor)[0] == "pending_sign"


def test_a_later_plain_return_ends_the_wish(college: Flask, draft_item: New) -> None:
    """Only the last return counts."""
    with college.app_context():
        actor = _returned(college, draft_item(), 1)
        _again(actor)
        viewer, item = actor.item(OFFICE_LEADER)
        signing.send_back(viewer, item, intent(item, REASON), to_previous=False)
        assert _again(actor)[0] == "pending_sign"


def test_it_is_ticked_and_read_on_the_pages(college: Flask, as_: As, draft_item: New) -> None:
    """The signer ticks it; the drafter reads why the form came back and where it goes."""
    public_id = draft_item()
    with college.app_context():
        actor = Actor(college, public_id)
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        actor.sign(LEADER, "sign")
    page = f"/items/{public_id}"
    answer = fill(as_(OFFICE_LEADER), page, "/return", {"opinion": REASON, "straight_back": "y"})
    assert answer.status == 303
    drafter = as_(OFFICE)
    for address in (page, f"{page}/form"):
        text = get(drafter, address).soup.get_text()
        assert f"余茂春于11月23日退回：{REASON}" in text
        assert "提交后直接送党政办分管领导审核" in text
    with college.app_context():
        actor = Actor(college, public_id)
        assert _again(actor)[0] == "pending_review"
        _viewer, item = actor.item()
        facts = db.session.scalars(select(Event.facts).order_by(Event.id.desc()).limit(1)).one()
        assert facts["straight_to"] == "review"
    assert "退回：" not in get(drafter, page).soup.get_text()


def test_it_goes_with_a_return_to_the_drafter_only(
    as_: As, college: Flask, draft_item: New
) -> None:
    """退回上一环节 sends the form to a colleague, who signs anew anyway."""
    public_id = draft_item()
    with college.app_context():
        actor = Actor(college, public_id)
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        actor.sign(LEADER, "sign")
    typed = {"opinion": REASON, "straight_back": "y", "target": "previous"}
    answer = fill(as_(OFFICE_LEADER), f"/items/{public_id}", "/return", typed)
    assert answer.status == 422
    assert "“修改后直接送我”仅适用于退回拟稿人。" in answer.soup.get_text()
