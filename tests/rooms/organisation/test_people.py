"""人员: readings and ids of channels, rank, 停用 only once everything is handed over."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import phones
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Account, AdminAct, Appointment, BoundPhone, Person
from portal.rooms.organisation import people
from portal.rooms.organisation.keeping import fingerprint, person_of
from portal.rooms.organisation.people import PersonFields
from portal.rulebook.refusals import Unmet
from tests.conftest import ANCHOR
from tests.people import emp_no_of
from tests.rooms.organisation.keeping import WHY, acts, editor, person
from tests.stages import bring

Draft = Callable[..., uuid.UUID]
NEW = PersonFields("覃·明", (), None, 300, "12000009999", "new@example.edu.cn", "new", "")


def test_a_new_person_is_read_in_every_way(college: Flask) -> None:
    """SPEC §8.8: both readings of the surname, until one is said."""
    with college.app_context():
        people.add_person(editor(college), "20107001", NEW)
        made = person_of("20107001")
        assert (made.name, made.pinyin, made.initials) == ("覃·明", "qin ming|tan ming", "qm|tm")
        shown = fingerprint(made)
        people.change_person(
            editor(college), "20107001", replace(NEW, readings=("tan ming",)), shown
        )
        assert (made.pinyin, made.initials) == ("tan ming", "tm")
        changed = db.session.scalars(select(AdminAct).order_by(AdminAct.position.desc())).first()
        assert changed is not None
        assert changed.before == {"pinyin": "qin ming|tan ming", "initials": "qm|tm"}


@pytest.mark.parametrize(
    ("emp_no", "given", "said"),
    [
        ("20100013", {}, "该工号已登记"),
        ("20107001", {"wecom_userid": "az0001"}, "已登记在向维岷名下"),
    ],
)
def test_what_is_taken(college: Flask, emp_no: str, given: dict[str, str], said: str) -> None:
    with college.app_context():
        with pytest.raises(Unmet, match=said):
            people.add_person(editor(college), emp_no, replace(NEW, **given))  # type: ignore[arg-type]  # of the table above
        assert not acts()


def test_the_order_of_the_leaders_has_no_gap(college: Flask) -> None:
    with college.app_context():
        one = person("单晓燕")
        given = PersonFields(
            one.name, ("shan xiao yan",), 3, one.sort_no, one.phone, one.email, one.wecom_userid, ""
        )
        people.change_person(editor(college), one.emp_no, given, fingerprint(one))
        ranks = db.session.execute(
            select(Person.name, Person.rank_no)
            .where(Person.rank_no.is_not(None))
            .order_by(Person.rank_no)
        ).all()
        assert [row.rank_no for row in ranks] == list(range(1, 11))
        assert [row.name for row in ranks][:4] == ["向维岷", "三郎泽里", "单晓燕", "余茂春"]
        assert acts() == ["reorder", "reorder"]


def test_who_holds_open_items_is_not_disabled(college: Flask, draft_item: Draft) -> None:
    """「尚有1项督办事项未交接」: how many, not which."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        keeper = editor(college)
        with pytest.raises(Unmet, match=r"^尚有1项督办事项未交接"):
            people.disable_person(keeper, emp_no_of(college, "邓涛"), WHY)
        assert person("邓涛").active


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("坤清祥", "仍分管或联系后勤国资处、保卫处、智造建筑学院"),
        ("坤建军", "仍是保卫处的负责人"),
        ("向维岷", "仍分管或联系组织人事部"),
    ],
)
def test_who_leads_something_is_followed_first(college: Flask, name: str, said: str) -> None:
    with college.app_context(), pytest.raises(Unmet, match=said):
        people.disable_person(editor(college), emp_no_of(college, name), WHY)


@pytest.mark.parametrize("kind", ["sys_admin", "sec_admin", "auditor"])
def test_who_holds_an_administrators_account_is_not_disabled(college: Flask, kind: str) -> None:
    """系统管理员 would be rid of who watches him."""
    with college.app_context():
        held = select(Person.emp_no).join(Account).where(Account.kind == kind)
        emp_no = db.session.scalars(held).one()
        with pytest.raises(Unmet, match="持有管理员账号"):
            people.disable_person(editor(college), emp_no, WHY)


def test_who_left_signs_in_no_more(college: Flask) -> None:
    """Posts end today; whoever comes back is entered anew, without a rank."""
    emp_no = emp_no_of(college, "彭国栋")
    with college.app_context():
        account = db.session.scalars(select(Account.id).where(Account.username == emp_no)).one()
        phones.bind(account, "wxwork", datetime.now(UTC))
        db.session.commit()
        people.disable_person(editor(college), emp_no, WHY)
        one = person_of(emp_no)
        assert not one.active
        ends = select(Appointment.valid_to).where(Appointment.person_id == one.id)
        assert set(db.session.scalars(ends)) == {ANCHOR}
        assert db.session.scalars(select(BoundPhone.ended_at)).one() is not None
        with pytest.raises(Unmet, match="已停用"):
            people.disable_person(editor(college), emp_no, WHY)
        people.enable_person(editor(college), emp_no, WHY)
        assert person_of(emp_no).active
        assert acts() == ["end_appointment", "disable_person", "enable_person"]


def test_an_account_is_opened_without_a_password(college: Flask) -> None:
    """The system administrator alone cannot make a way in."""
    with college.app_context():
        people.add_person(editor(college), "20107001", NEW)
        people.open_account(editor(college), "20107001")
        account = db.session.scalars(select(Account).filter_by(username="20107001")).one()
        assert (account.password_hash, account.must_change) == ("!", True)
        assert "password_hash" not in str(db.session.scalars(select(AdminAct.after)).all())
        with pytest.raises(Unmet, match="已有账号"):
            people.open_account(editor(college), "20107001")


def test_who_does_not_keep_the_people_changes_none(college: Flask) -> None:
    with college.app_context():
        for kind in ("sec_admin", "auditor"):
            with pytest.raises(NotOffered, match="由系统管理员维护"):
                people.add_person(editor(college, kind), "20107001", NEW)
