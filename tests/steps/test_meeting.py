"""Acts that meet one another: a change and a closing, paper and screen, two principals at once."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from portal.attachments import commands as files
from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, Event, FeedbackPoint, Item, Person
from portal.rulebook import offers
from portal.rulebook.guards import Consent
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.steps.closing import commands as closing
from portal.steps.closing import returns
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from portal.steps.paper import queries
from portal.steps.registration import commands as registration
from portal.steps.registration.returned import returned_note
from portal.steps.signing import commands as signing
from tests.stages import as_of, bring, intent, item_of, person, share_of, tomorrow
from tests.steps.changes.proposing import agree, latest, propose
from tests.steps.paper import sheet

New = Callable[..., uuid.UUID]
TODAY, NEW_DUE = date(2026, 11, 23), date(2026, 12, 20)
OFFICE, OFFICE_HEAD, OFFICE_LEADER = "何玉萍", "杨思源", "余茂春"
PRESIDENT, SECRETARY, LEADER, HEAD, CO_HEAD = "三郎泽里", "向维岷", "坤清祥", "坤建军", "王尔基"
REASON = "材料不全，请补充。"


def _as(app: Flask, public_id: uuid.UUID, who: str) -> tuple[Viewer, Item]:
    viewer = as_of(app, who)
    return viewer, item_of(viewer, public_id)


def _refuse(app: Flask, public_id: uuid.UUID, who: str = OFFICE_HEAD) -> None:
    viewer, item = _as(app, public_id, who)
    returns.judge_not_met(viewer, item, "not_met", intent(item, REASON), NEW_DUE)


def _apply_close(app: Flask, public_id: uuid.UUID) -> None:
    viewer, item = _as(app, public_id, HEAD)
    closing.apply_close(
        viewer, item, "已完成。", intent(item), declared=True, without_co_units=True
    )


def test_a_second_new_date_takes_the_place_of_one_that_waits(
    college: Flask, draft_item: New
) -> None:
    """第十六条（六）: refused again before 党政办分管领导 agreed to the first date."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "closing_check")
        _refuse(college, public_id)
        first = latest(_as(college, public_id, OFFICE)[1]).id
        bring(college, public_id, "closing_check", since="in_progress")
        _refuse(college, public_id)
        item = agree(college, public_id, "agree_reset", OFFICE_LEADER)
        assert (item.due, item.reset_count) == (NEW_DUE, 2)
        change = latest(item)
        assert (change.id > first, change.state) == (True, "agreed")


def test_a_new_date_waits_for_another_change(college: Flask, draft_item: New) -> None:
    """An open 调整 is named, nothing is done and nothing breaks."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, "adjust")
        bring(college, public_id, "closing_check", since="in_progress")
        with pytest.raises(Unmet, match="另有调整正在报批"):
            _refuse(college, public_id)
        db.session.rollback()
        assert _as(college, public_id, OFFICE)[1].state == "closing_check"


@pytest.mark.parametrize(
    ("kind", "step", "who"),
    [("void", "agree_void", OFFICE_LEADER), ("reassign", "agree_reassign", LEADER)],
)
@pytest.mark.parametrize("state", ["closing_sign", "closed"])
def test_paper_agrees_to_no_change_that_the_screen_would_not(
    college: Flask, draft_item: New, kind: str, step: str, who: str, state: str
) -> None:
    """While the item is being closed a change waits, and by 销号 it has lapsed."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, kind)
        bring(college, public_id, state, since="in_progress")
        viewer, item = _as(college, public_id, OFFICE)
        assert latest(item).state == ("open" if state == "closing_sign" else "lapsed")
        subjects = [
            offer.subject.step for offer in offers.offered(viewer, item, among=("enter_paper",))
        ]
        assert step not in subjects
        with pytest.raises(NotOffered):
            sheet.enter(college, viewer, item, sheet.entry(item, step, who, TODAY))
        db.session.rollback()
        assert _as(college, public_id, OFFICE)[1].state == state


def test_paper_agrees_to_no_date_that_has_passed(college: Flask, draft_item: New) -> None:
    """第十九条: as on screen."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        day = date(2026, 11, 24)
        propose(
            college, public_id, "adjust",
            deadline_kind="date", deadline_date=day, deadline_basis="会议",
        )  # fmt: skip
        tomorrow(college, 3)
        viewer, item = _as(college, public_id, OFFICE)
        with pytest.raises(Unmet, match="完成时限已过"):
            sheet.enter(
                college, viewer, item, sheet.entry(item, "sign_adjust", LEADER, date(2026, 11, 26))
            )


def test_a_change_lapses_with_a_form_sent_back(college: Flask, draft_item: New) -> None:
    """作废 proposed at 待编号备案 holds nothing up once the form is the drafter's again."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_filing")
        propose(college, public_id, "void")
        viewer, item = _as(college, public_id, OFFICE)
        registration.send_back(viewer, item, intent(item, REASON))
        _viewer, item = _as(college, public_id, OFFICE)
        assert (item.state, latest(item).state) == ("returned", "lapsed")
        event = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert event.facts["lapsed"] == ["void"]
        bring(college, public_id, "filed", since="draft")
        propose(college, public_id, "void")


def test_both_principals_at_once_one_of_them_on_paper(college: Flask, draft_item: New) -> None:
    """What the office read before the other signed does not count: the item goes on."""
    public_id = draft_item("A01", source_type="专项会议", principal="both")
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer, item = _as(college, public_id, OFFICE)
        run = db.session.scalars(select(Approval)).one()
        boxes = queries.boxes_of(viewer, item, run, all_=True)
        entry = sheet.entry(item, "approve", SECRETARY, TODAY, role="secretary")

        def sign() -> None:
            with college.app_context():
                other, same = _as(college, public_id, PRESIDENT)
                signing.sign(other, same, "approve", intent(same))

        thread = Thread(target=sign)
        thread.start()
        thread.join()
        assert {box.slot.state for box in boxes if box.slot.step == "approve"} == {"open"}
        sheet.enter(college, viewer, item, entry)
        assert _as(college, public_id, OFFICE)[1].state == "pending_filing"


def test_back_to_a_step_that_nobody_signed_is_refused(college: Flask, draft_item: New) -> None:
    """A later box came on paper; the first leader has no step before."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_sign")
        viewer, item = _as(college, public_id, OFFICE)
        sheet.enter(college, viewer, item, sheet.entry(item, "approve", PRESIDENT, TODAY))
        viewer, item = _as(college, public_id, LEADER)
        with pytest.raises(Unmet, match="没有可退回的上一环节"):
            signing.send_back(viewer, item, intent(item, REASON), to_previous=True)


def test_a_form_returned_on_paper_says_why_and_takes_the_whole_way(
    college: Flask, draft_item: New
) -> None:
    """The last return counts, not an earlier one with 「修改后直接送我」."""
    public_id, said = draft_item("A01"), "内容不实，请从头报批。"
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer, item = _as(college, public_id, PRESIDENT)
        signing.send_back(viewer, item, intent(item, REASON), to_previous=False, straight_back=True)
        viewer, item = _as(college, public_id, OFFICE)
        registration.submit(viewer, item, intent(item), declared=True)
        assert _as(college, public_id, OFFICE)[1].state == "pending_approve"
        tomorrow(college)
        viewer, item = _as(college, public_id, OFFICE)
        paper = sheet.entry(
            item, "approve", PRESIDENT, date(2026, 11, 24), decided="return", opinion=said
        )
        sheet.enter(college, viewer, item, paper)
        viewer, item = _as(college, public_id, OFFICE)
        note = returned_note(viewer, item)
        assert note is not None
        assert (note.who, note.reason, note.straight) == (PRESIDENT, said, "")
        registration.submit(viewer, item, intent(item), declared=True)
        assert _as(college, public_id, OFFICE)[1].state == "pending_sign"


def test_another_file_is_more_than_wording(college: Flask, draft_item: New) -> None:
    """修改后直接送我 is for what the leaders before have seen."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer, item = _as(college, public_id, PRESIDENT)
        signing.send_back(viewer, item, intent(item, REASON), to_previous=False, straight_back=True)
        viewer, item = _as(college, public_id, OFFICE)
        offer = next(o for o in offers.offered(viewer, item) if o.act == "attach")
        plan = Sound("新方案.pdf", KINDS["pdf"], io.BytesIO(sheet.SCAN))
        files.attach(viewer, item, offer, [plan], intent(item), declared=True)
        viewer, item = _as(college, public_id, OFFICE)
        registration.submit(viewer, item, intent(item), declared=True)
        assert _as(college, public_id, OFFICE)[1].state == "pending_sign"


def test_signatures_made_up_beside_keep_no_closing(college: Flask, draft_item: New) -> None:
    """撤回办结申请 asks for its own step alone (先交办后补签)."""
    public_id = draft_item("A01", source_type="专项会议", principal="both")
    with college.app_context():
        viewer, item = _as(college, public_id, OFFICE_HEAD)
        agreed = Consent(person(LEADER), viewer.moment.instant, "phone")
        issuing.issue_first(viewer, item, intent(item), declared=True, consent=agreed)
        for who, act in ((LEADER, "sign"), (OFFICE_LEADER, "review"), (SECRETARY, "approve")):
            viewer, item = _as(college, public_id, who)
            signing.sign(viewer, item, act, intent(item))
        viewer, item = _as(college, public_id, HEAD)
        share = share_of(viewer, item, "BWC")
        issuing.assign_handler(viewer, item, share, intent(item), person("邓涛"))
        _apply_close(college, public_id)
        viewer, item = _as(college, public_id, HEAD)
        assert item.state == "closing_sign"
        returns.withdraw(viewer, item, intent(item))
        assert _as(college, public_id, OFFICE)[1].state == "in_progress"


def test_a_closing_is_not_confirmed_before_it_is_applied_for(
    college: Flask, draft_item: New
) -> None:
    """By the day on this paper the unit is on time or late."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "in_progress")
        tomorrow(college, 20)
        bring(college, public_id, "closing_unit", since="in_progress")
        viewer, item = _as(college, public_id, OFFICE)
        with pytest.raises(Unmet, match="签批日期不得早于该日"):
            sheet.enter(
                college, viewer, item, sheet.entry(item, "confirm_close", HEAD, date(2026, 12, 12))
            )


def test_an_adjusted_period_asks_for_the_reports_of_that_period(
    college: Flask, draft_item: New
) -> None:
    """Twenty days from the start and twenty after 调整 give the same instalments: none between the
    last day and the working day it moved to."""
    ten = draft_item("A01", level=3, deadline_days=10)
    twenty = draft_item("A01", level=3, deadline_days=20)

    def points(public_id: uuid.UUID) -> list[date]:
        _viewer, item = _as(college, public_id, OFFICE)
        query = select(FeedbackPoint.due).where(FeedbackPoint.item_id == item.id)
        return list(db.session.scalars(query.order_by(FeedbackPoint.seq)))

    with college.app_context():
        bring(college, twenty, "in_progress")
        bring(college, ten, "in_progress")
        propose(college, ten, "adjust", deadline_kind="days", deadline_days=20)
        agree(college, ten, "sign_adjust", LEADER)
        agree(college, ten, "review_adjust", OFFICE_LEADER)
        assert points(ten) == points(twenty)


@pytest.mark.parametrize("how", ["reopen", "not_met"])
def test_a_co_unit_works_on_when_the_item_does(college: Flask, draft_item: New, how: str) -> None:
    """恢复督办, 不符合办结要求: who had handed in a part may report again."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "in_progress")
        viewer, item = _as(college, public_id, CO_HEAD)
        share = share_of(viewer, item, "HGC")
        issuing.sign_receipt(viewer, item, share, intent(item), person(CO_HEAD))
        viewer, item = _as(college, public_id, CO_HEAD)
        execution.finish(viewer, item, share_of(viewer, item, "HGC"), intent(item))
        if how == "reopen":
            bring(college, public_id, "closed", since="in_progress")
            propose(college, public_id, "reopen")
            agree(college, public_id, "agree_reopen", PRESIDENT)
        else:
            bring(college, public_id, "closing_check", since="in_progress")
            _refuse(college, public_id)
        viewer, item = _as(college, public_id, CO_HEAD)
        assert (item.state, share_of(viewer, item, "HGC").state) == ("in_progress", "received")
        assert "report_to_lead" in {offer.act for offer in offers.offered(viewer, item)}


@pytest.mark.parametrize(
    ("decided", "state", "told"),
    [
        ("agree", "pending_review", {LEADER, OFFICE_LEADER, "卓玛青措"}),
        ("return", "returned", {LEADER}),
        ("refuse", "rejected", {LEADER, HEAD, "泽仁旺姆", "罗䶮"}),
    ],
)
def test_paper_is_told_like_the_screen(
    college: Flask, draft_item: New, decided: str, state: str, told: set[str]
) -> None:
    """Whoever hears of the decision on screen hears of it on paper, and whom the paper names: of
    审签 the leaders of co-units, of 不予立项 the unit's head and the office."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_sign")
        viewer, item = _as(college, public_id, OFFICE)
        paper = sheet.entry(item, "sign", LEADER, TODAY, decided=decided, opinion="请按此办理。")
        sheet.enter(college, viewer, item, paper)
        event = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert (event.item_from, event.item_to) == ("pending_sign", state)
        assert told_names(event) == told


def told_names(event: Event) -> set[str]:
    """Who hears of it, by name."""
    return set(db.session.scalars(select(Person.name).where(Person.id.in_(event.tells))))


def test_nothing_is_owed_while_a_closing_is_judged(college: Flask, draft_item: New) -> None:
    """Handed in before an instalment fell due, refused after it: that one is not missing; those to
    come are asked for."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "closing_check")
        _viewer, item = _as(college, public_id, OFFICE)
        days = list(db.session.scalars(select(FeedbackPoint.due).order_by(FeedbackPoint.seq)))
        tomorrow(college, (days[0] - TODAY).days + 1)
        _refuse(college, public_id)
        left = list(db.session.scalars(select(FeedbackPoint.due).order_by(FeedbackPoint.seq)))
        assert left == days[1:]
        _viewer, item = _as(college, public_id, OFFICE)
        assert item.red_from is not None
        assert item.red_from > days[0]
