"""阅处: opening a report is reading it 第十六条（五）, SPEC §2.7."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from portal.steps.execution import commands, comments
from tests.pages import Page, fill, get
from tests.people import draft
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    REASON,
    REPORT,
    Actor,
    intent,
)

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


def test_a_report_that_came_back_opens_where_it_was(college: Flask, as_: As) -> None:
    """退回补充: the form stands at the instalment of the returned report, with the office's reason
    and last day above its fields; of a fresh report there is neither."""
    public_id = draft(college, "A01", level=2, deadline_days=15)
    form = f"/items/{public_id}/feedback/new"
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        _first, second = commands.points_of(actor.item()[1])
        actor.report(HEAD, point_id=second.id)
    page = get(as_(HANDLER), form)
    assert _offered(page) == [("第1期（2026年11月30日前）", True), ("不对应期次", False)]
    assert "退回补充" not in page.text
    with college.app_context():
        viewer, item = actor.item()
        (report,) = actor.reports()
        commands.send_back(viewer, item, report, "return_feedback", intent(item, REASON))
    page = get(as_(HANDLER), form)
    assert _offered(page) == [("第2期（2026年12月3日前）", True)]
    said = f"何玉萍于2026年11月23日退回补充：{REASON} 请于2026年11月25日前补充报送。"
    assert said in page.text
    refused = fill(as_(HANDLER), form, "/feedback", {"measures": ""})
    assert refused.status == 422
    assert said in refused.text
    entering = get(as_(OFFICE), f"/items/{public_id}/feedback/entry")
    assert said in entering.text


def _offered(page: Page) -> list[tuple[str, bool]]:
    options = page.soup.select("select[name=point] option")
    return [(option.get_text(), option.has_attr("selected")) for option in options]


def test_the_reply_to_a_leader_is_what_was_done(college: Flask, as_: As) -> None:
    """落实批示: the field is 落实情况, not an opinion."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        report = actor.report(HEAD)
        viewer, item = actor.item(LEADER)
        comments.give(viewer, item, report, intent(item, "请抓紧推进。"))
    form = get(as_(HANDLER), f"/items/{public_id}").form("/reply")
    assert form.select_one("label[for$=opinion]").get_text() == "落实情况"
