"""第十五条, SPEC §2.13: a call about an item is written down in ten seconds, and a promised report
is asked for like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Event, FeedbackPoint, Item, Message, PhoneRecord
from portal.rulebook import stored_lights
from portal.rulebook.guards import Call
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.closing import returns
from portal.steps.phone import commands
from tests.pages import Page, fill, get
from tests.people import draft
from tests.stages import person
from tests.steps.acting import (
    CO_HEAD,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    REASON,
    Actor,
    intent,
)

As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
ANSWER = "已安排专人，明早报送书面情况。"


@pytest.fixture
def actor(college: Flask) -> Actor:
    """A01 in work, 二级, due 8 December with reports on 30 November and 3 December."""
    made = Actor(college, draft(college, "A01", level=2, deadline_days=15))
    with college.app_context():
        made.to_work()
    return made


def _call(actor: Actor, **given: Any) -> Call:
    now = actor.viewer(OFFICE).moment.instant
    values: dict[str, Any] = {
        "called_at": now - timedelta(seconds=1), "caller_id": person(OFFICE),
        "callee_id": person(HANDLER), "channel": "phone", "purpose": "supervise", "content": "",
        "requirement": "", "deadline": None, "reply": ANSWER, "reply_form": "oral",
        "replied_at": None, "promised_on": None,
    }  # fmt: skip
    return Call(**{**values, **given})


def _record(actor: Actor, who: str = OFFICE, **given: Any) -> None:
    call = _call(actor, **given)
    viewer, item = actor.item(who)
    commands.record(viewer, item, call, intent(item), declared=True)


def _send(client: FlaskClient, actor: Actor, typed: Mapping[str, object]) -> Page:
    return fill(client, f"/items/{actor.public_id}", "/calls", {"declared": "y", **typed})


def test_whom_when_and_what_was_answered(actor: Actor, as_: As) -> None:
    """The form opens filled: 承办人, now, by telephone, by who is signed in."""
    done = _send(as_(OFFICE), actor, {"reply": ANSWER})
    assert done.status == 303
    page = get(as_(HEAD), f"/items/{actor.public_id}")
    card = page.soup.select_one("#calls")
    assert card is not None
    shown = " ".join(card.get_text(" ").split())
    for words in ("电话督办", f"{OFFICE}致{HANDLER}", ANSWER, "口头", f"{OFFICE}登记"):
        assert words in shown
    assert f"已告知{HANDLER}；与事实不符的，请向党政办主任提出" in shown
    assert "办理要求" not in shown
    timeline = page.soup.select_one("#timeline")
    assert timeline is not None
    assert f"电话联系{HANDLER}" in timeline.get_text()
    assert not [form for form in page.actions() if form.endswith("/calls")]


def test_units_hear_of_it_and_nobody_else(actor: Actor) -> None:
    with actor.app.app_context():
        _record(actor)
        event = actor.events()[-1]
        assert event.act == "phone_record"
        heads = {person(name) for name in (HEAD, HANDLER, "王尔基")}
        assert heads <= set(event.tells)
        assert person(LEADER) not in event.tells
        actor.item(HEAD)
        assert "N00" in set(db.session.scalars(select(Message.kind)))


def test_whom_the_record_names_is_told(actor: Actor) -> None:
    """A call that somebody else wrote down: both sides may see what is kept of them."""
    with actor.app.app_context():
        _record(actor, caller_id=person(LEADER), callee_id=person(HEAD))
        for who, kind in ((LEADER, "N26"), (HEAD, "N26"), (CO_HEAD, "N00")):
            actor.item(who)
            latest = select(Message.kind).order_by(Message.id.desc()).limit(1)
            assert db.session.scalars(latest).one() == kind, who
        # Who wrote it down himself needs no message.
        _record(actor)
        assert person(OFFICE) not in actor.events()[-1].tells


def test_a_promised_report_is_an_instalment(actor: Actor, as_: As) -> None:
    """Named for what it is, in its place by day, open to be reported on."""
    day = date(2026, 11, 25)
    assert _send(as_(OFFICE), actor, {"reply": ANSWER, "promised_on": "2026-11-25"}).status == 303
    page = get(as_(HANDLER), f"/items/{actor.public_id}")
    plan = page.soup.select_one("#plan")
    assert plan is not None
    rows = [" ".join(row.get_text(" ").split()) for row in plan.select("tbody tr")]
    assert [row.split()[0] for row in rows] == ["电话约定", "第1期", "第2期"]
    assert "应报 0 期" in " ".join(plan.get_text(" ").split())
    form = get(as_(HANDLER), f"/items/{actor.public_id}/feedback/new")
    assert "电话约定（2026年11月25日前）" in form.text
    with actor.app.app_context():
        actor.item()
        (point,) = db.session.scalars(select(FeedbackPoint).where(FeedbackPoint.promised))
        assert (point.due, db.session.scalars(select(PhoneRecord.point_id)).one()) == (
            day, point.id,
        )  # fmt: skip
        # Missing it turns the light yellow the day after.
        assert db.session.scalars(select(Item.yellow_from)).one() == day + timedelta(days=1)


def test_a_promise_for_a_day_of_the_plan_is_that_instalment(actor: Actor) -> None:
    with actor.app.app_context():
        _record(actor, promised_on=date(2026, 11, 30))
        actor.item()
        assert len(db.session.scalars(select(FeedbackPoint)).all()) == 2
        point = db.session.scalars(select(PhoneRecord.point_id)).one()
        assert db.session.get_one(FeedbackPoint, point).seq == 1


def test_a_promise_outlives_another_plan(actor: Actor) -> None:
    """调整 replaces the instalments by level, not what was promised."""
    from portal.rulebook import stored_lights

    with actor.app.app_context():
        _record(actor, promised_on=date(2026, 12, 2))
        _viewer, item = actor.item()
        stored_lights.run_to(item, date(2026, 12, 20), [date(2026, 12, 10)], ahead=TODAY)
        days = db.session.scalars(select(FeedbackPoint.due).order_by(FeedbackPoint.due)).all()
        assert days == [date(2026, 12, 2), date(2026, 12, 10)]
        db.session.rollback()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reply": "", "reply_form": None}, "reply"),
        ({"reply_form": None}, None),
        ({"channel": "letter"}, None),
        ({"purpose": "x"}, None),
        ({"callee": LEADER}, "callee"),
        ({"ago": timedelta(days=1)}, "called_at"),
        ({"ago": timedelta(seconds=-60)}, "called_at"),
        ({"answered": timedelta(seconds=-90)}, "replied_at"),
        ({"answered": timedelta(seconds=90)}, "replied_at"),
        ({"promised_on": TODAY - timedelta(days=1)}, "promised_on"),
        ({"promised_on": date(2026, 12, 9)}, "promised_on"),
    ],
)
def test_what_is_refused(actor: Actor, given: dict[str, Any], field: str | None) -> None:
    with actor.app.app_context():
        now = actor.viewer(OFFICE).moment.instant
        values = dict(given)
        if "callee" in values:
            values["callee_id"] = person(values.pop("callee"))
        if "ago" in values:
            values["called_at"] = now - values.pop("ago")
        if "answered" in values:
            values["replied_at"] = now + values.pop("answered")
        with pytest.raises(Unmet) as refused:
            _record(actor, **values)
        db.session.rollback()
        assert set(refused.value.fields) == ({field} if field else set())
        actor.item()
        assert db.session.scalars(select(PhoneRecord)).all() == []


def test_without_the_declaration_nothing_is_kept(actor: Actor, as_: As) -> None:
    assert _send(as_(OFFICE), actor, {"reply": ANSWER, "declared": []}).status == 422


def test_a_marked_text_is_forgotten(actor: Actor, as_: As) -> None:
    """第二十一条, SPEC §7.2."""
    page = _send(as_(OFFICE), actor, {"content": "机密★10年 有关情况"})
    assert page.status == 422
    assert "请勿在本系统录入" in page.text
    assert "有关情况" not in page.html


def test_while_the_closing_is_judged_calls_are_noted_and_nothing_is_promised(
    actor: Actor,
) -> None:
    with actor.app.app_context():
        actor.apply_close()
        with pytest.raises(Unmet, match="正在办结"):
            _record(actor, promised_on=TODAY + timedelta(days=2))
        db.session.rollback()
        _record(actor, who=OFFICE_HEAD, purpose="urge")
        actor.item()
        assert db.session.scalars(select(PhoneRecord.purpose)).all() == ["urge"]


@pytest.mark.parametrize("who", [HEAD, HANDLER, LEADER])
def test_the_office_alone_writes_it_down(actor: Actor, who: str) -> None:
    with actor.app.app_context(), pytest.raises(NotOffered):
        _record(actor, who)


def test_sent_twice_it_is_one_call(actor: Actor) -> None:
    with actor.app.app_context():
        call = _call(actor, promised_on=TODAY + timedelta(days=2))
        viewer, item = actor.item()
        sent = intent(item)
        for _ in range(2):
            commands.record(viewer, item, call, sent, declared=True)
        assert len(db.session.scalars(select(PhoneRecord)).all()) == 1
        acts = db.session.scalars(select(Event.act).where(Event.act == "phone_record")).all()
        assert acts == ["phone_record"]


def test_of_a_sensitive_item_the_listed_alone_read_it(college: Flask, as_: As) -> None:
    actor = Actor(college, draft(college, "A01", classification="sensitive"))
    with college.app_context():
        actor.to_work()
        _record(actor, who=OFFICE_HEAD)
        viewer, _item = actor.item(HEAD)
        assert len(db.session.scalars(visible(viewer, PhoneRecord)).all()) == 1
        stranger = actor.viewer("郑守方")
        assert db.session.scalars(visible(stranger, PhoneRecord)).all() == []
    page = get(as_(OFFICE_HEAD), f"/items/{actor.public_id}")
    assert "电话、短信不得涉及事项内容" in page.text


@pytest.mark.parametrize("side", ["caller", "callee"])
def test_of_a_sensitive_item_both_sides_are_on_the_list(college: Flask, side: str) -> None:
    """第二十一条: who may not know of it was not spoken with about it."""
    actor = Actor(college, draft(college, "A01", classification="sensitive"))
    stranger = {"caller": "冉静", "callee": "三郎彭措"}[side]
    with college.app_context():
        actor.to_work()
        with pytest.raises(Unmet, match="知悉范围") as refused:
            _record(actor, who=OFFICE_HEAD, **{f"{side}_id": person(stranger)})
        assert set(refused.value.fields) == {side}


def test_a_promise_stands_in_nobodys_way(actor: Actor) -> None:
    """What was promised is not owed while a closing is judged: it can be returned all the same, and
    the record stays."""
    with actor.app.app_context():
        _record(actor, promised_on=TODAY + timedelta(days=2))
        actor.apply_close()
        actor.app.extensions["portal.clock"].shift += timedelta(days=4)
        viewer, item = actor.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
        actor.item()
        assert db.session.scalars(select(PhoneRecord.point_id)).all() == [None]
        assert not db.session.scalars(select(FeedbackPoint).where(FeedbackPoint.promised)).all()


def test_a_promise_for_a_day_of_the_plan_outlives_another_plan(actor: Actor) -> None:
    """30 November is the plan's own instalment: it stays when the dates are set anew, once."""
    day = date(2026, 11, 30)
    with actor.app.app_context():
        _record(actor, promised_on=day)
        _viewer, item = actor.item()
        stored_lights.run_to(item, date(2026, 12, 20), [day, date(2026, 12, 4)], ahead=TODAY)
        dues = db.session.scalars(select(FeedbackPoint.due).order_by(FeedbackPoint.due)).all()
        assert dues == [day, date(2026, 12, 4)]
        assert db.session.scalars(select(PhoneRecord.point_id)).one() is not None


def test_a_co_unit_promises_nothing_for_the_plan(actor: Actor) -> None:
    """The plan's reports are the lead unit's."""
    with actor.app.app_context(), pytest.raises(Unmet, match="由牵头单位约定"):
        _record(actor, callee_id=person("王尔基"), promised_on=TODAY + timedelta(days=2))
