"""年度评估 第十八条（四）, SPEC §2.15: opened by the clock in January, decided by 党政办主任."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.clock import shanghai_instant
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook import tray
from portal.rulebook.refusals import Unmet
from portal.steps.reviews import commands
from portal.steps.reviews.clock import open_reviews
from tests.pages import fill, get, send
from tests.people import csrf, draft
from tests.steps.acting import HEAD, OFFICE, OFFICE_HEAD, Actor, intent, pass_days

As = Callable[[str], FlaskClient]
LONG = {
    "level": 4, "deadline_kind": "date", "deadline_days": None, "deadline_date": date(2028, 6, 30),
}  # fmt: skip
ENDLESS = {**LONG, "deadline_kind": "open", "deadline_date": None}
TO_NEW_YEAR = 39
"""Days from the anchor day to 1 January 2027."""
WORDS = "任务跨年度实施，继续督办。"


@pytest.fixture
def long_running(college: Flask) -> Actor:
    """A level-4 item in work since 23 November 2026."""
    actor = Actor(college, draft(college, "A01", **LONG))
    with college.app_context():
        actor.to_work()
    return actor


@pytest.fixture
def clock(worker: Flask, college: Flask) -> Callable[[int], int]:
    """Days pass for everybody, then the clock's rule runs; how many reviews it opened."""

    def run(days: int) -> int:
        pass_days(college, days)
        worker.extensions["portal.clock"].shift = college.extensions["portal.clock"].shift
        with worker.app_context():
            return open_reviews()

    return run


def _waits(actor: Actor, who: str) -> bool:
    viewer, item = actor.item(who)
    return ("review_yearly", item.id) in {(row.act, row.item_id) for row in tray.waiting(viewer)}


def _review(actor: Actor, outcome: str = "continue", who: str = OFFICE_HEAD) -> None:
    viewer, item = actor.item(who)
    commands.review(viewer, item, intent(item, WORDS), outcome=outcome)


def test_it_waits_from_new_year_on_and_once(
    college: Flask, long_running: Actor, clock: Callable[[int], int]
) -> None:
    """Not on 31 December; from 1 January, however often the rule runs; then not for a year."""
    assert clock(TO_NEW_YEAR - 1) == 0
    assert clock(1) == 1
    assert clock(0) == clock(3) == 0
    with college.app_context():
        _viewer, item = long_running.item()
        assert item.review_due == date(2027, 1, 31)
        assert _waits(long_running, OFFICE_HEAD)
        since = [row.since for row in tray.waiting(long_running.viewer(OFFICE_HEAD))]
        assert shanghai_instant(date(2027, 1, 1)) in since
        assert not _waits(long_running, OFFICE)
        _review(long_running)
        assert not _waits(long_running, OFFICE_HEAD)
        event = long_running.events()[-1]
        assert (event.act, event.facts) == ("review_yearly", {"outcome": "continue", "year": 2027})
        assert {long_running.viewer(HEAD).person_id} <= set(event.tells)
        assert long_running.item()[1].state == "in_progress"
    assert clock(300) == 0
    assert clock(65) == 1
    with college.app_context():
        opened = [row for row in long_running.events() if row.act == "open_review"]
        assert [(row.day, row.actor_id) for row in opened] == [
            (date(2027, 1, 1), None), (date(2028, 1, 4), None),
        ]  # fmt: skip


def test_the_clock_catches_up(
    college: Flask, long_running: Actor, clock: Callable[[int], int], as_: As
) -> None:
    """Run in March for the first time: it was due on 31 January, and says how late it is."""
    assert clock(TO_NEW_YEAR + 70) == 1
    page = get(as_(OFFICE_HEAD), f"/items/{long_running.public_id}")
    assert "2027年度评估应于2027年1月31日前完成，逾期40天。" in page.text
    assert "评估期限1月31日，逾期40天" in get(as_(OFFICE_HEAD), "/todo").text
    with college.app_context():
        assert long_running.item()[1].review_due == date(2027, 1, 31)


def test_only_long_running_items_in_work(college: Flask, clock: Callable[[int], int]) -> None:
    """Not level 3, not what is still a draft, not what was handed out in the year itself."""
    other = Actor(college, draft(college, "A01", level=3, deadline_days=30))
    draft(college, "A01", **LONG)
    with college.app_context():
        other.to_work()
    assert clock(TO_NEW_YEAR) == 0
    late = Actor(college, draft(college, "A01", **LONG))
    with college.app_context():
        late.to_work()
    assert clock(10) == 0


def test_without_an_end_not_more_than_a_year_apart(
    college: Flask, clock: Callable[[int], int]
) -> None:
    """长期, handed out on 6 January 2027: reviewed by 6 January 2028."""
    pass_days(college, TO_NEW_YEAR + 5)
    actor = Actor(college, draft(college, "A01", **ENDLESS))
    with college.app_context():
        actor.to_work()
    assert clock(364) == 1
    with college.app_context():
        assert actor.item()[1].review_due == date(2028, 1, 6)


def test_what_is_refused(college: Flask, long_running: Actor) -> None:
    """No such outcome, no words."""
    with college.app_context():
        _open(long_running)
        for outcome, words, field in (
            ("stop", WORDS, "outcome"), ("", WORDS, "outcome"), ("continue", "", "opinion"),
        ):  # fmt: skip
            viewer, item = long_running.item(OFFICE_HEAD)
            with pytest.raises(Unmet) as refused:
                commands.review(viewer, item, intent(item, words), outcome=outcome)
            assert set(refused.value.fields) == {field}
            db.session.rollback()


def _open(actor: Actor) -> None:
    _viewer, item = actor.item()
    item.review_due = date(2027, 1, 31)
    db.session.commit()


def test_nothing_to_review_before_it_waits(college: Flask, long_running: Actor) -> None:
    with college.app_context():
        viewer, item = long_running.item(OFFICE_HEAD)
        with pytest.raises(NotOffered):
            commands.review(viewer, item, intent(item, WORDS), outcome="continue")


def test_a_forged_form_is_answered(long_running: Actor, as_: As) -> None:
    """Sent where nothing waits: refused in words, whole or not."""
    client, address = as_(OFFICE_HEAD), f"/items/{long_running.public_id}"
    token = csrf(client, "/account/password")
    for typed in ({}, {"outcome": "continue", "opinion": WORDS}, {"outcome": "x", "opinion": ""}):
        sent = {**typed, "csrf_token": token, "act": "review_yearly"}
        assert send(client, f"{address}/review", sent).status == 422


def test_other_levels_are_told_why(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        actor.to_work()
        viewer, item = actor.item(OFFICE_HEAD)
        with pytest.raises(Unmet, match="仅四级事项进行年度评估"):
            commands.review(viewer, item, intent(item, WORDS), outcome="continue")


def test_the_page_asks_and_shows(college: Flask, long_running: Actor, as_: As) -> None:
    """The decision and what follows stand on the page of everybody concerned."""
    said = "转为常规工作 请牵头单位按常规工作接续，并申请办结"
    with college.app_context():
        _open(long_running)
    address = f"/items/{long_running.public_id}"
    client = as_(OFFICE_HEAD)
    empty = fill(client, address, "/review", {"opinion": WORDS})
    assert (empty.status, "请选择评估结论。" in empty.text) == (422, True)
    typed = {"outcome": "routine", "opinion": WORDS}
    assert fill(client, address, "/review", typed).status == 303
    page = get(as_(HEAD), address)
    card = page.soup.select_one("#yearly").get_text(" ", strip=True)
    assert said in " ".join(card.split())
    assert WORDS in card
    assert "2027年度评估结论：转为常规工作" in page.text
    assert not [form for form in page.actions() if form.endswith("/review")]
    with college.app_context():
        long_running.item()
        acts = db.session.scalars(select(Event.act).where(Event.act == "review_yearly")).all()
        assert acts == ["review_yearly"]
        assert db.session.scalars(select(Item.review_due)).one() is None


def test_a_double_click_is_one_review(college: Flask, long_running: Actor) -> None:
    with college.app_context():
        _open(long_running)
        viewer, item = long_running.item(OFFICE_HEAD)
        sent = intent(item, WORDS)
        for _ in range(2):
            commands.review(viewer, item, sent, outcome="continue")
        assert [row.act for row in long_running.events()].count("review_yearly") == 1


def test_the_next_one_is_said(long_running: Actor, as_: As) -> None:
    page = get(as_(HEAD), f"/items/{long_running.public_id}")
    assert "下次评估应于2027年1月31日前完成。" in page.text
    assert timedelta(days=TO_NEW_YEAR) == date(2027, 1, 1) - date(2026, 11, 23)
