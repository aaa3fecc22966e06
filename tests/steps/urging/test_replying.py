"""代录催办回复 (SPEC §2.8, §8.4): what the urged unit answered on paper or by word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.errors import NotOffered
from portal.extensions import db
from portal.rulebook.guards import Reply
from portal.rulebook.refusals import Unmet
from portal.steps.urging import replying
from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import CO_HEAD, HANDLER, HEAD, LEADER, OFFICE, OFFICE_HEAD, Actor, intent
from tests.steps.urging import acts

As = Callable[[str], FlaskClient]
WHY, NEXT = "施工材料晚到，影响工期。", "增派人员，倒排工期。"


@pytest.fixture
def urged(college: Flask) -> Actor:
    """The lead unit was urged and has received the notice."""
    found = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        found.to_work()
        acts.issued(found)
        acts.receive(found)
    return found


def _enter(actor: Actor, who: str = OFFICE, by: str = HEAD, **given: Any) -> None:
    viewer, item = actor.item(who)
    at = viewer.moment.instant + given.pop("after", timedelta())
    answered = Reply(acts.person(by), at, given.pop("form", "written"))
    values = {"measures": NEXT, "promised_on": viewer.moment.day, "declared": True} | given
    replying.enter(viewer, item, acts.notice(actor), intent(None, WHY), answered=answered, **values)


def test_by_the_page(urged: Actor, as_: As) -> None:
    """Marked as typed in, told to the unit; the limit stays; it is answered once."""
    address = f"/items/{urged.public_id}"
    with urged.app.app_context():
        action = f"/urges/{acts.notice(urged).public_id}/reply/entry"
        head, day = acts.person(HEAD), urged.viewer(OFFICE).moment.day
        limit = acts.notice(urged).limit_on
    done = fill(
        as_(OFFICE), address, action,
        {
            "replied_by": str(head), "opinion": WHY, "measures": NEXT,
            "promised_on": day.isoformat(), "declared": "y",
        },
    )  # fmt: skip
    assert done.status == 303, done.text[:800]
    page = get(as_(HEAD), address)
    for words in ("承办单位回复（代录）", WHY, NEXT, "代录催办回复"):
        assert words in page.text, words
    assert action not in get(as_(OFFICE), address).html
    with urged.app.app_context():
        urged.item()
        notice = acts.notice(urged)
        assert (notice.state, notice.replied_by_id, notice.limit_on) == ("ug_replied", head, limit)
        event = urged.events()[-1]
        assert (event.act, event.facts["reply"]["person_id"]) == ("enter_urge_reply", head)
        assert {acts.person(name) for name in (HEAD, HANDLER, LEADER)} <= set(event.tells)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by": CO_HEAD}, "replied_by"),
        ({"by": OFFICE}, "replied_by"),
        ({"form": "x"}, "replied_at"),
        ({"after": timedelta(minutes=1)}, "replied_at"),
        ({"after": timedelta(days=-1)}, "replied_at"),
        ({"promised_on": None}, "promised_on"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(
    urged: Actor, wrong: dict[str, Any], field: str
) -> None:
    with urged.app.app_context():
        with pytest.raises(Unmet) as refused:
            _enter(urged, **wrong)
        db.session.rollback()
        assert set(refused.value.fields) == {field}
        urged.item()
        assert acts.notice(urged).state == "ug_signed"


@pytest.mark.parametrize("who", [HEAD, LEADER, OFFICE_HEAD])
def test_only_the_office_types_it_in(urged: Actor, who: str) -> None:
    with urged.app.app_context(), pytest.raises(NotOffered):
        _enter(urged, who)
