"""第十六条（四）, SPEC §2.8: a notice from its draft to its end, through the commands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.clock import shanghai_day
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import NumberSequence, UrgeNotice
from portal.rulebook import stored_lights, tray, urge_met, urging
from portal.rulebook.refusals import Unmet
from portal.rulebook.urge_texts import missed_text
from portal.steps.closing import returns
from portal.steps.execution import commands as execution
from portal.steps.urging import commands
from tests.people import draft
from tests.steps import entries
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    Actor,
    intent,
)
from tests.steps.urging import acts
from tests.steps.urging.acts import Run

LEVEL_2 = {"level": 2, "deadline_kind": "days", "deadline_days": 15}
HR, DISCIPLINE = "王垚", "冉静"


@pytest.fixture
def actor(college: Flask) -> Actor:
    """An item of level 2 in work."""
    found = Actor(college, draft(college, "A01", **LEVEL_2))
    with college.app_context():
        found.to_work()
    return found


@pytest.fixture
def clock(worker: Flask, college: Flask) -> Run:
    """Days pass, then the clock's rule runs."""
    return acts.running_clock(worker, college)


def _last_number() -> int:
    row = db.session.get(NumberSequence, ("阿职催办", 2026))
    return row.value if row else 0


def test_from_the_draft_to_met(college: Flask, actor: Actor, clock: Run) -> None:
    """Signed in the order of annex 2, numbered at the issue, received, replied; handed in by the
    limit it is met, however late the clock looks, and the deadline has not moved."""
    with college.app_context():
        acts.overdue(actor)
        due = actor.item()[1].due
        drafted = acts.urge(actor)
        assert (drafted.state, drafted.nth, drafted.ground) == ("ug_sign", 1, "overdue")
        acts.sign_all(actor)
        assert acts.notice(actor).state == "ug_filing"
        assert _last_number() == 0, "no number before the issue"
        done = acts.issue(actor)
        assert (done.doc_word, done.doc_year, done.doc_seq) == ("阿职催办", 2026, 1)
        assert (done.issued_on, done.limit_on) == (date(2026, 11, 23), date(2026, 11, 26))
        acts.receive(actor)
        acts.reply(actor)
        assert acts.notice(actor).state == "ug_replied"
        assert actor.item()[1].due == due
        actor.apply_close()
    assert clock(9) == 1
    assert clock(0) == 0, "its question lapses no more"
    with college.app_context():
        assert acts.notice(actor).state == "ug_met"
        acts_done = [row.act for row in actor.events()][-8:]
        assert acts_done == [
            "sign_urge", "review_urge", "approve_urge", "number_urge", "sign_urge_receipt",
            "reply_urge", "apply_close", "meet_urge",
        ]  # fmt: skip


def test_not_obeyed(college: Flask, actor: Actor, clock: Run) -> None:
    """Nobody signs: deemed received; the day after the limit it is unmet, 党政办主任 and the leader
    are told, and it speaks against the unit; then it may be urged a second time."""
    with college.app_context():
        acts.issued(actor)
    assert clock(2) == 2, "deemed received; the question was not answered"
    with college.app_context():
        found = acts.notice(actor)
        assert (found.state, found.deemed) == ("ug_signed", True)
    assert clock(1) == 0, "the last day of the limit"
    assert clock(1) == 1
    assert clock(0) == 0
    with college.app_context():
        assert acts.notice(actor).state == "ug_unmet"
        told = next(row for row in actor.events() if row.act == "expire_urge").tells
        assert {acts.person(OFFICE_HEAD), acts.person(LEADER)} <= set(told)
        actor.item()
        assert [row.id for row in urging.unmet_notices()] == [acts.notice(actor).id]
        assert acts.urge(actor).nth == 2


def test_handed_in_late_while_the_clock_stood(college: Flask, actor: Actor, clock: Run) -> None:
    """A notice nobody received, handed in after its limit: deemed received and unmet, once the
    clock runs again."""
    with college.app_context():
        acts.issued(actor)
        acts.pass_days(college, 5)
        actor.apply_close()
    assert clock(0) == 3, "deemed received; unmet; the question was not answered"
    with college.app_context():
        found = acts.notice(actor)
        assert (found.state, found.deemed) == ("ug_unmet", True)


@pytest.mark.parametrize(
    ("notice", "reason", "counts"),
    [
        ("ug_unmet", "refused", True),
        ("ug_unmet", "unanswered", True),
        ("ug_unmet", "accepted", False),
        ("ug_unmet", "stated", False),
        ("ug_unmet", "asked", False),
        ("ug_met", "refused", False),
        ("ug_met", "unanswered", False),
        ("ug_void", "unanswered", False),
        ("ug_issued", "unanswered", False),
        ("ug_replied", "refused", False),
    ],
)
def test_what_counts_under_article_25(notice: str, reason: str, counts: bool) -> None:
    """第二十五条（一）: 无正当理由 and not obeyed."""
    assert urging.counts_against(notice, reason) is counts


def test_a_reason_accepted_in_time(college: Flask, actor: Actor, clock: Run) -> None:
    """采纳 cancels what is not issued; the list does not propose it again until another date is
    missed."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        acts.sign(actor, LEADER, "sign_urge")
        acts.state_reason(actor)
        acts.sign(actor, OFFICE_LEADER, "review_urge")
        acts.rule(actor, accepted=True)
        assert acts.notice(actor).state == "ug_void"
        assert _last_number() == 0
        viewer, item = actor.item()
        assert urging.urgeable(item, viewer.moment.day) == {}
        with pytest.raises(Unmet, match="正当理由已经采纳"):
            acts.urge(actor)
        db.session.rollback()
        item.due = viewer.moment.day  # a new date, that will pass as well
        db.session.commit()
    assert clock(1) == 0
    with college.app_context():
        viewer, item = actor.item()
        assert [*urging.urgeable(item, viewer.moment.day)] == [item.lead_unit_id]


def test_a_reason_accepted_after_the_issue(college: Flask, actor: Actor, clock: Run) -> None:
    """It stays issued and does not count."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        acts.state_reason(actor)
        acts.sign_all(actor)
        acts.issue(actor)
        acts.rule(actor, accepted=True)
        assert acts.notice(actor).state == "ug_issued"
    clock(4)
    with college.app_context():
        actor.item()
        assert acts.notice(actor).state == "ug_unmet"
        assert urging.unmet_notices() == []


def test_a_reason_too_late(college: Flask, actor: Actor, clock: Run) -> None:
    """One working day to the end; then the question is closed."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
    assert clock(1) == 0
    with college.app_context():
        acts.pass_days(college, 1)
        with pytest.raises(Unmet, match="期限已过"):
            acts.state_reason(actor)
    assert clock(0) == 1
    with college.app_context():
        assert acts.question(actor).state == "unanswered"
        assert "state_reason" not in actor.offers(HEAD)


def test_two_at_once(college: Flask, actor: Actor) -> None:
    """The second is told who was first, and no second notice is made."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        with pytest.raises(Unmet, match=f"{OFFICE}已于2026年11月23日") as refused:
            acts.urge(actor, OFFICE_HEAD)
        assert not refused.value.beside, "not also that there is no cause"
        db.session.rollback()
        assert "urge" not in actor.offers(OFFICE_HEAD)
        _viewer, _item = actor.item()
        first = acts.notice(actor)
        again = {
            column.key: getattr(first, column.key)
            for column in UrgeNotice.__table__.columns
            if column.key not in ("id", "public_id")
        }
        db.session.add(UrgeNotice(**again))
        with pytest.raises(IntegrityError, match="uq_urge_one_running"):
            db.session.flush()
        db.session.rollback()


def test_handed_in_meanwhile(college: Flask, actor: Actor) -> None:
    """What is in the chain is cancelled by the hand-in itself, without a number."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        acts.sign_all(actor)
        actor.apply_close()
        assert acts.notice(actor).state == "ug_void"
        assert actor.events()[-1].facts["urges_cancelled"] == [acts.notice(actor).id]
        assert _last_number() == 0
        viewer, item = actor.item(HEAD)
        returns.withdraw(viewer, item, intent(item))
        assert acts.urge(actor).nth == 1


def test_refused_and_cancelled(college: Flask, actor: Actor) -> None:
    """不同意 by a leader, 取消 by 党政办主任, also of one that only waits for its number."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        viewer, item = actor.item(LEADER)
        commands.refuse(viewer, item, acts.notice(actor), intent(None, REASON))
        assert acts.notice(actor).state == "ug_void"
        acts.urge(actor)
        acts.sign_all(actor)
        viewer, item = actor.item(OFFICE)
        with pytest.raises(NotOffered):
            commands.cancel(viewer, item, acts.notice(actor), intent(None))
        db.session.rollback()
        viewer, item = actor.item(OFFICE_HEAD)
        commands.cancel(viewer, item, acts.notice(actor), intent(None))
        assert acts.notice(actor).state == "ug_void"
        assert not tray.count_waiting(actor.viewer(PRESIDENT))


def test_the_cause_gone(college: Flask, actor: Actor) -> None:
    """With a later date the notice is not issued any more."""
    with college.app_context():
        acts.overdue(actor)
        acts.urge(actor)
        acts.sign_all(actor)
        _viewer, item = actor.item()
        item.due_effective = item.due = date(2026, 12, 1)
        db.session.commit()
        with pytest.raises(Unmet, match="已经消除"):
            acts.issue(actor)
        db.session.rollback()
        assert _last_number() == 0


def test_void_keeps_its_number(college: Flask, actor: Actor) -> None:
    """作废 of an issued one: the next has the next number, but is again the first."""
    with college.app_context():
        acts.issued(actor)
        viewer, item = actor.item(OFFICE_HEAD)
        with pytest.raises(Unmet, match="党政办分管领导"):
            commands.void(viewer, item, acts.notice(actor), intent(None, REASON), consent="")
        db.session.rollback()
        viewer, item = actor.item(OFFICE_HEAD)
        commands.void(viewer, item, acts.notice(actor), intent(None, REASON), consent="当面同意")
        found = acts.urge(actor)
        assert found.nth == 1
        acts.sign_all(actor)
        assert acts.issue(actor).doc_seq == 2


def test_put_on_file(college: Flask, actor: Actor) -> None:
    """组织、纪委备案: each once, and nothing waits for them."""
    with college.app_context():
        acts.issued(actor)
        for who, act in ((HR, "note_urge_hr"), (DISCIPLINE, "note_urge_discipline")):
            assert act in actor.offers(who)
            viewer, item = actor.item(who)
            commands.note(viewer, item, act, acts.notice(actor), intent(None))
            assert act not in actor.offers(who)
        found = acts.notice(actor)
        assert None not in (found.hr_noted_by_id, found.discipline_noted_by_id)


def test_the_fast_path(college: Flask, clock: Run) -> None:
    """一级: issued after 党政办分管领导, the other boxes made up beside it, also after its end."""
    actor = Actor(college, draft(college, "A01"))
    with college.app_context():
        actor.to_work()
        acts.overdue(actor)
        found = acts.urge(actor, limit_days=1)
        assert (found.fast, found.state) == (True, "ug_review")
        acts.sign(actor, OFFICE_LEADER, "review_urge")
        assert acts.notice(actor).state == "ug_filing"
        assert "sign_urge" in actor.offers(LEADER)
        assert "refuse_urge" not in actor.offers(LEADER)
        acts.issue(actor)
        acts.sign(actor, LEADER, "sign_urge")
        assert acts.notice(actor).state == "ug_issued"
        actor.apply_close()
    assert clock(0) == 1
    with college.app_context():
        acts.sign(actor, PRESIDENT, "approve_urge")
        assert acts.notice(actor).state == "ug_met"
        assert "approve_urge" not in actor.offers(PRESIDENT)


def test_a_co_unit(college: Flask, actor: Actor, clock: Run) -> None:
    """第八条: its own date has passed; its own leader signs, its own head answers; handing in its
    part meets the notice."""
    with college.app_context():
        actor.receive(CO_HEAD, CO_UNIT, "杨初")
        acts.overdue(actor, code=CO_UNIT)
        found = acts.urge(actor, code=CO_UNIT)
        assert (found.ground, found.unit_id) == ("inner", acts.unit_of(CO_UNIT))
        acts.sign_all(actor)
        acts.issue(actor)
        assert "sign_urge_receipt" not in actor.offers(HEAD)
        acts.receive(actor, CO_HEAD)
        viewer, item = actor.item()
        today, share, found = viewer.moment.day, actor.share(CO_UNIT), acts.notice(actor)
        for another, met in ((today - timedelta(days=1), None), (today, today), (None, today)):
            share.inner_due = another
            assert urge_met.done_on(item, found, viewer.moment) == met, another
        db.session.rollback()
        viewer, item = actor.item(CO_HEAD)
        execution.finish(viewer, item, actor.share(CO_UNIT), intent(None))
    assert clock(0) == 1
    with college.app_context():
        assert acts.notice(actor).state == "ug_met"


def test_the_lead_hands_in_without_the_co_unit(college: Flask, actor: Actor, clock: Run) -> None:
    """From then on nobody waits for its part: met by that day, however late the clock looks."""
    with college.app_context():
        actor.receive(CO_HEAD, CO_UNIT, "杨初")
        acts.overdue(actor, code=CO_UNIT)
        acts.urge(actor, code=CO_UNIT)
        acts.sign_all(actor)
        acts.issue(actor)
        acts.receive(actor, CO_HEAD)
        actor.apply_close()
    assert clock(9) == 1
    with college.app_context():
        assert acts.notice(actor).state == "ug_met"


def test_handed_in_on_paper_on_the_notices_own_day(
    college: Flask, actor: Actor, clock: Run
) -> None:
    """A paper bears a day and no hour: entered after the notice was drafted it obeys it, also where
    it was returned before the clock looked; entered before it does not."""
    with college.app_context():
        acts.issued(actor)
        acts.receive(actor)
        entries.close(college, actor.public_id)
        viewer, item = actor.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
        viewer, item = actor.item()
        found = acts.notice(actor)
        assert urge_met.done_on(item, found, viewer.moment) == viewer.moment.day
        found.drafted_at += timedelta(minutes=5)
        assert urge_met.done_on(item, found, viewer.moment) is None
        db.session.rollback()
    clock(9)
    with college.app_context():
        assert acts.notice(actor).state == "ug_met"


def test_missed_reports(college: Flask, actor: Actor, clock: Run) -> None:
    """Two periodic reports missed: made up by the limit the notice is met, though the item is still
    in work."""
    clock(14)
    with college.app_context():
        viewer, item = actor.item()
        missed = urging.urgeable(item, viewer.moment.day)[item.lead_unit_id]
        assert (missed.ground, [point.seq for point in missed.points]) == ("reports", [1, 2])
        assert missed.text(viewer.moment.day) == "第1、2期反馈未报送"
        acts.urge(actor)
        acts.sign_all(actor)
        acts.issue(actor)
        for point in (1, 2):
            points = {row.seq: row.id for row in execution.points_of(item)}
            actor.report(HEAD, point_id=points[point])
    assert clock(0) == 1
    with college.app_context():
        assert acts.notice(actor).state == "ug_met"
        assert actor.item()[1].state == "in_progress"


def test_missed_reports_and_handed_in(college: Flask, actor: Actor, clock: Run) -> None:
    """Who hands in needs no report any more: met by the day of the hand-in, though the clock finds
    it long after the limit. An item that ended is nobody's lateness either."""
    clock(14)
    with college.app_context():
        acts.urge(actor)
        acts.sign_all(actor)
        acts.issue(actor)
        viewer, item = actor.item()
        assert urge_met.done_on(item, acts.notice(actor), viewer.moment) is None
        since = viewer.moment.instant - timedelta(days=2)
        for ended in ("exempted", "void", "closed"):
            item.state, item.state_since = ended, since
            assert urge_met.done_on(item, acts.notice(actor), viewer.moment) == shanghai_day(since)
        db.session.rollback()
        acts.receive(actor)
        actor.apply_close()
    assert clock(9) == 1
    with college.app_context():
        actor.item()
        found = acts.notice(actor)
        assert (found.ground, found.state) == ("reports", "ug_met")


def test_a_promise_by_telephone_is_called_so(college: Flask, actor: Actor, clock: Run) -> None:
    """SPEC §2.13: it has no place among the instalments of the plan."""
    with college.app_context():
        viewer, item = actor.item()
        stored_lights.promise(item, viewer.moment.day + timedelta(days=2))
        db.session.commit()
    clock(8)
    with college.app_context():
        viewer, item = actor.item()
        missed = urging.urgeable(item, viewer.moment.day)[item.lead_unit_id]
        assert missed.text(viewer.moment.day) == "第1期、电话约定反馈未报送"


@pytest.mark.parametrize(
    ("points", "named", "said"),
    [
        ((2, 3), (), "第2、3期反馈未报送"),
        ((2, 3), ("电话约定",), "第2、3期、电话约定反馈未报送"),
        ((), ("电话约定", "电话约定"), "电话约定反馈未报送"),
    ],
)
def test_which_reports(points: tuple[int, ...], named: tuple[str, ...], said: str) -> None:
    today = date(2026, 11, 26)
    assert missed_text("reports", since=None, today=today, points=points, named=named) == said
    late = missed_text("overdue", since=date(2026, 11, 23), today=today, points=points, named=named)
    assert late == f"逾期3天未办结，{said}"
