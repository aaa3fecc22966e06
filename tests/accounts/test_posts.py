"""Posts and units of a day (SPEC §1.2, §1.4, §8.6)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.queries import appointments_on, post_label, units_in_order
from portal.extensions import db
from portal.models import Appointment, Delegation, Person, Unit

TODAY = date(2026, 11, 23)


def person_id(name: str) -> int:
    """The inner id of a person of the sample."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("何玉萍", "党政办 督办专员"),
        ("杨思源", "党政办 主任（兼保密办公室主任）"),
        ("余茂春", "党委副书记"),
        ("三郎泽里", "党委副书记、院长"),
        ("坤清祥", "党委委员、副院长"),
        ("毛明军", "党委委员、组织人事部部长"),
        ("覃燚", "后勤国资处 处长"),
        ("王尔基", "后勤国资处 副处长（主持工作）"),
        ("刘翀", "学工部 副部长、团委书记"),
        ("余世华", "教育学院 党总支书记"),
        ("耿立正", "纪委办 纪委副书记、纪委办公室主任"),
        ("邓涛", "保卫处 综治科科长"),
    ],
)
def test_post_label(college: Flask, name: str, expected: str) -> None:
    with college.app_context():
        assert post_label(person_id(name), TODAY) == expected


@pytest.mark.parametrize(
    ("day", "acting"),
    [
        (date(2026, 11, 15), False),
        (date(2026, 11, 16), True),
        (date(2026, 12, 4), True),
        (date(2026, 12, 5), False),
    ],
)
def test_acting_head_only_while_the_delegation_runs(
    college: Flask, day: date, acting: bool
) -> None:
    with college.app_context():
        assert post_label(person_id("王尔基"), day).endswith("（主持工作）") is acting


def test_revoked_delegation_makes_no_acting_head(college: Flask) -> None:
    with college.app_context():
        db.session.execute(update(Delegation).values(revoked_at=Delegation.starts_at))
        assert post_label(person_id("王尔基"), TODAY) == "后勤国资处 副处长"


def test_standing_acting_head(college: Flask) -> None:
    with college.app_context():
        deputy = person_id("罗䶮")
        db.session.execute(
            update(Appointment)
            .where(Appointment.person_id == deputy, Appointment.role == "unit_deputy")
            .values(acting_head=True)
        )
        assert post_label(deputy, TODAY) == "党政办 副主任（主持工作）"


def test_appointments_of_the_day(college: Flask) -> None:
    with college.app_context():
        leader = person_id("毛明军")
        held = appointments_on(leader, TODAY)
        assert [row.role for row in held] == ["school_leader_viewer", "unit_head", "hr"]
        assert held[0].is_primary
        db.session.execute(
            update(Appointment).where(Appointment.role == "hr").values(valid_to=date(2026, 11, 22))
        )
        assert [row.role for row in appointments_on(leader, TODAY)] == [
            "school_leader_viewer",
            "unit_head",
        ]
        assert appointments_on(leader, date(2024, 8, 31)) == []
        assert post_label(leader, date(2024, 8, 31)) == ""


def test_units_in_the_official_order(college: Flask) -> None:
    with college.app_context():
        names = [unit.short_name for unit in units_in_order(TODAY)]
        assert len(names) == 18
        assert (names[0], names[-1]) == ("党政办", "马院")
        db.session.execute(
            update(Unit).where(Unit.code == "DZB").values(valid_to=date(2026, 11, 22))
        )
        assert units_in_order(TODAY)[0].short_name == "纪委办"
