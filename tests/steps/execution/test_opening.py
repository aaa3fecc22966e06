"""阅处: opening a report is reading it 第十六条（五）, SPEC §2.7."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import HANDLER, HEAD, OFFICE, OFFICE_HEAD, REASON, REPORT, Actor

As = Callable[[str], FlaskClient]


def test_the_office_opens_a_report_and_may_still_return_it(college: Flask, as_: As) -> None:
    """Closed until opened by a POST of its own; open for the whole office from then on."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        actor.report(HEAD)
    page = f"/items/{public_id}"
    assert REPORT.measures in get(as_(HANDLER), page).soup.get_text(), "its writer's is open"
    for who in (OFFICE, OFFICE_HEAD):
        text = get(as_(who), page).soup.get_text()
        assert REPORT.measures not in text
        assert "打开后显示内容，并记为已阅。" in text
    answer = fill(as_(OFFICE), page, "/reading")
    assert (answer.status, answer.location) == (303, f"{page}?report=1#report-1")
    for who in (OFFICE, OFFICE_HEAD):
        text = get(as_(who), page).soup.get_text()
        assert REPORT.measures in text
        assert "打开后显示内容" not in text
    with college.app_context():
        actor = Actor(college, public_id)
        assert [report.state for report in actor.reports()] == ["fb_read"]
        assert "return_feedback" in actor.offers(OFFICE)
    feedback = get(as_(OFFICE), page).soup.select_one(
        "form[action*='/feedback/'][action$='/return']"
    )
    assert feedback is not None
    assert fill(as_(OFFICE), page, str(feedback["action"]), {"opinion": REASON}).status == 303
    with college.app_context():
        assert [report.state for report in Actor(college, public_id).reports()] == ["fb_returned"]
