"""代录反馈 (SPEC §8.4): who may type in what a unit reported on paper, by telephone or as a file,
what is refused, what follows, and the objection of the person named."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.clock import shanghai_day
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Attachment, Feedback, FeedbackPoint, Item
from portal.rulebook import offers, reporting
from portal.rulebook.refusals import Unmet
from portal.rulebook.workflow import Intent
from portal.steps.execution import commands as execution
from portal.steps.execution import entering
from portal.steps.execution.queries import waiting_for_lead
from tests.stages import as_of, bring, intent, person, tomorrow, words_for
from tests.steps import entries
from tests.steps.acting import CO_HEAD, CO_UNIT, HANDLER, HEAD, OFFICE_HEAD, REASON, Actor
from tests.test_matrix import PERSONAS

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
OBJECTION = "本人未报送过这份反馈。"


@pytest.fixture
def working(college: Flask, draft_item: New) -> Iterator[Actor]:
    """An item of level 2 in work, handed out on 23 November."""
    public_id = draft_item("A01", level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        yield Actor(college, public_id)


def _report(actor: Actor, **given: Any) -> Feedback:
    return entries.report(actor.app, actor.public_id, **given)


def _points(actor: Actor) -> list[FeedbackPoint]:
    return execution.points_of(actor.item()[1])


def test_it_is_a_report_like_any_other(working: Actor) -> None:
    """It answers its instalment on the day it bears, turns the light, waits for the office to
    open it, and the unit, its leader and the person named are told."""
    tomorrow(working.app, 3)
    point = _points(working)[0]
    report = _report(working, point_id=point.id, paper_on=date(2026, 11, 24))
    assert (report.state, report.seq, report.via) == ("fb_submitted", 1, "paper")
    assert report.confirmed_at is not None
    assert shanghai_day(report.confirmed_at) == date(2026, 11, 24)
    assert (report.written_by_id, report.entered_by_id) == (person(HANDLER), person("何玉萍"))
    assert report.contestable_until == date(2026, 12, 3)  # five working days from Thursday
    assert point.id not in {left.id for left in _points(working)}
    assert "阅处反馈" in words_for(working.app, "何玉萍")
    event = working.events()[-1]
    assert event.act == "enter_report"
    assert {person(HANDLER), person(HEAD), person("坤清祥")} <= set(event.tells)
    scan = db.session.scalars(select(Attachment)).one()
    assert (scan.purpose, scan.subject_id, scan.id) == ("report", report.id, report.scan_id)


class Wrong(NamedTuple):
    """What is wrong with an entry, and the field that says so."""

    given: dict[str, Any]
    field: str


WRONG = (
    Wrong({"paper_on": date(2026, 11, 24)}, "paper_on"),
    Wrong({"paper_on": date(2026, 11, 22)}, "paper_on"),
    Wrong({"paper_on": None}, "paper_on"),
    Wrong({"signer": ""}, "signer_id"),
    Wrong({"signer": "何玉萍"}, "signer_id"),
    Wrong({"signer": CO_HEAD}, "signer_id"),
    Wrong({"files": ()}, "files"),
    Wrong({"way": "file", "files": ()}, "files"),
    Wrong({"way": "phone", "said": "已整改15处。"}, "call_at"),
    Wrong({"way": "phone", "call_at": "10:30"}, "opinion"),
)


def test_what_does_not_hold_is_said_at_its_field(working: Actor) -> None:
    """Handed out on the 23rd, which is today; nothing is kept of what was refused."""
    for wrong in WRONG:
        with pytest.raises(Unmet) as refused:
            _report(working, **wrong.given)
        db.session.rollback()
        assert wrong.field in refused.value.fields, wrong
        assert not working.reports()
        assert not db.session.scalar(select(func.count()).select_from(Attachment))


def test_only_the_office_types_it_in(working: Actor) -> None:
    """SPEC §1.3, paper.enter: 督办专员, no head, no leader, not the unit itself."""
    item_id = working.item()[1].id
    may = {"何玉萍", "泽仁旺姆"}
    for name in PERSONAS:
        viewer = as_of(working.app, name)
        item = db.session.get(Item, item_id)
        if item is None:  # who may not know of it
            continue
        acts = {offer.act for offer in offers.offered(viewer, item)}
        assert ({"enter_report", "enter_close"} <= acts) == (name in may), name
        if name not in may:
            with pytest.raises((NotOffered, NotFound)):
                _report(working, by=name)
            db.session.rollback()


def test_a_double_click_is_one_report(working: Actor) -> None:
    """The same form twice: one report, one file."""
    viewer, item = working.item()
    unit_id = item.lead_unit_id
    once = Intent(item.version, uuid.uuid4())
    for _ in range(2):
        entering.enter(
            viewer, item, unit_id, entries.REPORT, entries.entry(HANDLER), once,
            declared=True, files=(entries.scan(),),
        )  # fmt: skip
    assert len(working.reports()) == 1
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_the_unit_s_own_draft_stays_its_own(working: Actor) -> None:
    """What 邓涛 is writing is neither overwritten nor handed in."""
    viewer, item = working.item(HANDLER)
    own = execution.save_draft(viewer, item, item.lead_unit_id, entries.REPORT)
    report = _report(working)
    assert report.id != own.id
    assert (own.state, own.via) == ("fb_draft", "online")


def test_what_was_sent_back_is_supplemented_on_paper_or_on_screen(working: Actor) -> None:
    """One report, its instalment and its first day stay; written on screen it is the unit's own."""
    first = _report(working, point_id=_points(working)[0].id)
    at, point = first.confirmed_at, first.point_id
    viewer, item = working.item()
    execution.send_back(viewer, item, first, "return_feedback", intent(item, REASON))
    tomorrow(working.app)
    again = _report(working, paper_on=date(2026, 11, 24))
    assert (again.id, again.point_id, again.confirmed_at) == (first.id, point, at)
    assert (again.state, again.supplement_due) == ("fb_submitted", None)
    viewer, item = working.item()
    execution.send_back(viewer, item, again, "return_feedback", intent(item, REASON))
    own = working.report(HEAD)
    assert (own.id, own.via, own.entered_by_id, own.contestable_until) == (
        first.id, "online", None, None,
    )  # fmt: skip


def test_a_co_unit_s_goes_to_the_lead_unit(working: Actor) -> None:
    """第八条: typed in for the co-unit it waits to be merged, and says how it came."""
    working.receive(CO_HEAD, CO_UNIT, "杨初")
    stand_in = {"signer": CO_HEAD, "signed_for_id": person("覃燚")}  # AB角 of the unit's head
    report = _report(working, code=CO_UNIT, **stand_in)
    assert (report.state, report.point_id) == ("fb_lead", None)
    viewer, item = working.item(HEAD)
    [(waiting, whose)] = waiting_for_lead(viewer, item)
    assert waiting.id == report.id
    assert "纸质反馈，何玉萍代录" in whose
    assert "汇总协办反馈" in words_for(working.app, HEAD)


def test_a_co_unit_s_last_report_hands_in_its_part(working: Actor) -> None:
    """SPEC §2.14: the lead unit need not say 「协办单位未按时提供」 of who reported on paper."""
    working.receive(CO_HEAD, CO_UNIT, "杨初")
    viewer, item = working.item()
    with pytest.raises(NotOffered):
        reporting.hand_in(
            viewer, item, working.share(CO_UNIT).unit_id, intent(item), "enter_hand_in"
        )
    db.session.rollback()
    report = _report(
        working, code=CO_UNIT, signer="杨初", fields=replace(entries.REPORT, final=True)
    )
    assert (report.state, working.share(CO_UNIT).state) == ("fb_lead", "handed_in")
    assert [event.act for event in working.events()][-2:] == ["enter_co_report", "enter_hand_in"]


# The objection ---------------------------------------------------------------------------------


def _contest(actor: Actor, name: str = HANDLER) -> None:
    viewer, item = actor.item(name)
    entering.contest(viewer, item, _latest(), intent(item, OBJECTION))


def _latest() -> Feedback:
    """The report as the present viewer reads it."""
    return db.session.scalars(select(Feedback).order_by(Feedback.id.desc()).limit(1)).one()


def test_five_working_days(working: Actor) -> None:
    """Typed in on Monday the 23rd: Monday the 30th is the fifth working day, the last."""
    _report(working)
    tomorrow(working.app, 8)
    assert not _may_object(working)
    with pytest.raises(NotOffered) as refused:
        _contest(working)
    assert "异议期限已过" in refused.value.reason
    db.session.rollback()
    tomorrow(working.app, -1)
    assert _may_object(working)
    _contest(working)
    assert _latest().contested_at is not None


def _may_object(actor: Actor) -> bool:
    viewer, item = actor.item(HANDLER)
    return "contest_report" in {offer.act for offer in offers.offered(viewer, item)}


def test_only_the_person_named_objects_once(working: Actor) -> None:
    """The head, though the unit is his, is not named; nor are those of other units."""
    item_id, report_id = _report(working).item_id, entries.latest(
        working.app, working.public_id
    ).id  # fmt: skip
    for name in (name for name in PERSONAS if name != HANDLER):
        viewer = as_of(working.app, name)
        item = db.session.get(Item, item_id) or Item(id=item_id, version=1)
        report = db.session.get(Feedback, report_id) or Feedback(id=report_id)
        with pytest.raises((NotOffered, NotFound)):
            entering.contest(viewer, item, report, intent(item, OBJECTION))
        db.session.rollback()
    _contest(working)
    with pytest.raises(NotOffered):
        _contest(working)


def test_the_head_of_the_office_answers(working: Actor) -> None:
    """The report stands, unread as it was; 党政办主任 has a todo until he has answered."""
    _report(working)
    _contest(working)
    assert "答复代录异议" in words_for(working.app, OFFICE_HEAD)
    assert "阅处反馈" in words_for(working.app, "何玉萍")
    viewer, item = working.item("何玉萍")
    with pytest.raises(NotOffered):
        entering.answer(viewer, item, _latest(), intent(item, REASON))
    db.session.rollback()
    viewer, item = working.item(OFFICE_HEAD)
    entering.answer(viewer, item, _latest(), intent(item, "已与本人核对。"))
    assert "答复代录异议" not in words_for(working.app, OFFICE_HEAD)
    viewer, item = working.item(HANDLER)
    assert "contest_report" not in {offer.act for offer in offers.offered(viewer, item)}


def test_a_wrong_entry_is_corrected(working: Actor) -> None:
    """Other words, another person and day, the file there was; five new days."""
    tomorrow(working.app)
    report = _report(working, point_id=_points(working)[0].id)
    scan = report.scan_id
    _contest(working)
    tomorrow(working.app)
    viewer, item = working.item(OFFICE_HEAD)
    day = date(2026, 11, 24)
    entering.correct(
        viewer, item, _latest(), replace(entries.REPORT, percent=45),
        entries.entry(HEAD, paper_on=day), intent(item), declared=True,
    )  # fmt: skip
    again = entries.latest(working.app, working.public_id)
    assert (again.percent, again.written_by_id, again.scan_id) == (45, person(HEAD), scan)
    assert (again.contested_at, again.contestable_until) == (None, date(2026, 12, 2))
    assert again.confirmed_at is not None
    assert shanghai_day(again.confirmed_at) == day
    assert again.point_id == report.point_id
    viewer, item = working.item(HEAD)
    assert "contest_report" in {offer.act for offer in offers.offered(viewer, item)}
