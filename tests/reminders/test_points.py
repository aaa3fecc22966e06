"""第十七条: a point of 整改意见 is told of before its day, once, and as overdue after it."""

from __future__ import annotations

from datetime import date

from tests.people import draft
from tests.reminders.conftest import Days
from tests.reminders.test_items import Only
from tests.steps.acting import HEAD, Actor
from tests.steps.inspection import acts


def test_a_point_is_told_once_before_its_day(days: Days, only: Only) -> None:
    """Due on Thursday 26 November: on Wednesday; a new day after 核实未通过 is a new occasion."""
    actor = Actor(days.college, draft(days.college, "A01", **acts.SECOND))
    with days.college.app_context():
        actor.to_work()
        acts.rectifying_now(actor)
    told = {day: only(date(2026, 11, day), "N27") for day in (23, 24, 25, 26)}
    assert told == {23: {}, 24: {}, 25: {"N27": {HEAD, "邓涛"}}, 26: {}}
    with days.college.app_context():
        acts.reply(actor)
        acts.reject(actor, days=5)
    assert only(date(2026, 11, 30), "N27") == {"N27": {HEAD, "邓涛"}}


def test_what_was_replied_is_not_told(days: Days, only: Only) -> None:
    actor = Actor(days.college, draft(days.college, "A01", **acts.SECOND))
    with days.college.app_context():
        actor.to_work()
        acts.rectifying_now(actor)
        acts.reply(actor)
    assert only(date(2026, 11, 25), "N27") == {}
