"""延期 as people meet it (第十九条): the panel says what is left, a leader signs in one act, the
page keeps the record."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import HEAD, LEADER, OFFICE, OFFICE_HEAD, Actor
from tests.steps.extending import asking

As = Callable[[str], FlaskClient]
LEVEL3 = {"level": 3, "deadline_kind": "days", "deadline_days": 30}


def test_from_the_request_to_the_new_day(college: Flask, as_: As) -> None:
    """Asked, signed, checked, by the forms of the page."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01", **LEVEL3))
        asking.stand(actor, "2026-10-31 09:00:00")
        actor.to_work()
        asking.stand(actor, "2026-11-20 09:00:00")
    at = f"/items/{actor.public_id}"
    head = as_(HEAD)
    page = get(head, at)
    for said in ("最迟申请时间 2026年11月25日24时，还有5天", "0次，最多2次，每次不超过30天",
                 "单位负责人签署、分管校领导签字、党政办审核", "申请免于督办的，另需"):  # fmt: skip
        assert said in page.text, said
    both = {"days": "5", "new_due": "2026-12-10", "reason": asking.WHY, "progress": asking.SO_FAR}
    refused = fill(head, at, "/extension", {**both, "declared": "y"})
    assert (refused.status, "只填一项" in refused.text) == (422, True)
    assert fill(head, at, "/extension", {**both, "days": "", "declared": "y"}).status == 303
    leader = as_(LEADER)
    page = get(leader, at)
    assert "2026年11月30日延至2026年12月10日（延长10天）" in page.text
    assert "延期督办申请待党政办审核" not in page.text
    assert fill(leader, at, "/decision").status == 303
    office = as_(OFFICE_HEAD)
    page = get(office, at)
    assert "延期督办申请待党政办审核" in page.text
    assert fill(office, at, "/decision").status == 303
    page = get(as_(OFFICE), at)
    assert "2026年12月10日前" in page.text
    assert "原定2026年11月30日，已批准延期1次" in page.text
    assert "第1次申请 延期督办 已同意" in page.text
    assert "申请延至2026年12月10日" in page.text
    assert "延期督办申请表（第1次）" in page.text


def test_what_is_past_the_cut_off_is_said(college: Flask, as_: As) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01", **LEVEL3))
        asking.stand(actor, "2026-10-31 09:00:00")
        actor.to_work()
        asking.stand(actor, "2026-11-26 00:00:00")
    page = get(as_(HEAD), f"/items/{actor.public_id}")
    assert "已过；仅受理因不可抗力提出的申请" in page.text
    assert page.soup.select_one('input[name="late_ground"]') is not None
