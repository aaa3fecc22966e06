"""任职: one head a unit at a time, ends are dates, everything in the log with before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import AdminAct, Appointment
from portal.rooms.organisation import posts
from portal.rulebook.refusals import Unmet
from tests.conftest import ANCHOR
from tests.rooms.organisation.keeping import (
    DAY,
    TOMORROW,
    WHY,
    acts,
    editor,
    periods,
    person,
    post,
    unit,
)

SINCE = date(2024, 9, 1)


def test_a_new_head_follows_the_old_one(college: Flask) -> None:
    """The old one's last day is the day before, nobody's row is deleted."""
    with college.app_context():
        keeper = editor(college)
        wanted = post("三郎彭措", "BWC", "unit_head")
        said = posts.outlook(wanted, ANCHOR)
        assert any("坤建军的保卫处单位负责人任职至2026年11月23日止" in line for line in said.lines)
        posts.appoint(keeper, wanted)
        assert periods("BWC", "unit_head") == [
            ("坤建军", SINCE, ANCHOR),
            ("三郎彭措", TOMORROW, None),
        ]
        assert acts() == ["end_appointment", "appoint"]
        ended = db.session.scalars(select(AdminAct).order_by(AdminAct.position)).first()
        assert ended is not None
        assert (ended.before, ended.after) == ({"valid_to": None}, {"valid_to": "2026-11-23"})
        posts.appoint(keeper, wanted)  # the same form once more
        assert acts() == ["end_appointment", "appoint"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "office_staff"}, "该角色由安全保密管理员授予"),
        ({"role": "unit_head", "valid_to": TOMORROW}, "单位负责人由接任者接替"),
        ({"role": "unit_head", "acting_head": True}, "本人不需注明"),
        ({"role": "handler", "since": date(2030, 1, 1)}, "前后一年以内"),
        ({"role": "handler", "valid_to": ANCHOR}, "截止日期早于起始日期"),
        ({"role": "handler", "since": date(2024, 8, 31)}, "前后一年以内"),
        ({"role": "handler", "code": ""}, "请选择单位"),
    ],
)
def test_what_cannot_be(college: Flask, given: dict[str, Any], said: str) -> None:
    with college.app_context():
        keeper = editor(college)
        code, role, since = (
            given.pop("code", "BWC"), given.pop("role"), given.pop("since", TOMORROW)
        )  # fmt: skip
        wanted = post("三郎彭措", code or "BWC", role, since, **given)
        if not code:
            wanted = posts.Post(**{**wanted.__dict__, "unit": None})
        with pytest.raises(Unmet, match=said):
            posts.appoint(keeper, wanted)
        assert not acts()


def test_a_post_of_acting_head_lies_inside_the_deputys_own(college: Flask) -> None:
    """主持工作 for three weeks: before and after it the deputy is a deputy."""
    with college.app_context():
        until = TOMORROW + 20 * DAY
        wanted = post("三郎彭措", "BWC", "unit_deputy", acting_head=True, valid_to=until)
        posts.appoint(editor(college), wanted)
        assert periods("BWC", "unit_deputy") == [
            ("三郎彭措", SINCE, ANCHOR),
            ("三郎彭措", TOMORROW, until),
            ("三郎彭措", until + DAY, None),
        ]
        acting = db.session.scalars(
            select(Appointment.valid_from).where(Appointment.acting_head)
        ).all()
        assert acting == [TOMORROW]
        other = post("邓涛", "BWC", "unit_deputy", acting_head=True)
        with pytest.raises(Unmet, match="已有主持工作的人员"):
            posts.appoint(editor(college), other)


def test_one_main_post_a_day(college: Flask) -> None:
    with college.app_context():
        wanted = post("三郎彭措", "JWC", "handler", is_primary=True, title="借调")
        posts.appoint(editor(college), wanted)
        rows = db.session.execute(
            select(Appointment.role, Appointment.valid_from, Appointment.is_primary)
            .where(Appointment.person_id == person("三郎彭措").id)
            .order_by(Appointment.valid_from, Appointment.id)
        ).all()
        assert [tuple(row) for row in rows if row.is_primary] == [
            ("unit_deputy", SINCE, True),
            ("handler", TOMORROW, True),
        ]
        assert ("unit_deputy", TOMORROW, False) in [tuple(row) for row in rows]


def test_a_unit_has_two_liaisons_at_most(college: Flask) -> None:
    with college.app_context():
        posts.appoint(editor(college), post("三郎彭措", "BWC", "liaison"))
        with pytest.raises(Unmet, match="不超过2名"):
            posts.appoint(editor(college), post("坤建军", "BWC", "liaison"))


def test_ends_are_dates(college: Flask) -> None:
    with college.app_context():
        keeper = editor(college)
        row = db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == person("三郎彭措").id, Appointment.role == "handler"
            )
        ).one()
        with pytest.raises(Unmet, match="早于起始日期"):
            posts.end_outlook(row, unit("BWC"), SINCE - DAY)
        posts.end_appointment(keeper, row, unit("BWC"), TOMORROW, WHY)
        found = db.session.scalars(select(AdminAct)).one()
        assert (found.act, found.reason, found.address) == ("end_appointment", WHY, "10.0.0.1")
        assert db.session.get_one(Appointment, row.id).valid_to == TOMORROW


def test_an_end_put_again_does_not_reach_into_what_follows(college: Flask) -> None:
    with college.app_context():
        posts.appoint(editor(college), post("三郎彭措", "BWC", "unit_head", TOMORROW + 9 * DAY))
        row = db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == person("坤建军").id, Appointment.role == "unit_head"
            )
        ).one()
        with pytest.raises(Unmet, match="已登记自2026年12月3日起的后续任职"):
            posts.end_outlook(row, unit("BWC"), TOMORROW + 20 * DAY)
        with pytest.raises(Unmet, match="后续任职"):
            posts.end_appointment(editor(college), row, unit("BWC"), TOMORROW + 20 * DAY, WHY)


def test_what_is_over_does_not_begin_again(college: Flask) -> None:
    with college.app_context():
        row = db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == person("三郎彭措").id, Appointment.role == "handler"
            )
        ).one()
        posts.end_appointment(editor(college), row, unit("BWC"), ANCHOR - DAY, WHY)
        with pytest.raises(Unmet, match="该任职已终止"):
            posts.end_appointment(editor(college), row, unit("BWC"), TOMORROW, WHY)


def test_who_does_not_keep_the_posts_enters_none(college: Flask) -> None:
    with college.app_context():
        for kind in ("sec_admin", "auditor"):
            with pytest.raises(NotOffered, match="由系统管理员维护"):
                posts.appoint(editor(college, kind), post("三郎彭措", "BWC", "unit_head"))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO appointment (person_id, unit_id, post, role, is_primary, acting_head,"
        " valid_from) SELECT id, (SELECT id FROM unit WHERE code = 'BWC'), 'x', 'unit_head', false,"
        " false, '2026-11-23' FROM person WHERE name = '邓涛'",
        "INSERT INTO appointment (person_id, post, role, is_primary, acting_head, valid_from)"
        " SELECT id, 'x', 'secretary', false, false, '2026-11-23' FROM person WHERE name = '邓涛'",
        "INSERT INTO appointment (person_id, post, role, is_primary, acting_head, valid_from)"
        " SELECT id, 'x', 'hr', true, false, '2026-11-23' FROM person WHERE name = '邓涛'",
        "UPDATE appointment SET acting_head = true WHERE unit_id ="
        " (SELECT id FROM unit WHERE code = 'BWC')",
        "UPDATE person SET rank_no = 5 WHERE rank_no = 6",
        "UPDATE person SET wecom_userid = 'az0001' WHERE name = '邓涛'",
    ],
)
def test_the_database_refuses_contradictions(college: Flask, statement: str) -> None:
    """Whoever writes, by whichever way."""
    with college.app_context():
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
