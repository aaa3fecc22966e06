"""批量阅知, SPEC §2.10: many closings read in one go, each signed by itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import ApprovalSlot, Event, Item, Opinion
from tests.pages import fill, get, send, values_of
from tests.people import draft
from tests.steps.acting import OFFICE, PRESIDENT, SECRETARY, Actor, intent

As = Callable[[str], FlaskClient]
PAGE = "/todo/reading"


@pytest.fixture
def closings(college: Flask) -> list[uuid.UUID]:
    """Three items that wait for both principals' 阅示."""
    made = []
    for _ in range(3):
        public_id = draft(college, "A01")
        with college.app_context():
            actor = Actor(college, public_id)
            actor.to_work()
            actor.apply_close()
            for who, act in (
                ("坤清祥", "sign_close"), ("杨思源", "check_close"), ("余茂春", "review_close"),
            ):  # fmt: skip
                actor.sign(who, act)
        made.append(public_id)
    return made


def _signed(app: Flask, public_id: uuid.UUID) -> list[str]:
    """Whose 阅示 the item has."""
    with app.app_context():
        _viewer, item = Actor(app, public_id).item()
        return list(
            db.session.scalars(
                select(ApprovalSlot.role)
                .where(
                    ApprovalSlot.item_id == item.id,
                    ApprovalSlot.step == "read_close",
                    ApprovalSlot.state == "agreed",
                )
                .order_by(ApprovalSlot.role)
            )
        )


def test_ticked_ones_are_read_and_the_others_stay(
    college: Flask, as_: As, closings: list[uuid.UUID]
) -> None:
    """Two of three; each with its own event and opinion."""
    leader = as_(SECRETARY)
    assert PAGE in get(leader, "/todo").html
    page = get(leader, PAGE)
    assert page.soup.get_text().count("隐患17处已全部整改。") == 3
    answer = fill(leader, PAGE, PAGE, {"item": [str(id_) for id_ in closings[:2]]})
    assert (answer.status, answer.location) == (303, PAGE)
    assert [_signed(college, id_) for id_ in closings] == [["secretary"], ["secretary"], []]
    assert "已阅知2项" in get(leader, PAGE).html
    with college.app_context():
        Actor(college, closings[0]).item()
        words = db.session.scalars(
            select(Opinion.body)
            .join(Event, Event.opinion_id == Opinion.id)
            .where(Event.act == "read_close")
        ).all()
    assert words == ["已阅。", "已阅。"]


def test_all_of_them_with_one_opinion(college: Flask, as_: As, closings: list[uuid.UUID]) -> None:
    """全部阅知 leaves nothing; the second principal goes on from there to 销号."""
    for who in (SECRETARY, PRESIDENT):
        answer = fill(as_(who), PAGE, PAGE, {"all": "y", "opinion": "已阅，请党政办备案。"})
        assert (answer.status, answer.location) == (303, "/todo")
    assert {tuple(_signed(college, id_)) for id_ in closings} == {("president", "secretary")}
    with college.app_context():
        states = [Actor(college, id_).item()[1].state for id_ in closings]
    assert states == ["closing_filing"] * 3


def test_a_double_click_signs_once(college: Flask, as_: As, closings: list[uuid.UUID]) -> None:
    """The same form twice is one signature an item."""
    leader = as_(SECRETARY)
    form = values_of(get(leader, PAGE).form(PAGE)) | {"all": ["y"]}
    for _ in range(2):
        assert send(leader, PAGE, form).status == 303
    with college.app_context():
        Actor(college, closings[0]).item()
        assert len(db.session.scalars(select(Event).where(Event.act == "read_close")).all()) == 3


def test_what_changed_meanwhile_is_left_out_and_counted(
    college: Flask, as_: As, closings: list[uuid.UUID]
) -> None:
    """What the other principal signed stands beside; what was returned is counted as unsigned.
    No title of an item lies in the cookie, which is signed and not hidden."""
    leader = as_(SECRETARY)
    form = values_of(get(leader, PAGE).form(PAGE)) | {"all": ["y"]}
    with college.app_context():
        Actor(college, closings[0]).sign(PRESIDENT, "read_close")
        from portal.steps.closing import returns

        actor = Actor(college, closings[1])
        viewer, item = actor.item(PRESIDENT)
        returns.ask_supplement(
            viewer, item, "return_supplement", intent(item, "请补充整改照片。"), 2
        )
    answer = send(leader, PAGE, form)
    assert answer.status == 303
    with leader.session_transaction() as cookie:
        assert "冬季校园" not in str(dict(cookie))
    page = get(leader, str(answer.location))
    assert "已阅知2项" in page.html
    assert "1项未签署：页面打开后已有新的办理情况，请打开核对后再办理。" in page.html
    assert [_signed(college, id_) for id_ in closings] == [
        ["president", "secretary"], [], ["secretary"],
    ]  # fmt: skip


def test_nothing_ticked_is_said(as_: As, closings: list[uuid.UUID]) -> None:
    """422 at the form."""
    answer = fill(as_(SECRETARY), PAGE, PAGE)
    assert answer.status == 422
    assert "请勾选要阅知的事项。" in answer.soup.get_text()


def test_nobody_else_reads_in_their_place(
    college: Flask, as_: As, closings: list[uuid.UUID]
) -> None:
    """Who has no 阅示 sees an empty page, and a forged form does nothing."""
    office = as_(OFFICE)
    assert "目前没有待阅示的事项" in get(office, PAGE).html
    with college.app_context():
        version = Actor(college, closings[0]).item()[1].version
        assert isinstance(version, int)
        assert db.session.scalars(select(Item.id)).all()
    form = values_of(get(as_(SECRETARY), PAGE).form(PAGE)) | {"all": ["y"]}
    own = get(office, "/account/password").soup.find("input", attrs={"name": "csrf_token"})
    assert own is not None
    answer = send(office, PAGE, form | {"csrf_token": [str(own["value"])]})
    assert answer.status == 303
    assert [_signed(college, id_) for id_ in closings] == [[], [], []]
