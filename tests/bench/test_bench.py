"""The bench's items fit the tables as they are today; how fast anything is, no test asks."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import reminders
from bench.filling.kept import fill_database
from bench.pages import PEOPLE, Bench
from bench.statements import Asked, Comparison, taken_down
from portal.embedded import Servers
from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.reminders.clock import remind
from portal.rulebook import policy
from portal.rulebook.scope import visible

COUNT = 200


def test_items_of_every_state_are_seen_by_those_who_may(college: Flask, database: Servers) -> None:
    """The office sees all but foreign drafts and sensitive ones; a handler sees a few."""
    fill_database(college, database, COUNT)
    bench = Bench(college, Comparison(database, college.extensions["portal.prover"]), rounds=1)
    seen = {}
    with college.app_context():
        for who, name in PEOPLE.items():
            viewer = bench.viewer(name)
            rows = db.session.execute(visible(viewer, Item).with_only_columns(Item.state)).all()
            slots = db.session.scalar(
                select(func.count()).select_from(visible(viewer, ApprovalSlot).subquery())
            )
            seen[who] = (len(rows), slots or 0, {row.state for row in rows})
    bench.comparison.close()
    known = {state.id for state in policy.CURRENT.states}
    assert seen["office"][0] > COUNT * 0.9
    assert seen["office"][2] <= known
    assert 0 < seen["handler"][0] < seen["unit head"][0] + 1 < seen["office"][0]
    assert all(slots > 0 for _, slots, _ in seen.values())


@pytest.mark.long
def test_every_measured_page_answers(college: Flask, database: Servers) -> None:
    """One round of the bench as one person: each page is 200 and asks the database."""
    fill_database(college, database, COUNT)
    comparison = Comparison(database, college.extensions["portal.prover"])
    measured = list(Bench(college, comparison, rounds=1).as_person("handler", PEOPLE["handler"]))
    comparison.close()
    assert len(measured) == 5
    assert all(one.selects > 0 and one.plan for one in measured)
    assert all(min(one.ratios) > 0 for one in measured)


def test_statements_are_taken_down_without_identity(college: Flask) -> None:
    """What is asked again in another role does not say as whom."""
    with college.app_context(), taken_down() as asked:
        db.session.scalar(select(1))
        db.session.rollback()
    assert [one.statement.split()[0] for one in asked] == ["SELECT"]
    assert all(isinstance(one, Asked) and "app.keys" not in one.statement for one in asked)


def test_the_clocks_round_runs_over_the_benchs_items(worker: Flask, database: Servers) -> None:
    """Something of them is due, and is told once."""
    fill_database(worker, database, COUNT, {reminders.OPEN: 1.0})
    with worker.app_context():
        assert remind() > 0
        assert remind() == 0
