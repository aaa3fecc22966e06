"""第二十一条, decision 0083: a unit's form that came back stays readable to 党政办; what never left
the unit, or was taken back, is not. Asked of the program's scope and of the database itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from portal.models import Item
from portal.rulebook import workflow
from portal.rulebook.scope import visible
from portal.steps.registration import commands as registration
from tests.people import draft, emp_no_of
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
)

OTHERS = ("泽仁旺姆", "三郎泽里", "单晓燕", "黄素芬", "王尔基")
"""Of the office, a principal, 纪委办, the archivist, a co-unit."""


@pytest.fixture(params=["internal", "sensitive"])
def form(request: pytest.FixtureRequest, college: Flask) -> Iterator[Actor]:
    """Drafted by the handler of 保卫处, submitted to its head."""
    drafter = emp_no_of(college, HANDLER)
    public_id = draft(college, "A01", drafter=drafter, classification=request.param)
    with college.app_context():
        actor = Actor(college, public_id)
        _submit(actor)
        yield actor


def _submit(actor: Actor) -> None:
    viewer, item = actor.item(HANDLER)
    registration.submit(viewer, item, intent(item), declared=True)


def _do(actor: Actor, who: str, act: str) -> None:
    viewer, item = actor.item(who)
    workflow.perform(viewer, act, item, intent(item, REASON))
    db.session.commit()


def _know(actor: Actor, *names: str) -> set[str]:
    """Who finds it; the scope and the database, asked without it, agree."""
    found = set()
    for name in names:
        viewer = actor.viewer(name)
        by_scope = db.session.scalars(visible(viewer, Item)).all()
        assert db.session.scalar(text("SELECT count(*) FROM item")) == len(by_scope)
        events = db.session.scalar(text("SELECT count(*) FROM event"))
        assert bool(events) == bool(by_scope), "its parts are known with it"
        if by_scope:
            found.add(name)
    return found


def test_what_its_own_head_sends_back_never_left_the_unit(form: Actor) -> None:
    """单位负责人退回: the office has not had it."""
    _do(form, HEAD, "return")
    assert _know(form, HANDLER, HEAD, OFFICE, *OTHERS) == {HANDLER, HEAD}


def test_what_a_leader_sends_back_the_office_reads_on(form: Actor) -> None:
    """While it is corrected, with the head for confirmation again, and at every round after; of a
    sensitive form whoever of the office is on its list. Nobody else of those who saw it in
    between without acting on it."""
    form.sign(HEAD, "confirm_unit")
    _do(form, LEADER, "return")
    viewer, item = form.item(HANDLER)
    unlisted = {OFFICE, "泽仁旺姆"} if item.classification == "internal" else set()
    own = {HANDLER, HEAD, LEADER, OFFICE_HEAD, *unlisted}
    assert _know(form, HANDLER, HEAD, LEADER, OFFICE, OFFICE_HEAD, *OTHERS) == own
    assert form.item(OFFICE_HEAD)[1].state == "returned"
    viewer, item = form.item(HANDLER)
    registration.submit(viewer, item, intent(item), declared=True)
    assert form.item(OFFICE_HEAD)[1].state == "pending_unit"
    assert _know(form, OFFICE, "泽仁旺姆", "单晓燕", "黄素芬") == unlisted


def test_what_its_drafter_takes_back_is_the_drafters_again(form: Actor) -> None:
    """撤回 before anybody acted: as if it had not been sent."""
    _do(form, HANDLER, "withdraw")
    assert _know(form, HANDLER, OFFICE, OFFICE_LEADER, *OTHERS) == {HANDLER}
