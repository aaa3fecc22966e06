"""反馈计划 第十八条, SPEC §3.4: every instalment with its state, as the lights count it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.steps.execution import commands as execution
from tests.pages import get
from tests.people import draft
from tests.steps.acting import HANDLER, HEAD, LEAD, OFFICE, REASON, Actor, intent, pass_days

As = Callable[[str], FlaskClient]
ON = 12
"""Days from 23 November to 5 December 2026: two instalments of 5 days are past."""


@pytest.fixture
def working(college: Flask) -> Actor:
    """Level 2, 15 days, one report every 5: 30 November (Saturday 28 moved), 3 December, …"""
    actor = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        actor.to_work()
    return actor


def _report(actor: Actor, which: int) -> None:
    with actor.app.app_context():
        point = execution.points_of(actor.item()[1])[which]
        actor.report(HEAD, LEAD, point_id=point.id)


def _rows(client: FlaskClient, actor: Actor) -> list[list[str]]:
    table = get(client, f"/items/{actor.public_id}").soup.select_one("#plan table")
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in table.select("tbody tr")
    ]


def test_a_table_of_every_state(college: Flask, working: Actor, as_: As) -> None:
    """按期, 欠报, 未到; then the missed one is made up: 迟报."""
    client = as_(OFFICE)
    assert [row[2] for row in _rows(client, working)] == ["未到", "未到"]
    pass_days(college, 5)
    _report(working, 0)
    pass_days(college, ON - 5)
    assert _rows(client, working) == [
        ["第1期", "11月30日", "按期", "11月28日", "第1期反馈"],
        ["第2期", "12月3日", "欠报", "—", "—"],
    ]
    _report(working, 0)
    assert _rows(client, working)[1] == ["第2期", "12月3日", "迟报", "12月5日", "第2期反馈"]
    page = get(client, f"/items/{working.public_id}").soup
    assert page.select_one(f"#{page.select('#plan td a')[1]['href'][1:]}") is not None


def test_a_late_report_may_stand_for_two(college: Flask, working: Actor, as_: As) -> None:
    """合并计入本期: what it covers is missing no more."""
    pass_days(college, ON)
    _report(working, 1)
    assert [row[2] for row in _rows(as_(OFFICE), working)] == ["欠报", "迟报"]
    with college.app_context():
        viewer, item = working.item()
        first = execution.points_of(item)[0]
        execution.cover(viewer, item, working.reports()[0], intent(item), [first.id])
    assert _rows(as_(OFFICE), working) == [
        ["第1期", "11月30日", "合并计入第2期", "12月5日", "第1期反馈"],
        ["第2期", "12月3日", "迟报", "12月5日", "第1期反馈"],
    ]
    assert "欠报 0 期" in get(as_(OFFICE), f"/items/{working.public_id}").text


def test_what_came_back_for_a_supplement_was_reported(
    college: Flask, working: Actor, as_: As
) -> None:
    """退回补充 keeps the first version's day (SPEC, feedback); one that its head has not sent on
    answers nothing."""
    pass_days(college, 5)
    _report(working, 0)
    with college.app_context():
        viewer, item = working.item()
        report = working.reports()[0]
        execution.send_back(viewer, item, report, "return_feedback", intent(item, REASON))
        working.report(HANDLER, LEAD, point_id=execution.points_of(working.item()[1])[0].id)
    pass_days(college, ON - 5)
    assert [row[2] for row in _rows(as_(OFFICE), working)] == ["按期", "欠报"]


def test_after_the_due_day_the_plan_says_that_it_ends(
    college: Flask, working: Actor, as_: As
) -> None:
    """Decision 0080: an overdue item owes no more instalments; on the due day nothing is said."""
    said = "完成时限已过，反馈计划到此为止"
    pass_days(college, 15)
    page = get(as_(HEAD), f"/items/{working.public_id}")
    assert said not in page.text
    pass_days(college, 1)
    page = get(as_(HEAD), f"/items/{working.public_id}")
    assert said in page.text
    pass_days(college, 30)
    assert [row[0] for row in _rows(as_(HEAD), working)] == ["第1期", "第2期"]
