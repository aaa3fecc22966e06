"""授权: two administrators, never for one of them; what one holds alone is followed."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Appointment, Person, RoleGrant
from portal.models.organisation import NEVER
from portal.rooms.organisation import grants
from portal.rooms.organisation.grants import Wanted
from portal.rulebook.keys import held_by
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import moment_of
from tests.conftest import ANCHOR
from tests.pages import fill, get
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import DAY, TOMORROW, WHY, acts, editor, person, unit

As = Callable[[str], FlaskClient]


def _wanted(name: str = "邓涛", role: str = "archivist", **given: object) -> Wanted:
    plain = {
        "unit": unit("DZB"), "title": "档案员", "valid_from": ANCHOR, "valid_to": None,
        "reason": WHY,
    }  # fmt: skip
    return Wanted(person(name), role=role, **{**plain, **given})  # type: ignore[arg-type]


def _proposed(app: Flask, wanted: Wanted) -> RoleGrant:
    grants.propose(editor(app, "sec_admin"), wanted)
    return db.session.scalars(select(RoleGrant).order_by(RoleGrant.id.desc())).all()[0]


def _roles(app: Flask, name: str) -> frozenset[str]:
    moment = moment_of(app.extensions["portal.clock"])
    return held_by(person(name).id, moment).roles


def test_a_grant_holds_once_it_is_confirmed(college: Flask) -> None:
    with college.app_context():
        made = _proposed(college, _wanted())
        assert "archivist" not in _roles(college, "邓涛")
        grants.confirm(editor(college), made.public_id)
        assert "archivist" in _roles(college, "邓涛")
        assert acts() == ["propose_grant", "appoint", "confirm_grant"]
        with pytest.raises(Unmet, match="已处理"):
            grants.decline(editor(college), made.public_id, WHY)
        row = db.session.scalars(
            select(Appointment).where(
                Appointment.person_id == person("邓涛").id, Appointment.role == "archivist"
            )
        ).one()
        grants.revoke(editor(college, "sec_admin"), row.public_id, WHY)
        assert "archivist" not in _roles(college, "邓涛"), "at once, not from midnight on"
        assert row.valid_to == NEVER
        again = _proposed(college, _wanted())
        grants.confirm(editor(college), again.public_id)
        assert "archivist" in _roles(college, "邓涛")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "罗尔伍"}, "不能为系统管理员或安全保密管理员本人授权"),
        ({"name": "钟毓"}, "不能为系统管理员或安全保密管理员本人授权"),
        ({"name": "黄素芬"}, "已有这一角色"),
        ({"role": "unit_head"}, "请选择全校性角色"),
        ({"valid_to": ANCHOR - DAY}, "截止日期早于起始日期"),
        ({"role": "president", "valid_to": TOMORROW}, "由接任者接替"),
    ],
)
def test_what_is_not_granted(college: Flask, given: dict[str, object], said: str) -> None:
    with college.app_context():
        with pytest.raises(Unmet, match=said):
            _proposed(college, _wanted(**given))  # type: ignore[arg-type]
        assert not acts()


def test_what_one_holds_alone_is_followed(college: Flask) -> None:
    """院长 until today, the next from tomorrow; taken away from nobody to nobody, but before it
    begins, when the former one keeps it."""
    with college.app_context():
        given = {"unit": None, "title": "院长", "valid_from": TOMORROW}
        made = _proposed(college, _wanted("解学农", "president", **given))
        grants.confirm(editor(college), made.public_id)
        held = db.session.execute(
            select(Person.name, Appointment.valid_from, Appointment.valid_to, Appointment.public_id)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(Appointment.role == "president")
            .order_by(Appointment.valid_from)
        ).all()
        assert [(row.name, row.valid_to) for row in held] == [
            ("三郎泽里", ANCHOR), ("解学农", None),
        ]  # fmt: skip
        with pytest.raises(Unmet, match="请为接任者提出授权"):
            grants.revoke(editor(college, "sec_admin"), held[0].public_id, WHY)
        grants.revoke(editor(college, "sec_admin"), held[1].public_id, WHY)
        left = db.session.execute(
            select(Appointment.person_id, Appointment.valid_to)
            .where(Appointment.role == "president")
            .order_by(Appointment.valid_from)
        ).all()
        assert left == [(person("三郎泽里").id, None), (person("解学农").id, NEVER)]


def test_each_does_his_own_part_only(college: Flask) -> None:
    with college.app_context():
        made = _proposed(college, _wanted())
        with pytest.raises(NotOffered):
            grants.propose(editor(college), _wanted())
        for kind in ("sec_admin", "auditor"):
            with pytest.raises(NotOffered):
                grants.confirm(editor(college, kind), made.public_id)
        with pytest.raises(NotFound):
            grants.revoke(editor(college, "sec_admin"), uuid.uuid4(), WHY)
        grants.withdraw(editor(college, "sec_admin"), made.public_id)
        assert acts() == ["propose_grant", "withdraw_grant"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE role_grant SET state = 'confirmed', decided_at = now(), decided_by_id ="
        " (SELECT id FROM account WHERE kind = 'sec_admin')",
        "UPDATE role_grant SET state = 'confirmed', decided_at = now(), decided_by_id ="
        " (SELECT id FROM account WHERE kind = 'auditor')",
        "INSERT INTO role_grant (public_id, person_id, role, post, valid_from, reason, state,"
        " proposed_by_id, proposed_at) SELECT gen_random_uuid(), 1, 'hr', '', now(), '',"
        " 'proposed', id, now() FROM account WHERE kind = 'sys_admin'",
        "INSERT INTO role_grant (public_id, person_id, role, post, valid_from, reason, state,"
        " proposed_by_id, proposed_at) SELECT gen_random_uuid(), person_id, 'hr', '', now(), '',"
        " 'proposed', id, now() FROM account WHERE kind = 'sec_admin'",
    ],
)
def test_the_database_keeps_the_two_apart(college: Flask, statement: str) -> None:
    with college.app_context():
        _proposed(college, _wanted())
        with pytest.raises(IntegrityError, match="decided by another"):
            db.session.execute(text(statement))


def test_the_room_of_the_two(as_: As, college: Flask) -> None:
    asking, deciding = as_("secadmin01"), as_("sysadmin01")
    for who in ("auditor01", "杨思源"):
        assert as_(who).get("/admin/grants").status_code == 404
    typed = {"person": emp_no_of(college, "邓涛"), "role": "hr", "unit": "ZZRS", "post": "干事"}
    page = fill(asking, "/admin/grants", "/admin/grants", {**typed, "opinion": "短"})
    assert page.status == 422
    assert fill(asking, "/admin/grants", "/admin/grants", {**typed, "opinion": WHY}).status == 303
    page = get(deciding, "/admin/grants")
    assert "邓涛（" in page.text
    assert not page.soup.find("form", action="/admin/grants")
    action = next(one for one in page.actions() if one.endswith("/confirmation"))
    assert fill(deciding, "/admin/grants", action).status == 303
    with college.app_context():
        assert "hr" in _roles(college, "邓涛")
    held = next(
        row for row in get(asking, "/admin/grants").soup.select("tbody tr")
        if "邓涛" in row.get_text()
    )  # fmt: skip
    form = held.find("form")
    assert form is not None
    assert fill(asking, "/admin/grants", str(form["action"]), {"opinion": WHY}).status == 303
