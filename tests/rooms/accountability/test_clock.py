"""第二十三条, 第二十五条（一）: what the clock raises, once each, and what it does not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Case, CaseGround
from portal.rooms.accountability.clock import follow_cases
from tests.rulebook import casework as work
from tests.steps.acting import CO_HEAD, CO_UNIT, OFFICE_HEAD, Actor
from tests.steps.urging import acts

Run = Callable[[int], int]


@pytest.fixture
def actor(
    college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID]
) -> Iterator[work.Casework]:
    """An item in work."""
    with college.app_context():
        found = work.Casework(college, draft_item(level=3, deadline_days=30))
        found.worker = worker
        found.to_work()
        yield found


@pytest.fixture
def follow(worker: Flask, college: Flask) -> Run:
    """The clock's round, so many days later."""

    def run(days: int = 0) -> int:
        acts.pass_days(college, days)
        with worker.app_context():
            acts.pass_days(worker, days)
            return follow_cases()

    return run


def _grounds(actor: Actor) -> list[tuple[str, str]]:
    """Criterion and state of the case of every ground, as 党政办主任 knows of them."""
    actor.viewer(OFFICE_HEAD)
    rows = db.session.execute(
        select(CaseGround.criterion, Case.state)
        .join(Case, Case.id == CaseGround.case_id)
        .order_by(CaseGround.id)
    )
    return [(row.criterion, row.state) for row in rows]


def test_overdue_is_raised_once(actor: work.Casework, follow: Run) -> None:
    assert follow(0) == 0
    acts.overdue(actor)
    assert follow(0) == 1
    assert follow(0) == 0
    assert _grounds(actor) == [("A23", "clue")]


def test_not_on_a_rest_day(actor: work.Casework, follow: Run) -> None:
    """From the first working day on: the anchor is a Monday, five days later a Saturday."""
    acts.overdue(actor)
    assert follow(5) == 0
    assert follow(2) == 1


def test_what_was_dropped_stays_dropped(actor: work.Casework, follow: Run) -> None:
    acts.overdue(actor)
    follow(0)
    actor.viewer(OFFICE_HEAD)
    public_id = db.session.scalars(select(Case.public_id)).one()
    for name in ("check_clue", "drop_clue"):
        work.act(actor, name, public_id)
    assert follow(1) == 0
    assert _grounds(actor) == [("A23", "dropped")]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_notice_in_vain(
    actor: work.Casework, follow: Run, urge_clock: Run, accepted: bool
) -> None:
    """Its limit passed: with a reason that was accepted nothing, else both codes on one case."""
    acts.issued(actor)
    acts.state_reason(actor)
    acts.rule(actor, accepted=accepted)
    acts.receive(actor)
    urge_clock(7)
    follow(0)
    expected = [] if accepted else [("A23", "clue"), ("A25-1", "clue")]
    assert _grounds(actor) == expected
    assert follow(0) == 0


def test_a_notice_that_is_not_ruled_on_waits(
    actor: work.Casework, follow: Run, urge_clock: Run
) -> None:
    """正当理由 is judged in writing first (P15): until then no clue of 第二十五条."""
    acts.issued(actor)
    acts.state_reason(actor)
    acts.receive(actor)
    urge_clock(7)
    follow(0)
    assert _grounds(actor) == [("A23", "clue")]


def test_a_co_unit_late_speaks_for_the_lead(actor: work.Casework, follow: Run) -> None:
    """第八条 (P34): the lead unit's clue says that a co-unit has not handed in."""
    actor.receive(CO_HEAD, CO_UNIT)
    acts.overdue(actor, 1, CO_UNIT)
    acts.overdue(actor)
    follow(0)
    actor.viewer(OFFICE_HEAD)
    assert db.session.scalars(select(Case)).one().lead_note


def test_a_silent_unit(actor: work.Casework, follow: Run) -> None:
    """Three working days from Monday: Thursday is the last, on Friday the portal notes it."""
    public_id = work.bring(actor, "hearing")
    case = work.seen(actor, OFFICE_HEAD, public_id)
    assert case is not None
    assert case.statement_by == actor.viewer(OFFICE_HEAD).moment.day + timedelta(days=3)
    assert follow(3) == 0
    assert follow(1) == 1
    assert follow(0) == 0
    case = work.seen(actor, OFFICE_HEAD, public_id)
    assert case is not None
    assert (case.state, case.silent, case.stated_on) == ("heard", True, None)
