"""/inspections: 实地督查 by stage and unit, each person's own (第十七条)."""

from __future__ import annotations

from flask import Flask

from tests.pages import get
from tests.people import draft, sign_in
from tests.steps.acting import HEAD, OFFICE, Actor
from tests.steps.inspection import acts


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
