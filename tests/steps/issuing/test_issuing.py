"""交办、签收、异议、计划 第八条、第十六条（二）（三）."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import create_app
from portal.embedded import Servers
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Milestone, Objection, Person
from portal.rulebook.refusals import Unmet
from portal.steps.issuing import clock, commands, objections
from tests.conftest import close, test_settings
from tests.pages import fill, get
from tests.stages import words_for
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEAD,
    OFFICE,
    OFFICE_HEAD,
    REASON,
    Actor,
    at_work,
    intent,
    pass_days,
)

New = Callable[..., uuid.UUID]


def _filed(app: Flask, public_id: uuid.UUID, *, release: bool = True) -> Actor:
    actor = Actor(app, public_id)
    actor.to_filing()
    actor.file(release=release)
    return actor


@pytest.mark.parametrize(("release", "state"), [(True, "issued"), (False, "filed")])
def test_filing_releases_the_notice_in_the_same_act(
    college: Flask, draft_item: New, release: bool, state: str
) -> None:
    """编号备案并下达: one act, two events, one number."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id, release=release)
        _viewer, item = actor.item()
        assert (item.state, item.doc_seq) == (state, 1)
        assert [event.act for event in actor.events()][-2:] == (
            ["file", "issue"] if release else ["approve", "file"]
        )


def test_a_refused_release_gives_the_number_back(college: Flask, draft_item: New) -> None:
    """D21: the date has passed meanwhile; nothing of the act stays."""
    public_id = draft_item(
        deadline_kind="date",
        deadline_days=None,
        deadline_date=date(2026, 11, 24),
        deadline_basis="州教育局通知",
    )
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_filing()
        pass_days(college, 3)
        with pytest.raises(Unmet, match="完成时限已过"):
            actor.file()
        db.session.rollback()
        _viewer, item = actor.item()
        assert (item.state, item.doc_seq) == ("pending_filing", None)
        actor.file(release=False)
        assert actor.item()[1].doc_seq == 1


@pytest.mark.parametrize(("who", "allowed"), [(OFFICE, False), (OFFICE_HEAD, True)])
def test_separate_release_is_for_the_head_of_the_office(
    college: Flask, draft_item: New, who: str, allowed: bool
) -> None:
    """SPEC T14: a college may let only 党政办主任 release."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id, release=False)
        viewer, item = actor.item(who)
        if allowed:
            commands.issue(viewer, item, intent(item), separate=True)
            assert actor.item()[1].state == "issued"
        else:
            with pytest.raises(Unmet, match="党政办主任"):
                commands.issue(viewer, item, intent(item), separate=True)


def test_each_unit_signs_for_itself(college: Flask, draft_item: New) -> None:
    """The state moves with the lead unit; a co-unit may sign before or after it."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id)
        actor.receive(CO_HEAD, CO_UNIT)
        assert actor.item()[1].state == "issued"
        actor.receive(HEAD, LEAD, HANDLER)
        assert actor.item()[1].state == "in_progress"
        with pytest.raises(NotOffered):
            actor.receive(HEAD, LEAD)


def test_the_office_signs_for_a_unit_that_confirmed_by_telephone(
    college: Flask, draft_item: New
) -> None:
    """SPEC §2.5: with the name and the time of who confirmed."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id)
        viewer, item = actor.item(OFFICE)
        with pytest.raises(Unmet):
            commands.receive_on_behalf(viewer, item, actor.share(LEAD), intent(None), " ")
        db.session.rollback()
        viewer, item = actor.item(OFFICE)
        commands.receive_on_behalf(
            viewer, item, actor.share(LEAD), intent(None), "坤建军，11月23日9时"
        )
        actor.item()
        assert actor.share(LEAD).confirmed_by == "坤建军，11月23日9时"
        assert actor.item()[1].state == "in_progress"


def test_who_does_not_sign_in_time_has_received(
    college: Flask, database: Servers, draft_item: New, tmp_path: Path
) -> None:
    """视同签收 once, by the clock, for the units that have not signed; twice changes nothing."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id)
        actor.receive(CO_HEAD, CO_UNIT)
    pass_days(college, 3)
    worker = create_app(
        replace(test_settings(database, tmp_path), database_url=database.worker_url),
        clock=college.extensions["portal.clock"],
        worker=True,
    )
    with worker.app_context():
        assert clock.deem_receipts() == 2
        assert clock.deem_receipts() == 0
    close(worker)
    with college.app_context():
        _viewer, item = actor.item()
        assert item.state == "in_progress"
        assert {code: actor.share(code).deemed for code in (LEAD, CO_UNIT, "XGB")} == {
            LEAD: True,
            CO_UNIT: False,
            "XGB": True,
        }
        deemed = [event for event in actor.events() if event.act == "deem_receipt"]
        assert [(event.actor_id, event.acting_as) for event in deemed] == [(None, "system")] * 2


def test_objection_is_ruled_on(college: Flask, draft_item: New) -> None:
    """SPEC §2.5: raised once, answered by 党政办主任, the work stays meanwhile."""
    public_id = draft_item()
    with college.app_context():
        actor = _filed(college, public_id)
        viewer, item = actor.item(HEAD)
        objections.raise_objection(
            viewer, item, actor.share(LEAD), intent(None, "不属于本单位职责。"), None
        )
        assert "object" not in actor.offers(HEAD)
        assert {"accept_objection", "refuse_objection"} <= actor.offers(OFFICE_HEAD)
        assert not {"accept_objection", "refuse_objection"} & actor.offers(OFFICE)
        viewer, item = actor.item(OFFICE_HEAD)
        raised = db.session.scalars(select(Objection)).one()
        objections.answer(viewer, item, raised, intent(None, "属于本单位职责。"), accepted=False)
        actor.item()
        assert db.session.scalars(select(Objection.state)).one() == "refused"
        assert actor.item()[1].state == "issued"


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (1, True), (2, False)])
def test_objection_has_its_time(college: Flask, draft_item: New, days: int, allowed: bool) -> None:
    """Within one working day: issued on Monday, until Tuesday."""
    public_id = draft_item("A03")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_filing()
        actor.file()
        pass_days(college, days)
        viewer, item = actor.item("覃燚")
        share = actor.share("HGC")
        if allowed:
            objections.raise_objection(viewer, item, share, intent(None, REASON), None)
        else:
            with pytest.raises(Unmet, match="期限已过"):
                objections.raise_objection(viewer, item, share, intent(None, REASON), None)


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        ([("排查", 2)], "2至8个节点"),
        ([(f"节点{number}", 2) for number in range(9)], "2至8个节点"),
        ([("排查", 2), ("整改", 60)], "不晚于完成时限"),
        ([("排查", -1), ("整改", 3)], "不早于交办之日"),
        ([("排查", 2), ("整改", 5)], ""),
    ],
)
def test_plan_is_checked(
    college: Flask, draft_item: New, plan: list[tuple[str, int]], wrong: str
) -> None:
    """SPEC §2.6: two to eight milestones between the notice and the due day."""
    with at_work(college, "A01", level=2, deadline_days=15) as actor:
        viewer, item = actor.item(HANDLER)
        assert item.issued_on is not None
        steps = [
            commands.Step(title, item.issued_on + timedelta(days=days)) for title, days in plan
        ]
        if wrong:
            with pytest.raises(Unmet) as refused:
                commands.send_plan(viewer, item, actor.share(LEAD), intent(None), steps)
            (said,) = refused.value.fields.values()
            assert wrong in said
        else:
            commands.send_plan(viewer, item, actor.share(LEAD), intent(None), steps)
            actor.item()
            assert db.session.scalars(select(Milestone.title)).all() == ["排查", "整改"]


def test_level_one_asks_for_no_plan(college: Flask) -> None:
    """SPEC §2.6."""
    with at_work(college) as actor:
        assert "plan" not in actor.offers(HANDLER)


def test_only_the_lead_unit_asks_for_coordination(college: Flask) -> None:
    """第八条: of a co-unit that does not answer."""
    with at_work(college) as actor:
        actor.receive(CO_HEAD, CO_UNIT)
        assert "coordinate" in actor.offers(HEAD)
        assert "coordinate" not in actor.offers(CO_HEAD)
        viewer, item = actor.item(HEAD)
        commands.ask_coordination(viewer, item, actor.share(LEAD), intent(None, REASON))
        assert actor.events()[-1].act == "coordinate"
        assert "coordinate" not in actor.offers(HEAD), "it waits for an answer"


def test_the_office_answers_what_it_was_asked_to_see_to(
    college: Flask, as_: Callable[[str], FlaskClient], draft_item: New
) -> None:
    """In 待办 until it is answered, with the unit's words; the units hear of what was arranged."""
    public_id = draft_item("A01")
    with college.app_context():
        actor = Actor(college, public_id)
        actor.to_work()
        actor.receive(CO_HEAD, CO_UNIT)
        viewer, item = actor.item(HEAD)
        commands.ask_coordination(viewer, item, actor.share(LEAD), intent(None, REASON))
        assert "协调" in words_for(college, OFFICE)
    page = f"/items/{public_id}"
    form = get(as_(OFFICE), page).soup.select_one("form[action$='/coordination/answer']")
    assert form is not None
    assert REASON in form.get_text()
    assert fill(as_(OFFICE), page, "/coordination/answer", {"opinion": ""}).status == 422
    said = "已约后勤国资处明日会商。"
    assert fill(as_(OFFICE), page, "/coordination/answer", {"opinion": said}).status == 303
    with college.app_context():
        assert "协调" not in words_for(college, OFFICE)
        actor = Actor(college, public_id)
        event = actor.events()[-1]
        told = db.session.scalars(select(Person.name).where(Person.id.in_(event.tells))).all()
        assert {HEAD, CO_HEAD, HANDLER} <= set(told)
        assert "coordinate" in actor.offers(HEAD)


@pytest.mark.parametrize(("who", "asked"), [(CO_HEAD, True), ("杨初", False)])
def test_handler_and_plan_are_the_heads_to_give(
    college: Flask, as_: Callable[[str], FlaskClient], draft_item: New, who: str, asked: bool
) -> None:
    """A liaison signs for the unit and nothing else (SPEC §1.3)."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
    page = get(as_(who), f"/items/{public_id}")
    form = page.form("/units/HGC/receipt")
    assert bool(form.find("select", attrs={"name": "handler"})) == asked
    answer = fill(as_(who), f"/items/{public_id}", "/units/HGC/receipt")
    assert answer.status == 303
