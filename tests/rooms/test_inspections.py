"""/inspections: 实地督查 by stage and unit, each person's own (第十七条)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.rooms.inspections import queries
from tests.pages import get
from tests.people import draft, sign_in
from tests.steps.acting import HEAD, OFFICE, OFFICE_HEAD, Actor
from tests.steps.inspection import acts


def _tabs(app: Flask, actor: Actor) -> dict[str, int]:
    with app.app_context():
        return {tab.label: tab.total for tab in queries.tabs(actor.viewer(OFFICE), "") if tab.total}


@pytest.mark.parametrize("approved", [False, True])
def test_what_was_cancelled_counts_in_no_other_tab(college: Flask, approved: bool) -> None:
    """Decision 0135: neither in 共N次 nor on the item's card; a visit beside it does."""
    actor = Actor(college, draft(college, "A01", **acts.SECOND))
    with college.app_context():
        actor.to_work()
        acts.plan(actor)
        if approved:
            acts.approve(actor)
        acts.cancel(actor)
    client = sign_in(college, OFFICE)
    assert _tabs(college, actor) == {"已取消": 1}
    assert "共0次" in get(client, "/inspections").text
    listed = get(client, "/inspections?stage=cancelled")
    assert ("已取消1次" in listed.text, acts.CHIEF in listed.text) == (True, True)
    assert _card(client, actor) == "实地督查"
    with college.app_context():
        acts.gone(actor)
        acts.conclude(actor, "good")
        acts.finish(actor, "finish_inspection", OFFICE_HEAD)
    assert _tabs(college, actor) == {"全部": 1, "已完成": 1, "已取消": 1}
    assert _card(client, actor) == "实地督查1次"


def _card(client: FlaskClient, actor: Actor) -> str:
    """The head of the item's card."""
    card = get(client, f"/items/{actor.public_id}").soup.select_one("#inspections")
    assert card is not None
    return "".join(card.select(".db-card-head")[0].get_text().split())


def test_the_list_is_each_persons_own(college: Flask) -> None:
    """By stage and unit; whoever may not know of an item sees no inspection of it."""
    actor = Actor(college, draft(college, "A01", **acts.SECOND))
    with college.app_context():
        actor.to_work()
        acts.rectifying_now(actor)
    page = get(sign_in(college, OFFICE), "/inspections?stage=rectifying&unit=BWC")
    assert "0/1条" in page.text
    assert acts.CHIEF in page.text
    assert "没有符合条件" in get(sign_in(college, OFFICE), "/inspections?stage=planned").text
    assert "0/1条" in get(sign_in(college, HEAD), "/inspections").text
    assert "没有符合条件" in get(sign_in(college, "林婉清"), "/inspections").text
