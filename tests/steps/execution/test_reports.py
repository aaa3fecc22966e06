"""反馈 第八条、第十六条（五）、第十八条: who writes, who sends on, what it answers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Comment, FeedbackPoint, Item
from portal.rulebook import reporting
from portal.rulebook.refusals import Unmet
from portal.steps.execution import commands, comments
from tests.people import draft
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEAD,
    LEADER,
    OFFICE,
    REASON,
    REPORT,
    Actor,
    at_work,
    intent,
    pass_days,
)

CO_HANDLER = "彭国栋"


def _points(actor: Actor) -> list[FeedbackPoint]:
    actor.item()
    return list(db.session.scalars(select(FeedbackPoint).order_by(FeedbackPoint.seq)))


def _long(app: Flask) -> AbstractContextManager[Actor]:
    """Level 2, fifteen days: instalments after five and ten."""
    return at_work(app, "A01", level=2, deadline_days=15)


@pytest.mark.parametrize(("who", "state"), [(HANDLER, "fb_unit"), (HEAD, "fb_submitted")])
def test_a_heads_own_report_needs_no_second_confirmation(
    college: Flask, who: str, state: str
) -> None:
    with at_work(college) as actor:
        written = actor.report(who)
        assert (written.state, written.seq) == (state, 1)
        assert (written.confirmed_at is not None) == (who == HEAD)


def test_a_liaison_writes_what_the_head_sends_on(college: Flask) -> None:
    """fb.write U: also where somebody else is the handler; who is neither does not."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_filing()
        actor.file()
        actor.receive(HEAD, LEAD, "三郎彭措")
        written = actor.report("邓涛")
        assert (written.state, written.confirmed_at) == ("fb_unit", None)
        assert "confirm_feedback" in actor.offers(HEAD)
        assert "submit_feedback" not in actor.offers(OFFICE)


def test_a_draft_is_kept_and_handed_in(college: Flask) -> None:
    """Drafts stand on the server, have no number and are no act."""
    with at_work(college) as actor:
        before = len(actor.events())
        viewer, item = actor.item(HANDLER)
        commands.save_draft(viewer, item, actor.share(LEAD).unit_id, replace(REPORT, progress=""))
        viewer, item = actor.item(HANDLER)
        commands.save_draft(viewer, item, actor.share(LEAD).unit_id, REPORT)
        drafts = actor.reports()
        assert [(row.state, row.seq, row.progress) for row in drafts] == [
            ("fb_draft", None, REPORT.progress)
        ]
        assert len(actor.events()) == before
        actor.report(HANDLER)
        assert [(row.state, row.seq) for row in actor.reports()] == [("fb_unit", 1)]


def test_the_instalment_proposed_is_the_first_open_one_whose_window_has_begun(
    college: Flask,
) -> None:
    """SPEC §3.4: M01–M05; the writer's choice counts, a skipped one stays missed."""
    with _long(college) as actor:
        first, second = _points(actor)
        viewer, item = actor.item(HANDLER)
        proposed = reporting.proposed_point(item, viewer)
        assert proposed is not None
        assert proposed.id == first.id
        actor.report(HANDLER, point_id=second.id)
        viewer, item = actor.item(HANDLER)
        assert [point.id for point in reporting.open_points(item)] == [first.id]
        with pytest.raises(Unmet, match="所选期次已有反馈"):
            actor.report(HANDLER, point_id=second.id)


def test_a_late_report_may_stand_for_two(college: Flask) -> None:
    """合并计入本期 by 党政办; the lights follow."""
    with _long(college) as actor:
        pass_days(college, 11)
        first, second = _points(actor)
        report = actor.report(HEAD, point_id=second.id)
        viewer, item = actor.item(OFFICE)
        commands.cover(viewer, item, report, intent(item), [first.id])
        viewer, item = actor.item()
        assert reporting.open_points(item) == []
        assert item.yellow_from is not None
        assert _points(actor)[0].merged_into_id == second.id


@pytest.mark.parametrize(
    ("who", "act", "source"),
    [(HEAD, "return_to_handler", "fb_unit"), (OFFICE, "return_feedback", "fb_submitted")],
)
def test_returned_reports_are_handed_in_again(
    college: Flask, who: str, act: str, source: str
) -> None:
    """退回补充 with a reason; the first confirmation's time stands, the number stays."""
    with at_work(college) as actor:
        written = actor.report(HANDLER if source == "fb_unit" else HEAD)
        first = written.confirmed_at
        viewer, item = actor.item(who)
        with pytest.raises(Unmet):
            commands.send_back(viewer, item, written, act, intent(item, "不行"))
        db.session.rollback()
        (written,) = actor.reports()
        viewer, item = actor.item(who)
        commands.send_back(viewer, item, written, act, intent(item, REASON))
        (written,) = actor.reports()
        assert (written.state, written.returns) == ("fb_returned", 1)
        expected = date(2026, 11, 25) if act == "return_feedback" else None
        assert written.supplement_due == expected
        actor.report(HEAD)
        (written,) = actor.reports()
        assert (written.state, written.seq) == ("fb_submitted", 1)
        if first is not None:
            assert written.confirmed_at == first


def test_co_units_report_to_the_lead_which_merges(college: Flask) -> None:
    """第八条: handler → own head → lead unit; the lead's report takes it in."""
    with at_work(college) as actor:
        actor.receive(CO_HEAD, CO_UNIT, CO_HANDLER)
        part = actor.report(CO_HANDLER, CO_UNIT)
        assert part.state == "fb_unit"
        assert "confirm_to_lead" in actor.offers(CO_HEAD)
        assert "confirm_to_lead" not in actor.offers(HEAD)
        viewer, item = actor.item(CO_HEAD)
        commands.confirm(viewer, item, part, intent(item))
        assert actor.reports()[0].state == "fb_lead"
        assert "read_feedback" not in actor.offers(OFFICE), "the office reads the lead unit's"
        whole = actor.report(HEAD, merged_ids=(part.id,))
        assert actor.reports()[0].state == "fb_merged"
        assert actor.reports()[0].merged_into_id == whole.id


def test_a_co_units_last_report_hands_its_part_in(college: Flask) -> None:
    """The lead unit closes without a word about this co-unit then."""
    with at_work(college, "A02") as actor:
        actor.receive(CO_HEAD, CO_UNIT)
        actor.report(CO_HEAD, CO_UNIT, fields=replace(REPORT, final=True))
        actor.item()
        share = actor.share(CO_UNIT)
        assert (share.state, share.handed_in_at is not None) == ("handed_in", True)
        assert [event.act for event in actor.events()][-2:] == ["report_to_lead", "hand_in"]


def test_nobody_reports_for_another_unit(college: Flask) -> None:
    with at_work(college) as actor:
        actor.receive(CO_HEAD, CO_UNIT)
        with pytest.raises(NotOffered):
            actor.report(HEAD, CO_UNIT)
        db.session.rollback()
        with pytest.raises(NotOffered):
            actor.report(CO_HEAD, LEAD)


def test_the_last_report_applies_for_closing(college: Flask) -> None:
    """本次反馈即申请办结: one act of the handler, one click of the head for both."""
    with at_work(college) as actor:
        actor.report(HANDLER, result_text="已全部整改。", without_co_units=True)
        _viewer, item = actor.item()
        assert item.state == "closing_unit"
        actor.sign(HEAD, "confirm_close")
        _viewer, item = actor.item()
        assert item.state == "closing_sign"
        assert actor.reports()[0].state == "fb_submitted"


def test_closing_waits_for_the_co_units_or_says_so(college: Flask) -> None:
    """T25: all co-units have handed in; P34: 「协办单位未按时提供」 is recorded."""
    with at_work(college) as actor:
        with pytest.raises(Unmet, match="后勤国资处"):
            actor.report(HANDLER, result_text="已全部整改。")
        db.session.rollback()
        assert actor.reports() == [], "the report goes back with the closing"
        actor.report(HANDLER, result_text="已全部整改。", without_co_units=True)
        assert actor.events()[-1].facts["without_co_units"] is True


def test_instructions_are_answered(college: Flask) -> None:
    """批示 by the leader in charge; a todo 落实批示 for the unit; one reply ends it."""
    with at_work(college) as actor:
        report = actor.report(HEAD)
        assert "comment" in actor.offers(LEADER)
        assert "comment" not in actor.offers(OFFICE)
        viewer, item = actor.item(LEADER)
        comments.give(viewer, item, report, intent(item, "请抓紧推进，确保按期完成。"))
        assert "reply_comment" in actor.offers(HANDLER)
        viewer, item = actor.item(HANDLER)
        given = db.session.scalars(select(Comment)).one()
        comments.reply(viewer, item, given, intent(item, "已增派人员。"))
        assert "reply_comment" not in actor.offers(HANDLER)
        assert actor.events()[-1].act == "reply_comment"


def test_lights_turn_yellow_for_a_missing_report(college: Flask) -> None:
    """SPEC §3.5: 黄 from the day after an instalment nobody answered; green again with it."""
    with _long(college) as actor:
        first, _second = _points(actor)
        _viewer, item = actor.item()
        assert item.yellow_from is not None
        before = item.yellow_from
        actor.report(HEAD, point_id=first.id)
        _viewer, item = actor.item()
        assert isinstance(item, Item)
        assert item.yellow_from is not None
        assert item.yellow_from > before
