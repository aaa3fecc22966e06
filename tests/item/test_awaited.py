"""当前办理: whose turn it is, and of which unit (SPEC §8.1)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from portal.item.awaited import waits_for
from tests.pages import get
from tests.people import draft, emp_no_of
from tests.steps.acting import HANDLER, HEAD, LEAD, Actor

As = Callable[[str], FlaskClient]


def test_units_are_named_where_units_must_act(college: Flask) -> None:
    """签收 waits for the units that have not signed, each with its own people; a leader stands for
    himself."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_filing()
        assert set(dict(waits_for(*actor.item()))) == {"编号备案"}
        assert "：" not in dict(waits_for(*actor.item()))["编号备案"]
        actor.file()
        waiting = dict(waits_for(*actor.item()))["签收"].split("；")
        assert [unit.split("：")[0] for unit in waiting] == ["保卫处", "学工部", "后勤国资处"]
        assert HEAD in waiting[0]
        actor.receive(HEAD, LEAD, HANDLER)
        waiting = dict(waits_for(*actor.item()))
        left = [unit.split("：")[0] for unit in waiting["签收"].split("；")]
        assert left == ["学工部", "后勤国资处"]
        assert waiting["办理"] == "保卫处：邓涛"


def test_the_drafter_of_a_returned_form_is_not_told_to_wait(college: Flask, as_: As) -> None:
    """提交单位负责人 is the drafter's turn, though 拟稿 waits as another act. What is to be
    done comes before what is closed until asked for."""
    public_id = draft(college, "A01", drafter=emp_no_of(college, HANDLER))
    page = get(as_(HANDLER), f"/items/{public_id}")
    assert page.soup.find("h2", string="当前办理") is None
    panels = page.soup.select(".db-card-act")
    quiet = ["db-quiet-act" in panel["class"] for panel in panels]
    assert quiet == sorted(quiet)
    assert True in quiet
