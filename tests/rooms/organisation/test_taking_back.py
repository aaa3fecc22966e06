"""撤销任职: what was entered ahead by mistake never held, and what it moved is as before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Account, AdminAct, Appointment
from portal.models.organisation import NEVER
from portal.rooms.organisation import fields, posts, taking_back
from portal.rooms.organisation.keeping import ONESELF
from portal.rooms.organisation.taking_back import BEGUN, MOVED_ON
from portal.rulebook.refusals import Unmet
from tests.conftest import ANCHOR
from tests.pages import get
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import (
    DAY,
    KEEPER,
    TOMORROW,
    WHY,
    acts,
    editor,
    periods,
    person,
    post,
    twice,
    unit,
)

As = Callable[[str], FlaskClient]


def _latest(name: str, role: str) -> Appointment:
    return db.session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person(name).id, Appointment.role == role)
        .order_by(Appointment.id.desc())
    ).all()[0]


def _all() -> list[tuple[Any, ...]]:
    """Every post that holds on some day, in order."""
    rows = db.session.execute(
        select(
            Appointment.person_id, Appointment.unit_id, Appointment.role, Appointment.is_primary,
            Appointment.acting_head, Appointment.valid_from, Appointment.valid_to,
        )
        .where(Appointment.valid_to.is_distinct_from(NEVER))
        .order_by(Appointment.id)
    )  # fmt: skip
    return [tuple(row) for row in rows]


def test_a_head_entered_ahead_is_taken_back(college: Flask) -> None:
    """The former head goes on as before; the log keeps entry, taking back and reason."""
    with college.app_context():
        before = _all()
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head"))
        row = _latest("三郎彭措", "unit_head")
        said = taking_back.outlook(row, editor(college)).lines
        assert said[0] == "三郎彭措自2026年11月24日起的任职（处长，单位负责人）撤销，不生效。"
        assert any("坤建军" in line and "恢复至登记前的任期" in line for line in said)
        taking_back.cancel(editor(college), row, WHY)
        assert _all() == before
        assert acts() == [
            "end_appointment", "appoint", "cancel_appointment", "restore_appointment",
        ]  # fmt: skip
        noted = db.session.scalars(select(AdminAct).order_by(AdminAct.position.desc())).all()
        assert [act.reason for act in noted[:2]] == [WHY, WHY]
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head"))
        assert periods("BWC", "unit_head")[0][2] == ANCHOR


@pytest.mark.parametrize(
    ("role", "code", "given"),
    [
        ("unit_deputy", "BWC", {"acting_head": True, "valid_to": TOMORROW + 20 * DAY}),
        ("handler", "JWC", {"is_primary": True, "title": "借调"}),
        ("liaison", "BWC", {}),
    ],
)
def test_everything_it_moved_is_as_before(
    college: Flask, role: str, code: str, given: dict[str, Any]
) -> None:
    """A post split in three by 主持工作, a main post that became a secondary one."""
    with college.app_context():
        before = _all()
        posts.appoint(editor(college), post("三郎彭措", code, role, **given))
        row = db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == person("三郎彭措").id,
                Appointment.role == role,
                Appointment.unit_id == unit(code).id,
                Appointment.valid_from == TOMORROW,
            )
        ).one()
        taking_back.cancel(editor(college), row, WHY)
        assert _all() == before


def test_what_has_begun_or_moved_on_stays(college: Flask) -> None:
    with college.app_context():
        begun = _latest("坤建军", "unit_head")
        with pytest.raises(Unmet, match=BEGUN):
            taking_back.outlook(begun, editor(college))
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head", TOMORROW + 5 * DAY))
        row = _latest("三郎彭措", "unit_head")
        posts.end_appointment(editor(college), begun, unit("BWC"), TOMORROW + 3 * DAY, WHY)
        with pytest.raises(Unmet, match=MOVED_ON):
            taking_back.cancel(editor(college), row, WHY)
        db.session.rollback()
        assert row.valid_to is None


def test_nobody_keeps_the_posts_of_his_own_person(college: Flask) -> None:
    """三员分立 (SPEC §7.7, decision 0159): entered, ended, taken back and 分管分工 alike."""
    with college.app_context():
        keeper = editor(college)
        account = db.session.get_one(Account, keeper.account_id)
        account.person_id = person("三郎彭措").id
        db.session.commit()
        own = _latest("三郎彭措", "unit_deputy")
        for act in (
            lambda: posts.appoint(editor(college), post("三郎彭措", "BWC", "handler")),
            lambda: posts.end_appointment(editor(college), own, unit("BWC"), TOMORROW, WHY),
            lambda: taking_back.cancel(editor(college), own, WHY),
            lambda: fields.assign(
                editor(college), person("三郎彭措"), [unit("BWC")], TOMORROW, WHY
            ),
        ):
            with pytest.raises(Unmet, match=ONESELF):
                act()
            db.session.rollback()
        assert not acts()
        posts.appoint(editor(college), post("邓涛", "BWC", "unit_deputy"))


def test_taken_back_on_its_page(as_: As, college: Flask) -> None:
    with college.app_context():
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head"))
        post_id = _latest("三郎彭措", "unit_head").public_id
    keeper, emp_no = as_(KEEPER), emp_no_of(college, "三郎彭措")
    address = f"/admin/people/{emp_no}/posts/{post_id}"
    looked, done = twice(keeper, address, "/cancellation", {"opinion": WHY})
    assert "撤销，不生效" in looked.text
    assert done.status == 303
    page = get(keeper, f"/admin/people/{emp_no}")
    assert "2026年11月24日起，已撤销" in page.text
    assert "撤销任职" in page.text
    assert twice(keeper, address, "/posts/" + str(post_id), {"opinion": WHY})[1].status == 422
