"""第十六条（七）: 借阅 of an archived item's papers, from the request to the return."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents.queries import listed_of, standing
from portal.documents.render import render
from portal.documents.table import fill as fill_sheet
from portal.documents.work_sheets import LoanSheet
from portal.embedded import Servers, connect
from portal.errors import Forbidden, NotFound, NotOffered
from portal.extensions import db
from portal.models import ArchivePackage, Event, Loan, Message, Person
from portal.rulebook import packages
from portal.rulebook.guards import LoanAsked
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything
from portal.rulebook.tray import waiting
from portal.steps.closing import archiving
from portal.steps.closing import commands as closing
from portal.steps.lending import commands
from tests import scenes
from tests.packages import stand_in
from tests.pages import fill, get, send, values_of
from tests.people import draft
from tests.steps.acting import (
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
    pass_days,
)

As = Callable[[str], FlaskClient]
ARCHIVIST = "黄素芬"
WEEK = timedelta(days=7)


@pytest.fixture
def archived(college: Flask) -> uuid.UUID:
    """An item of 保卫处 that is archived, its package signed for by both sides."""
    return scenes.play(college, ("lending", "archived"), lambda: _archived(college), shared=True)


def _archived(app: Flask) -> uuid.UUID:
    public_id = draft(app, "A01", co_units=[])
    with app.app_context():
        actor = Actor(app, public_id)
        actor.to_work()
        actor.apply_close()
        actor.to_closing_filing()
        viewer, item = actor.item()
        closing.close(viewer, item, intent(item))
        stand_in(public_id)
        viewer, item = actor.item(HANDLER)
        copy = next(row for row in archiving.records_of(item) if row.keeper == "unit")
        archiving.keep_copy(viewer, item, copy, intent(item))
        viewer, item = actor.item(ARCHIVIST)
        archiving.archive(viewer, item, intent(item))
    return public_id


def ask(actor: Actor, who: str = HANDLER, **other: Any) -> Loan:
    """A request of a week; returns it."""
    viewer, item = actor.item(who)
    fields = {"kind": "original", "reason": "核对整改清单", "due_back": viewer.moment.day + WEEK}
    commands.ask(viewer, item, LoanAsked(**{**fields, **other}), intent(item), declared=True)
    return loan_of(actor)


def loan_of(actor: Actor, who: str = ARCHIVIST) -> Loan:
    """The latest loan of the item."""
    _viewer, item = actor.item(who)
    query = select(Loan).where(Loan.item_id == item.id).order_by(Loan.id.desc()).limit(1)
    return db.session.scalars(query).one()


def move(actor: Actor, who: str, act: str, opinion: str = "") -> Loan:
    viewer, item = actor.item(who)
    commands.move(viewer, item, loan_of(actor, who), act, intent(item, opinion))
    return loan_of(actor)


def test_from_the_request_to_the_return(college: Flask, archived: uuid.UUID) -> None:
    """Each act is an event; the package stays as it was signed for."""
    with college.app_context():
        actor = Actor(college, archived)
        _viewer, item = actor.item()
        before = packages.state_of(item)
        assert ask(actor).state == "asked"
        assert "ask_loan" not in actor.offers(HEAD)
        assert {"grant_loan", "refuse_loan"} <= actor.offers(OFFICE_HEAD)
        assert move(actor, OFFICE_HEAD, "grant_loan").state == "granted"
        assert move(actor, ARCHIVIST, "lend").state == "lent"
        loan = move(actor, ARCHIVIST, "take_back_loan")
        assert loan.state == "returned"
        assert loan.lent_at is not None
        assert loan.returned_at is not None
        assert "ask_loan" in actor.offers(HEAD)
        acts = [event.act for event in actor.events()][-4:]
        assert acts == ["ask_loan", "grant_loan", "lend", "take_back_loan"]
        _viewer, item = actor.item()
        assert packages.state_of(item) == before
        assert packages.standing(item) is not None
        assert len(db.session.scalars(select(ArchivePackage)).all()) == 1


def test_who_hears_of_it(college: Flask, worker: Flask, archived: uuid.UUID) -> None:
    """党政办主任 is asked, the borrower is told, 档案员 is asked to hand it out."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
    with worker.app_context(), everything(because="测试"):
        rows = db.session.execute(
            select(Event.act, Person.name, Message.kind)
            .join(Message, Message.event_id == Event.id)
            .join(Person, Person.id == Message.person_id)
            .where(Event.act.in_(("ask_loan", "grant_loan")))
        ).all()
    told = {(row.act, row.name, row.kind) for row in rows}
    assert ("ask_loan", OFFICE_HEAD, "N01") in told
    assert ("grant_loan", HANDLER, "N00") in told
    assert ("grant_loan", ARCHIVIST, "N01") in told


def test_one_loan_at_a_time(college: Flask, archived: uuid.UUID) -> None:
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        with pytest.raises(NotOffered) as taken:
            ask(actor, HEAD)
        assert "待归还后再申请" in taken.value.reason
        db.session.rollback()
        move(actor, OFFICE_HEAD, "refuse_loan", REASON)
        assert ask(actor, HEAD).state == "asked"
        move(actor, ARCHIVIST, "cancel_loan", REASON)
        assert loan_of(actor).state == "cancelled"


def test_the_borrower_withdraws_until_it_is_handed_out(college: Flask, archived: uuid.UUID) -> None:
    """Nobody else does; what waited for 党政办主任 or 档案员 waits no more."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        assert "withdraw_loan" in actor.offers(HANDLER)
        for other in (HEAD, OFFICE, OFFICE_HEAD, ARCHIVIST):
            assert "withdraw_loan" not in actor.offers(other)
        with pytest.raises((Forbidden, NotOffered)):
            move(actor, HEAD, "withdraw_loan")
        db.session.rollback()
        assert move(actor, HANDLER, "withdraw_loan").state == "cancelled"
        assert "grant_loan" not in actor.offers(OFFICE_HEAD)
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
        assert move(actor, HANDLER, "withdraw_loan").state == "cancelled"
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
        move(actor, ARCHIVIST, "lend")
        assert "withdraw_loan" not in actor.offers(HANDLER)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"), ({"kind": "all"}, "medium"),
        ({"due_back": timedelta(0)}, "due_back"), ({"due_back": timedelta(days=31)}, "due_back"),
        ({"due_back": timedelta(days=-400)}, "due_back"),
    ],
)  # fmt: skip
def test_what_a_request_lacks(
    college: Flask, archived: uuid.UUID, wrong: dict[str, Any], field: str
) -> None:
    """A reason, what is borrowed, a day from tomorrow on and within thirty days."""
    with college.app_context():
        actor = Actor(college, archived)
        if isinstance(wrong.get(field), timedelta):
            wrong = {field: actor.viewer(HANDLER).moment.day + wrong[field]}
        with pytest.raises(Unmet) as refused:
            ask(actor, **wrong)
        assert field in refused.value.fields
        db.session.rollback()
        assert loan_of_none(actor)


def loan_of_none(actor: Actor) -> bool:
    actor.item(ARCHIVIST)
    return db.session.scalars(select(Loan)).first() is None


def test_nobody_grants_himself(college: Flask, archived: uuid.UUID, database: Servers) -> None:
    """党政办主任 who borrows waits for 党政办分管领导."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        with connect(database.owner_url) as raw:
            raw.execute(
                "UPDATE loan SET borrower_id = (SELECT id FROM person WHERE name = %s)",
                (OFFICE_HEAD,),
            )
        with pytest.raises(Unmet, match="分管领导审批"):
            move(actor, OFFICE_HEAD, "grant_loan")
        db.session.rollback()
        waits = {
            who: "审批借阅" in [row.word for row in waiting(actor.viewer(who))]
            for who in (OFFICE_HEAD, OFFICE_LEADER)
        }
        assert waits == {OFFICE_HEAD: False, OFFICE_LEADER: True}
        assert move(actor, OFFICE_LEADER, "grant_heads_loan").state == "granted"


def test_what_was_granted_too_late_is_not_lent(college: Flask, archived: uuid.UUID) -> None:
    """Its day is over: it would be overdue the moment it is lent."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        pass_days(college, 20)
        move(actor, OFFICE_HEAD, "grant_loan")
        with pytest.raises(Unmet, match="归还日期已过"):
            move(actor, ARCHIVIST, "lend")


def test_a_lent_copy_leaves_the_original_on_the_shelf(
    college: Flask, as_: As, archived: uuid.UUID
) -> None:
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor, kind="copy")
        move(actor, OFFICE_HEAD, "grant_loan")
        move(actor, ARCHIVIST, "lend")
    page = get(as_(ARCHIVIST), "/archives/shelf?year=2026")
    assert page.soup.select("tbody td")[-1].get_text(strip=True) == "在库"


def test_a_sensitive_items_loan_is_known_to_its_list(
    college: Flask, archived: uuid.UUID, database: Servers
) -> None:
    """第二十一条: the row goes with its item, for who is taken off the list as for anybody."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        with connect(database.owner_url) as raw:
            raw.execute(
                "UPDATE item SET classification = 'sensitive', readers ="
                " (SELECT array_agg(-id::int) FROM person WHERE name = %s)",
                (HANDLER,),
            )
        actor.viewer(ARCHIVIST)
        assert db.session.scalars(select(Loan)).all() == []
        actor.viewer(HANDLER)
        assert len(db.session.scalars(select(Loan)).all()) == 1


def test_by_the_pages(as_: As, college: Flask, archived: uuid.UUID) -> None:
    """Without a script: asked for, granted, handed out, given back; the card tells of it."""
    page = f"/items/{archived}"
    asked = {"reason": "核对整改清单", "declared": "y"}
    assert fill(as_(HANDLER), page, "/loans", asked).status == 303
    assert "待审批" in get(as_(HANDLER), page).text
    assert "审批借阅" in get(as_(OFFICE_HEAD), "/todo").text
    assert fill(as_(OFFICE_HEAD), page, "/agreement").status == 303
    assert "登记借出" in get(as_(ARCHIVIST), "/todo").text
    assert fill(as_(ARCHIVIST), page, "/lending").status == 303
    assert "已借出" in get(as_(HANDLER), page).text
    assert fill(as_(ARCHIVIST), page, "/return").status == 303
    assert "已归还" in get(as_(OFFICE), page).text
    refused = fill(as_(HANDLER), page, "/loans", {"reason": "", "declared": "y"})
    assert refused.status == 422
    assert "请写明借阅事由。" in refused.text


def test_sent_twice_is_one_loan(college: Flask, archived: uuid.UUID) -> None:
    with college.app_context():
        actor = Actor(college, archived)
        viewer, item = actor.item(HANDLER)
        asked = LoanAsked("copy", "核对", viewer.moment.day + WEEK)
        form = intent(item)
        commands.ask(viewer, item, asked, form, declared=True)
        commands.ask(viewer, item, asked, form, declared=True)
        assert len(db.session.scalars(select(Loan)).all()) == 1


def test_nobody_asks_who_may_not_know(as_: As, archived: uuid.UUID) -> None:
    """Another unit's head finds no such item; 档案员, who keeps it, asks for nothing."""
    stranger = as_("覃燚")
    token = {"csrf_token": values_of(get(stranger, "/").form("/logout"))["csrf_token"]}
    asked = {**token, "reason": "核对", "declared": "y", "medium": "copy"}
    assert send(stranger, f"/items/{archived}/loans", asked).status == 404
    assert f"/items/{archived}/loans" not in get(as_(ARCHIVIST), f"/items/{archived}").actions()
    assert f"/items/{archived}/loans" in get(as_(HEAD), f"/items/{archived}").actions()


def test_the_sheet_tells_how_far_it_is(college: Flask, archived: uuid.UUID) -> None:
    """借阅单: one of each loan; no archive package holds it."""
    with college.app_context():
        actor = Actor(college, archived)
        ask(actor)
        move(actor, OFFICE_HEAD, "grant_loan")
        viewer, item = actor.item(HANDLER)
        assert listed_of(viewer, item)["loan-1"].label == "借阅单（第1次）"
        assert "loan-1" not in listed_of(viewer, item, once=True)
        as_of = standing(viewer, item, "loan-1").as_of_id
        sheet = fill_sheet(viewer, item, "loan-1", as_of, "阿坝职业学院")
        assert isinstance(sheet, LoanSheet)
        assert (sheet.state, sheet.reason) == ("待借出", "核对整改清单")
        assert (sheet.asked.name, sheet.decided.name, sheet.lent.name) == (
            HANDLER, OFFICE_HEAD, "",
        )  # fmt: skip
        assert sheet.decided.opinion == "同意。"
        assert render("loan", sheet).startswith(b"%PDF")
        with pytest.raises(NotFound):
            standing(viewer, item, "loan-2")
