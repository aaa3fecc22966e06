"""The step bar: which of the seven 环节 are done, current, running, to come."""

from __future__ import annotations

from datetime import date

import pytest

from portal.item.progress import step_bar
from portal.item.reports import Plan
from portal.models import Item

DAY = date(2026, 11, 2)
PLAN = Plan(expected=2, reported=0, missing=2, extra=0, percent=None, instalments=(), reports=())


@pytest.mark.parametrize(
    ("state", "filed", "issued", "done", "current"),
    [
        ("draft", False, False, 0, 1),
        ("filed", True, False, 0, 1),
        ("in_progress", True, True, 2, 1),
        ("closed", True, True, 5, 1),
        ("archived", True, True, 7, 0),
        ("void", False, False, 0, 0),
        ("void", True, False, 1, 0),
        ("void", True, True, 2, 0),
    ],
)
def test_steps_done(state: str, filed: bool, issued: bool, done: int, current: int) -> None:
    """A void item shows how far it had come."""
    item = Item(state=state, filed_on=DAY if filed else None, issued_on=DAY if issued else None)
    item.lit = state == "in_progress"
    bar = step_bar(item, [], PLAN, DAY)
    states = [step.state for step in bar]
    assert (states.count("done"), states.count("current")) == (done, current)
    assert [step.urgent for step in bar if step.urgent] == [True] * (state == "in_progress")


def test_what_is_handed_out_first_is_still_being_registered() -> None:
    """先交办后补签: 立项 runs beside 承办 until signatures and number are made up."""
    item = Item(state="in_progress", supplementary=True, issued_on=DAY, lit=True)
    first = step_bar(item, [], PLAN, DAY)[0]
    assert (first.label, first.state, first.fact) == ("立项", "running", "补签中")


@pytest.mark.parametrize(("urged", "fact"), [(0, "未催办"), (2, "已催办2次"), (None, "")])
def test_what_a_viewer_may_not_count_is_not_said(urged: int | None, fact: str) -> None:
    item = Item(state="in_progress", issued_on=DAY, lit=True)
    (station,) = (
        step for step in step_bar(item, [], PLAN, DAY, urged=urged) if step.label == "催办"
    )
    assert station.fact == fact
