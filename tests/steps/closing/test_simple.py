"""简易办结 第十五条, SPEC T41: by the unit's reply, read afterwards by both principals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents.render import render
from portal.documents.table import fill as fill_sheet
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, Closure, Event
from portal.rulebook import tray
from portal.rulebook.guards import Reply
from portal.rulebook.refusals import Unmet
from portal.steps.closing import commands, returns
from portal.steps.closing.simple import close_simple
from tests.documents.samples import text_of
from tests.pages import fill, get
from tests.people import draft
from tests.steps.acting import (
    CO_HEAD,
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    PRESIDENT,
    REASON,
    SECRETARY,
    Actor,
    intent,
    pass_days,
)
from tests.steps.changes import proposing
from tests.steps.closing.simple import RESULT, close, reply

As = Callable[[str], FlaskClient]


@pytest.fixture
def phoned(college: Flask) -> Actor:
    """An item handed out by telephone, numbered, in work."""
    actor = Actor(college, draft(college, "A01", method="phone"))
    with college.app_context():
        actor.to_work()
    return actor


def _waits(actor: Actor, who: str) -> set[str]:
    viewer, item = actor.item(who)
    return {row.act for row in tray.waiting(viewer) if row.item_id == item.id}


def test_it_waits_for_its_filing_while_the_principals_read(college: Flask, phoned: Actor) -> None:
    """待备案销号 at once; 阅示 of both waits beside it, and does not hold 销号 up."""
    with college.app_context():
        close(phoned)
        _viewer, item = phoned.item()
        assert (item.state, item.supplementary, item.blue) == ("closing_filing", False, True)
        assert _waits(phoned, SECRETARY) == _waits(phoned, PRESIDENT) == {"read_close"}
        assert "close" in _waits(phoned, OFFICE)
        phoned.sign(SECRETARY, "read_close")
        assert phoned.item()[1].state == "closing_filing"
        viewer, item = phoned.item()
        commands.close(viewer, item, intent(item))
        assert phoned.item()[1].state == "closed"
        assert _waits(phoned, PRESIDENT) == {"read_close"}
        phoned.sign(PRESIDENT, "read_close")
        run = db.session.scalars(select(Approval).where(Approval.chain == "closing")).one()
        assert (run.state, run.beside) == ("agreed", True)
        assert phoned.item()[1].state == "closed"
        assert not _waits(phoned, PRESIDENT)


@pytest.mark.parametrize(("days", "on_time", "overdue"), [(3, True, 0), (4, False, 1)])
def test_the_reply_is_the_hand_in(
    college: Flask, phoned: Actor, days: int, on_time: bool, overdue: int
) -> None:
    """SPEC §3.7: level 1, three days; written down and struck off a week later."""
    with college.app_context():
        at = phoned.app.extensions["portal.clock"].now() + timedelta(days=days)
        pass_days(college, 7)
        close(phoned, reply(phoned, at=at))
        viewer, item = phoned.item()
        assert item.blue == on_time
        commands.close(viewer, item, intent(item))
        phoned.item()
        closure = db.session.scalars(select(Closure)).one()
        assert closure.completed_on == date(2026, 11, 23) + timedelta(days=days)
        assert (closure.on_time, closure.overdue_days) == (on_time, overdue)
        assert (closure.days_used, closure.reply_form) == (days, "oral")


def _reply(actor: Actor, **other: object) -> Reply:
    return reply(actor)._replace(**other)


REFUSED = {
    "no result": (lambda actor: (reply(actor), "  "), "16(6)", "请填写办结情况"),
    "no reply": (lambda _actor: (None, RESULT), "15", "请登记承办单位反馈的情况"),
    "no form": (lambda actor: (_reply(actor, form="sung"), RESULT), "15", "请登记承办单位反馈"),
    "another unit": (lambda actor: (reply(actor, CO_HEAD), RESULT), "15", "牵头单位人员"),
    "nobody": (lambda actor: (_reply(actor, person_id=0), RESULT), "15", "牵头单位人员"),
    "tomorrow": (
        lambda actor: (_reply(actor, at=reply(actor).at + timedelta(days=1)), RESULT),
        "15", "交办之日与现在之间",
    ),
    "before the notice": (
        lambda actor: (_reply(actor, at=reply(actor).at - timedelta(days=1)), RESULT),
        "15", "交办之日与现在之间",
    ),
}  # fmt: skip


def test_what_is_refused(college: Flask, phoned: Actor) -> None:
    with college.app_context():
        for given, article, said in REFUSED.values():
            told, result = given(phoned)
            viewer, item = phoned.item(OFFICE_HEAD)
            with pytest.raises(Unmet, match=said) as refused:
                close_simple(viewer, item, result, told, intent(item), declared=True)
            assert refused.value.article == article
            db.session.rollback()
        assert phoned.item()[1].state == "in_progress"


def test_not_what_was_handed_out_in_writing(college: Flask) -> None:
    """The reason and its article, also of a forged form; nothing is changed."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        actor.to_work()
        assert "close_simple" not in actor.offers(OFFICE_HEAD)
        with pytest.raises(Unmet, match="仅电话（短信）督办事项可以简易办结") as refused:
            close(actor)
        assert refused.value.article == "15"


def test_signatures_and_number_come_first(college: Flask) -> None:
    """第十五条: handed out first, not yet made up."""
    from tests.rulebook.made_up import hand_out, name_handler

    with college.app_context():
        actor = Actor(college, draft(college, "A01", method="phone"))
        hand_out(actor)
        name_handler(actor)
        assert "close_simple" in actor.offers(OFFICE_HEAD)
        with pytest.raises(Unmet, match="请先完成立项补签和编号备案") as refused:
            close(actor)
        assert refused.value.article == "15"


def test_nobody_but_the_head_of_the_office(college: Flask, phoned: Actor) -> None:
    with college.app_context():
        for who in (OFFICE, HANDLER, HEAD, PRESIDENT):
            assert "close_simple" not in phoned.offers(who)
            with pytest.raises(NotOffered, match="不由您办理"):
                close(phoned, who=who)
            db.session.rollback()


def test_a_double_click_is_one_closing(college: Flask, phoned: Actor) -> None:
    with college.app_context():
        said = reply(phoned)
        viewer, item = phoned.item(OFFICE_HEAD)
        sent = intent(item)
        for _ in range(2):
            close_simple(viewer, item, RESULT, said, sent, declared=True)
        phoned.item()
        assert len(db.session.scalars(select(Closure)).all()) == 1
        assert len(db.session.scalars(select(Approval).where(Approval.beside)).all()) == 1


def test_what_is_missing_goes_back_to_the_unit(college: Flask, phoned: Actor) -> None:
    """退回补正 ends the reading; the next hand-in goes the whole chain, the reply's day counts."""
    with college.app_context():
        close(phoned)
        viewer, item = phoned.item(OFFICE)
        act = "return_supplement_filing"
        returns.ask_supplement(viewer, item, act, intent(item, REASON), 2)
        assert phoned.item()[1].state == "in_progress"
        assert not _waits(phoned, SECRETARY)
        first = db.session.scalars(select(Closure)).one()
        assert (first.outcome, first.handed_in_at is not None) == ("supplement", True)
        pass_days(college, 1)
        phoned.apply_close()
        phoned.to_closing_filing()
        viewer, item = phoned.item()
        commands.close(viewer, item, intent(item))
        phoned.item()
        last = db.session.scalars(select(Closure).order_by(Closure.id.desc()).limit(1)).one()
        assert last.completed_on == date(2026, 11, 23)


def test_what_was_not_done_gets_another_date(college: Flask, phoned: Actor) -> None:
    """A principal who reads it judges it not met (第十六条（六）)."""
    with college.app_context():
        close(phoned)
        viewer, item = phoned.item(PRESIDENT)
        due = viewer.moment.day + timedelta(days=10)
        returns.judge_not_met(viewer, item, "not_met_filing", intent(item, REASON), due)
        assert phoned.item()[1].state == "in_progress"
        assert not _waits(phoned, SECRETARY)


def test_taken_up_again_it_is_read_no_more(college: Flask, phoned: Actor) -> None:
    """恢复督办 before a principal has read it: a new hand-in opens a chain of its own."""
    with college.app_context():
        close(phoned)
        viewer, item = phoned.item()
        commands.close(viewer, item, intent(item))
        proposing.propose(college, phoned.public_id, "reopen")
        proposing.agree(college, phoned.public_id, "agree_reopen", PRESIDENT)
        assert phoned.item()[1].state == "in_progress"
        assert "read_close" not in _waits(phoned, SECRETARY)
        phoned.apply_close()
        assert phoned.item()[1].state == "closing_sign"


def test_the_page_the_list_and_the_sheet(college: Flask, phoned: Actor, as_: As) -> None:
    """From the form to 批量阅知 and annex 3."""
    address = f"/items/{phoned.public_id}"
    head = as_(OFFICE_HEAD)
    typed = {"result_text": RESULT, "declared": "y", "reply_form": "written"}
    assert "请填写办结情况。" in fill(head, address, "/closing/simple", {"declared": "y"}).text
    sent = fill(head, address, "/closing/simple", {**typed, "key": str(uuid.uuid4())})
    assert sent.status == 303
    page = get(as_(HEAD), address)
    assert "书面反馈" in page.soup.select_one(".db-timeline").get_text()
    assert f"简易办结：{HANDLER}2026年11月23日" in page.text
    assert "办结签批（批量阅知）" in page.text
    for who in (SECRETARY, PRESIDENT):
        reading = get(as_(who), "/todo/reading")
        assert RESULT in reading.text
        assert fill(as_(who), "/todo/reading", "/todo/reading", {"all": "y"}).status == 303
    with college.app_context():
        viewer, item = phoned.item(OFFICE)
        last = db.session.scalars(
            select(Event.id).where(Event.item_id == item.id).order_by(Event.id.desc()).limit(1)
        ).one()
        sheet = fill_sheet(viewer, item, "closing", last, "阿坝职业学院")
    assert [box.name for box in sheet.approve] == [SECRETARY, PRESIDENT]
    assert sheet.closing.startswith(RESULT)
    assert f"{HANDLER}2026年11月23日" in sheet.closing
    assert (sheet.sign.name, sheet.review.name) == ("", "")
    printed = text_of(render("closing", sheet))
    assert "书面反馈。" in printed
    assert printed.count("已阅。") == 2


FORGED: tuple[dict[str, str], ...] = (
    {"reply_form": "sung"}, {"replied_at": "yesterday"}, {"replied_at": ""}, {"replied_by": "x"},
    {"replied_by": "999999"}, {"replied_at": "2026-11-22T23:59"}, {"result_text": "绝密★"},
    {"declared": ""},
)  # fmt: skip


def test_a_forged_form_changes_nothing(college: Flask, phoned: Actor, as_: As) -> None:
    address, client = f"/items/{phoned.public_id}", as_(OFFICE_HEAD)
    for forged in FORGED:
        typed = {"result_text": RESULT, "declared": "y", **forged}
        sent = {name: value for name, value in typed.items() if (name, value) != ("declared", "")}
        assert fill(client, address, "/closing/simple", sent).status == 422, forged
    with college.app_context():
        assert phoned.item()[1].state == "in_progress"
