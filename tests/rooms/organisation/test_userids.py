"""渠道账号: entered by one administrator, used once another has confirmed it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Account, Person, UseridChange
from portal.rooms.organisation import people, userids
from portal.rooms.organisation.keeping import fingerprint, person_of
from portal.rooms.organisation.people import PersonFields
from portal.rulebook.refusals import Unmet
from tests.pages import fill, get
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import WHY, acts, editor, person

As = Callable[[str], FlaskClient]


def _fields(one: Person, **given: str) -> PersonFields:
    kept = PersonFields(
        one.name, (), one.rank_no, one.sort_no, one.phone, one.email, one.wecom_userid,
        one.dingtalk_userid,
    )  # fmt: skip
    return replace(kept, **given)  # type: ignore[arg-type]  # all of them are texts


def _changed(app: Flask, name: str = "邓涛", **given: str) -> list[uuid.UUID]:
    """What waits for this person once it was entered."""
    one = person(name)
    people.change_person(editor(app), one.emp_no, _fields(one, **given), fingerprint(one))
    return [row.UseridChange.public_id for row in userids.rows("proposed", person_id=one.id)]


def test_it_is_used_once_another_has_confirmed_it(college: Flask) -> None:
    with college.app_context():
        before = person("邓涛").wecom_userid
        wanted = _changed(college, wecom_userid="az9001", phone="12000000077")
        assert (person("邓涛").wecom_userid, person("邓涛").phone) == (before, "12000000077")
        assert _changed(college, wecom_userid="az9001") == wanted, "asked for once"
        userids.confirm(editor(college, "sec_admin"), wanted)
        assert person("邓涛").wecom_userid == "az9001"
        assert acts() == ["change_person", "propose_userid", "confirm_userid", "change_person"]
        with pytest.raises(Unmet, match="已处理"):
            userids.decline(editor(college, "sec_admin"), wanted, WHY)


def test_the_next_one_takes_its_place_and_taking_away_is_at_once(college: Flask) -> None:
    with college.app_context():
        first = _changed(college, wecom_userid="az9001")
        second = _changed(college, wecom_userid="az9002")
        assert len(second) == 1
        assert second != first
        assert not _changed(college, wecom_userid="")
        assert person("邓涛").wecom_userid == ""
        assert acts()[-3:] == ["propose_userid", "withdraw_userid", "change_person"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wecom_userid": "az0001"}, "已登记在向维岷名下"),
        ({"dingtalk_userid": "d1"}, "已为坤建军登记"),
    ],
)
def test_what_is_anothers_is_not_asked_for(
    college: Flask, given: dict[str, str], said: str
) -> None:
    with college.app_context():
        _changed(college, "坤建军", dingtalk_userid="d1")
        with pytest.raises(Unmet, match=said):
            _changed(college, **given)


def test_what_has_become_anothers_is_not_confirmed(college: Flask) -> None:
    """Who left held it, was asked for meanwhile and came back; nothing of the choice is done."""
    with college.app_context():
        _leaves("坤建军", active=False)
        userid = person("坤建军").wecom_userid
        wanted = _changed(college, wecom_userid=userid)
        wanted += _changed(college, "彭国栋", wecom_userid="az9003")
        _leaves("坤建军", active=True)
        with pytest.raises(Unmet, match="已登记在坤建军名下"):
            userids.confirm(editor(college, "sec_admin"), wanted)
        db.session.rollback()
        assert person("彭国栋").wecom_userid != "az9003"
        _leaves("彭国栋", active=False)
        with pytest.raises(Unmet, match="彭国栋已停用"):
            userids.confirm(editor(college, "sec_admin"), wanted[1:])


def _leaves(name: str, *, active: bool) -> None:
    db.session.execute(update(Person).where(Person.name == name).values(active=active))
    db.session.commit()


def test_a_new_person_has_none_before(college: Flask) -> None:
    with college.app_context():
        given = PersonFields("覃·明", (), None, 300, "", "", "az9001", "d1")
        people.add_person(editor(college), "20107001", given)
        made = person_of("20107001")
        assert (made.wecom_userid, made.dingtalk_userid) == ("", "")
        assert len(userids.rows("proposed", person_id=made.id)) == 2


def test_each_does_his_own_part_only(college: Flask) -> None:
    with college.app_context():
        wanted = _changed(college, wecom_userid="az9001")
        for kind in ("sys_admin", "auditor"):
            with pytest.raises(NotOffered):
                userids.confirm(editor(college, kind), wanted)
            with pytest.raises(NotOffered):
                userids.decline(editor(college, kind), wanted, WHY)
        with pytest.raises(NotOffered):
            userids.withdraw(editor(college, "sec_admin"), wanted)
        with pytest.raises(NotFound):
            userids.confirm(editor(college, "sec_admin"), [uuid.uuid4()])
        userids.withdraw(editor(college), wanted)
        assert not userids.rows("proposed")


def test_one_person_is_not_both_of_them(college: Flask) -> None:
    """The two accounts would have to be one person's: the index of administrators takes none."""
    with college.app_context():
        wanted = _changed(college, wecom_userid="az9001")
        asked = select(Account.person_id).where(Account.kind == "sys_admin").scalar_subquery()
        other = update(Account).where(Account.kind == "sec_admin")
        with pytest.raises(IntegrityError):
            db.session.execute(other.values(person_id=asked))
        db.session.rollback()
        userids.confirm(editor(college, "sec_admin"), wanted)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person SET wecom_userid = 'az9001' WHERE name = '邓涛'",
        "UPDATE person SET dingtalk_userid = 'az9001' WHERE name = '坤建军'",
        "UPDATE userid_change SET state = 'confirmed', decided_at = now(), decided_by_id ="
        " (SELECT id FROM account WHERE kind = 'sys_admin')",
        "UPDATE userid_change SET state = 'confirmed', decided_at = now()",
        "INSERT INTO userid_change (public_id, person_id, field, userid, state, proposed_by_id,"
        " proposed_at, decided_by_id, decided_at) SELECT gen_random_uuid(), person_id,"
        " 'wecom_userid', 'az9009', 'confirmed', asked.id, now(), decided.id, now()"
        " FROM (SELECT id FROM account WHERE kind = 'sys_admin') AS asked,"
        " (SELECT id, person_id FROM account WHERE kind = 'sec_admin') AS decided",
        "INSERT INTO userid_change (public_id, person_id, field, userid, state, proposed_by_id,"
        " proposed_at) SELECT gen_random_uuid(), person_id, 'wecom_userid', 'az9009', 'proposed',"
        " id, now() FROM account WHERE kind = 'sec_admin'",
    ],
)
def test_the_database_takes_none_by_one_alone(college: Flask, statement: str) -> None:
    """One that waits for 邓涛 is confirmed neither by who asked for it nor by nobody."""
    with college.app_context():
        _changed(college, wecom_userid="az9001")
        with pytest.raises(IntegrityError, match=r"second administrator|decided by another"):
            db.session.execute(text(statement))


def test_the_room_of_the_two(as_: As, college: Flask) -> None:
    asking, deciding = as_("sysadmin01"), as_("secadmin01")
    for who in ("auditor01", "杨思源"):
        assert as_(who).get("/admin/userids").status_code == 404
    assert "没有待确认的渠道账号" in get(deciding, "/admin/userids").text
    with college.app_context():
        chosen = [
            *_changed(college, wecom_userid="az9001"),
            *_changed(college, "坤建军", dingtalk_userid="d1"),
            *_changed(college, "彭国栋", dingtalk_userid="d2"),
        ]
    one, two, three = map(str, chosen)
    address, confirmed = "/admin/userids", "/admin/userids/confirmation"
    assert (
        "az9001待安全保密管理员确认"
        in get(asking, f"/admin/people/{emp_no_of(college, '邓涛')}").text
    )
    assert confirmed not in get(asking, address).actions()
    page = fill(deciding, address, confirmed, {})
    assert page.status == 422
    assert "请选择要办理的账号" in page.text
    assert fill(deciding, address, confirmed, {"chosen": [one]}).status == 303
    form = get(deciding, address).form(confirmed)
    button = form.find("button", formaction="/admin/userids/refusal")
    assert button is not None
    key = form.find("input", {"name": "key"})
    assert key is not None
    sent = {"key": str(key["value"]), "chosen": [two], "opinion": "短"}
    token = form.find("input", {"name": "csrf_token"})
    if token is not None:
        sent["csrf_token"] = str(token["value"])
    answer = deciding.post("/admin/userids/refusal", data=sent)
    assert answer.status_code == 422
    assert "不少于" in answer.get_data(as_text=True)
    assert deciding.post("/admin/userids/refusal", data={**sent, "opinion": WHY}).status_code == 303
    withdrawn = "/admin/userids/withdrawal"
    assert fill(asking, address, withdrawn, {"chosen": [three]}).status == 303
    with college.app_context():
        states = db.session.scalars(select(UseridChange.state).order_by(UseridChange.id)).all()
        assert list(states) == ["confirmed", "declined", "withdrawn"]
        assert person("邓涛").wecom_userid == "az9001"
