"""知悉名单: the 机要保密员 keeps lists and learns nothing else of the items (SPEC §7.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from portal.embedded import Servers
from portal.extensions import db
from portal.models import Event, NeedToKnow, Opinion
from portal.rulebook.readers import readers_of
from portal.rulebook.scope import view_as
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import Page, get, send
from tests.people import csrf
from tests.steps.acting import Actor, intent
from tests.steps.knowledge.listing import REASON, entries, person_id, readers, sensitive

As = Callable[[str], FlaskClient]
OFFICER = "周慎之"
TITLE, REQUIREMENT = "蓝鲸梯田专项", "雪豹灯塔办理"


@pytest.fixture
def submitted(college: Flask) -> uuid.UUID:
    """A sensitive item with words of its own, waiting for 审签."""
    with sensitive(college, title=TITLE, requirement=REQUIREMENT) as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        return actor.public_id


def _form(page: Page, tail: str) -> dict[str, str]:
    form = page.form(tail)
    fields = {str(one["name"]): str(one["value"]) for one in form.find_all("input", value=True)}
    return {**fields, "action": str(form["action"])}


def _grant(client: FlaskClient, typed: str, reason: str = REASON) -> Page:
    fields = _form(get(client, "/knowledge"), "/persons")
    return send(client, fields.pop("action"), {**fields, "person": typed, "opinion": reason})


def _end(client: FlaskClient, name: str, reason: str = REASON) -> Page:
    page = get(client, "/knowledge")
    row = next(row for row in page.soup.find_all("tr") if name in row.get_text())
    link = row.find("a", href=True)
    assert link is not None
    fields = _form(get(client, str(link["href"]).partition("#")[0]), "/removal")
    return send(client, fields.pop("action"), {**fields, "opinion": reason})


def test_a_form_to_remove_stands_where_it_is_asked_for(submitted: uuid.UUID, as_: As) -> None:
    """One of the page's forms, however many are listed; it works without a script."""
    officer = as_(OFFICER)
    page = get(officer, "/knowledge")
    assert not [action for action in page.actions() if action.endswith("/removal")]
    links = [str(a["href"]).partition("#")[0] for a in page.soup.select("td.db-cell-act a")]
    assert len(links) > 1
    for link in links:
        assert [one for one in get(officer, link).actions() if one.endswith("/removal")] == [link]
    assert get(officer, f"/knowledge/{submitted}/persons/{uuid.uuid4()}/removal").status == 404
    assert get(as_("何玉萍"), links[0]).status == 403


def test_items_show_by_their_id_and_their_persons_only(submitted: uuid.UUID, as_: As) -> None:
    page = get(as_(OFFICER), "/knowledge")
    assert f"敏感事项（未编号）·{submitted.hex[:6]}" in page.text
    assert "坤建军 处长" in page.text
    assert TITLE not in page.html
    assert REQUIREMENT not in page.html
    assert get(as_(OFFICER), f"/items/{submitted}").status == 404


def test_a_numbered_item_shows_by_its_number(college: Flask, as_: As) -> None:
    with sensitive(college, title=TITLE) as actor:
        actor.to_work()
    page = get(as_(OFFICER), "/knowledge")
    assert "敏感事项 〔2026〕1号" in page.text
    assert TITLE not in page.html


def test_drafts_and_open_items_have_no_list(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    draft_item("A01")
    draft_item("A06")
    assert "目前没有敏感事项" in get(as_(OFFICER), "/knowledge").text


@pytest.mark.parametrize("name", ["杨思源", "何玉萍", "冉静", "向维岷", "sysadmin01", "secadmin01"])
def test_the_room_is_the_officers_alone(submitted: uuid.UUID, as_: As, name: str) -> None:
    client = as_(name)
    assert get(client, "/knowledge").status == 403
    assert "/knowledge" not in get(client, "/").html
    data = {"csrf_token": csrf(client, "/account/password"), "person": "冉静", "opinion": REASON}
    assert send(client, f"/knowledge/{submitted}/persons", data).status == 403


def test_nobody_lists_himself(database: Servers, submitted: uuid.UUID, as_: As) -> None:
    """Who keeps the lists does not read what is behind them by one click."""
    officer = as_(OFFICER)
    answer = _grant(officer, OFFICER)
    assert answer.status == 422
    assert "不能将本人列入知悉范围" in answer.text
    assert OFFICER not in readers(database, submitted)
    assert get(officer, f"/items/{submitted}").status == 404


def test_a_person_is_added_and_removed_with_a_reason(
    college: Flask, database: Servers, submitted: uuid.UUID, as_: As
) -> None:
    """As an event of the item, which the officer does not read."""
    officer = as_(OFFICER)
    assert _grant(officer, "冉静").location == "/knowledge"
    assert get(as_("冉静"), f"/items/{submitted}").status == 200
    assert _end(officer, "坤建军").location == "/knowledge"
    assert get(as_("坤建军"), f"/items/{submitted}").status == 404
    with college.app_context():
        actor = Actor(college, submitted)
        listed = entries(actor)
        assert listed[-1] == ("冉静", REASON, "", OFFICER)
        assert {entry.name for entry in listed} == readers(database, submitted)
        _viewer, item = actor.item("杨思源")
        assert item.readers == readers_of(item), "the database keeps to the scope's own rule"
        last = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(2)).all()
        ended, granted = last
        assert (granted.act, granted.facts) == ("grant_knowledge", {"listed": [person_id("冉静")]})
        assert (ended.act, ended.facts) == ("end_knowledge", {"unlisted": [person_id("坤建军")]})
        for event in last:
            assert (event.actor_id, event.acting_as) == (person_id(OFFICER), "conf_officer")
            words = db.session.get_one(Opinion, event.opinion_id)
            assert words.body == REASON
            assert event.tells == [person_id("杨思源")], "党政办主任 hears of it"
        removed = db.session.scalars(
            select(NeedToKnow).where(NeedToKnow.person_id == person_id("坤建军"))
        ).one()
        assert removed.removed_by_id == person_id(OFFICER)


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_of_a_form_with_its_drafter_those_added_see_nothing_yet(
    college: Flask, database: Servers, as_: As, state: str
) -> None:
    """Withdrawn or returned, it shows to those of the list who took part in it; what came back also
    to those of 党政办 (decision 0083)."""
    with sensitive(college) as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        if state == "returned":
            viewer, item = actor.item("坤清祥")
            signing.send_back(viewer, item, intent(item, REASON), to_previous=False)
        else:
            viewer, item = actor.item()
            registration.withdraw(viewer, item, intent(item))
        public_id = actor.public_id
    took_part = {"何玉萍", "坤清祥", "杨思源"} if state == "returned" else {"何玉萍"}
    officer = as_(OFFICER)
    _grant(officer, "冉静")
    assert readers(database, public_id) == took_part
    _end(officer, "何玉萍")
    assert readers(database, public_id) == took_part - {"何玉萍"}
    _grant(officer, "何玉萍")
    assert readers(database, public_id) == took_part


@pytest.mark.parametrize(
    ("typed", "reason", "said"),
    [
        ("冉静", "短", "请写明理由"),
        ("", REASON, "请选择人员"),
        ("坤建军", REASON, "已在知悉范围"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_done(
    college: Flask, submitted: uuid.UUID, as_: As, typed: str, reason: str, said: str
) -> None:
    with college.app_context():
        before = entries(Actor(college, submitted))
    answer = _grant(as_(OFFICER), typed, reason)
    assert answer.status == 422
    assert said in answer.text
    answer.check()
    with college.app_context():
        assert entries(Actor(college, submitted)) == before


def test_a_form_sent_twice_is_one_act(college: Flask, submitted: uuid.UUID, as_: As) -> None:
    officer = as_(OFFICER)
    fields = {**_form(get(officer, "/knowledge"), "/persons"), "person": "冉静", "opinion": REASON}
    action = fields.pop("action")
    assert [send(officer, action, fields).status for _ in range(2)] == [303, 303]
    rows = get(officer, "/knowledge").soup.find_all("tr")
    assert sum("冉静" in row.get_text() for row in rows) == 1
    spent = send(officer, action, {**fields, "person": "王垚"})
    assert spent.status == 303
    assert not any("王垚" in row.get_text() for row in get(officer, "/knowledge").soup("tr"))


def test_unknown_and_open_items_answer_alike(
    submitted: uuid.UUID, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """What is no list of a sensitive item is nothing to the officer."""
    opened = draft_item("A03")
    officer = as_(OFFICER)
    fields = {**_form(get(officer, "/knowledge"), "/persons"), "person": "冉静", "opinion": REASON}
    del fields["action"]
    answers = [
        send(officer, f"/knowledge/{item_id}/persons", fields).status
        for item_id in (opened, uuid.uuid4())
    ]
    assert answers == [404, 404]
    removal = f"/knowledge/{submitted}/persons/{uuid.uuid4()}/removal"
    assert send(officer, removal, fields).status == 404


ASKED = (
    "SELECT count(*) FROM kept_lists(:day)",
    "SELECT count(*) FROM item",
    "SELECT count(*) FROM need_to_know",
)


@pytest.mark.parametrize(("name", "lists"), [(OFFICER, 9), ("冉静", 0), ("泽仁旺姆", 0)])
def test_the_database_itself_gives_lists_to_the_officer_only(
    college: Flask, submitted: uuid.UUID, name: str, lists: int
) -> None:
    """Nine persons of one item, and no row of the item or of the list itself."""
    with college.app_context():
        view_as(person_id(name), college.extensions["portal.clock"])
        counted = [
            db.session.scalar(text(statement), {"day": date(2026, 11, 23)})
            if ":day" in statement
            else db.session.scalar(text(statement))
            for statement in ASKED
        ]
    assert counted == [lists, 0, 0]


def test_a_former_officer_keeps_no_list(college: Flask, submitted: uuid.UUID, as_: As) -> None:
    """By the appointments of the day."""
    with college.app_context():
        db.session.execute(
            text("UPDATE appointment SET valid_to = :day WHERE role = 'conf_officer'"),
            {"day": date(2026, 11, 22)},
        )
        db.session.commit()
        view_as(person_id(OFFICER), college.extensions["portal.clock"])
        rows = db.session.execute(
            text("SELECT * FROM kept_lists(:day)"), {"day": date(2026, 11, 23)}
        ).all()
    assert rows == []
    assert get(as_(OFFICER), "/knowledge").status == 403


INNER = (
    "keeps_lists(date)",
    "unit_readers(bigint, bigint, int[])",
    "unit_of_part(text, bigint)",
    "unit_of_run(text, bigint)",
    "unit_of_box(bigint)",
    "plan_of_act(text, bigint)",
    "note_list(bigint, text, text, bigint, jsonb, bigint, date, uuid, text, text, text,"
    " timestamptz)",
)
"""They tell who is listed, or write without asking who calls."""


@pytest.mark.parametrize("function", INNER)
def test_the_inner_functions_are_nobodys_to_call(college: Flask, function: str) -> None:
    with college.app_context():
        view_as(person_id(OFFICER), college.extensions["portal.clock"])
        allowed = db.session.scalar(
            text("SELECT has_function_privilege(current_user, :function, 'EXECUTE')"),
            {"function": function},
        )
    assert allowed is False
