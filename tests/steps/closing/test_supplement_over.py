"""补正期满 SPEC §3.7: the blue light goes out by the clock, and nobody else's act is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from portal.item.lights import light_of
from portal.rulebook import closures
from portal.steps.closing import returns
from portal.steps.closing.clock import end_supplements
from tests.people import draft
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE, REASON, Actor, intent, pass_days

Run = Callable[[int], int]


@pytest.fixture
def supplementing(college: Flask) -> Actor:
    """Handed in on the day of the notice, returned for two working days: until 25 November."""
    actor = Actor(college, draft(college, "A01"))
    with college.app_context():
        actor.to_work()
        actor.apply_close()
        viewer, item = actor.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
    return actor


@pytest.fixture
def clock(worker: Flask, college: Flask) -> Run:
    """Days pass for everybody, then the clock's rule runs; how many lights it put out."""

    def run(days: int) -> int:
        pass_days(college, days)
        worker.extensions["portal.clock"].shift = college.extensions["portal.clock"].shift
        with worker.app_context():
            return end_supplements()

    return run


def _light(actor: Actor) -> str:
    viewer, item = actor.item(OFFICE)
    return light_of(item, viewer.moment.day).name


def test_out_on_the_day_after_and_once(college: Flask, supplementing: Actor, clock: Run) -> None:
    """Blue up to and with its own date; then red, for the item was due on the 26th."""
    assert clock(0) == clock(2) == 0
    with college.app_context():
        assert _light(supplementing) == "blue"
    assert clock(1) == 1
    assert clock(0) == clock(1) == 0
    with college.app_context():
        assert _light(supplementing) == "red"
        over = [row for row in supplementing.events() if row.act == "end_supplement"]
        assert [(row.day, row.actor_id) for row in over] == [(date(2026, 11, 26), None)]
        told = set(over[0].tells)
        assert {supplementing.viewer(who).person_id for who in (HEAD, OFFICE)} <= told
        assert supplementing.item()[1].supplement_due == date(2026, 11, 25)


def test_the_clock_catches_up(college: Flask, supplementing: Actor, clock: Run) -> None:
    """A week later for the first time."""
    assert clock(9) == 1
    with college.app_context():
        assert _light(supplementing) == "red"


def test_what_came_back_in_time_stays_blue(
    college: Flask, supplementing: Actor, clock: Run
) -> None:
    """Handed in again: it waits for the leaders, not for the unit."""
    pass_days(college, 1)
    with college.app_context():
        supplementing.apply_close()
    assert clock(5) == 0
    with college.app_context():
        assert _light(supplementing) == "blue"


def test_a_later_supplement_ends_by_its_own_date(
    college: Flask, supplementing: Actor, clock: Run
) -> None:
    """Each has its end, each once."""
    assert clock(3) == 1
    with college.app_context():
        supplementing.apply_close()
        viewer, item = supplementing.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 1)
        assert supplementing.item()[1].blue
    assert clock(1) == 0
    assert clock(1) == 1
    with college.app_context():
        assert not supplementing.item()[1].blue


def _supplement(actor: Actor, who: str, days: int) -> None:
    viewer, item = actor.item(who)
    returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), days)


def test_it_ends_also_while_the_head_has_yet_to_confirm(
    college: Flask, supplementing: Actor, clock: Run
) -> None:
    """Written in time and not handed in by its date: nobody else is waited for."""
    with college.app_context():
        supplementing.apply_close(HANDLER)
        assert supplementing.item()[1].state == "closing_unit"
    assert clock(2) == 0
    assert clock(1) == 1
    with college.app_context():
        assert _light(supplementing) == "yellow"
        pass_days(college, 1)
        supplementing.sign(HEAD, "confirm_close")
        assert _light(supplementing) == "red"


def test_a_supplement_makes_nothing_timely_that_was_late(college: Flask) -> None:
    """SPEC §3.5: blue within the days of the supplement, red again once the late hand-in, which
    still counts, is judged."""
    actor = Actor(college, draft(college, "A01"))
    with college.app_context():
        actor.to_work()
        pass_days(college, 7)
        actor.apply_close()
        assert _light(actor) == "red"
        _supplement(actor, LEADER, 2)
        assert _light(actor) == "blue"
        actor.apply_close()
        assert _light(actor) == "red"


def test_what_the_head_gave_back_was_not_handed_in(college: Flask) -> None:
    """The first hand-in is the one that the head confirmed, not one he sent back to 承办人."""
    actor = Actor(college, draft(college, "A01"))
    with college.app_context():
        actor.to_work()
        actor.apply_close(HANDLER)
        _supplement(actor, HEAD, 3)
        pass_days(college, 1)
        actor.apply_close()
        _supplement(actor, LEADER, 2)
        pass_days(college, 2)
        actor.apply_close()
        assert closures.counted_day(actor.item()[1]) == date(2026, 11, 24)
