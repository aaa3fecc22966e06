"""The sample college: complete, repeatable, and kept out of production (SPEC §9)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from portal.accounts import passwords
from portal.demo import (
    DEMO_PASSWORD,
    DemoAccountsError,
    assert_no_demo_accounts,
    draft_inputs,
    load_college,
    sample,
)
from portal.demo.cards import SHOWN, cards
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import (
    Account,
    Appointment,
    Delegation,
    NumberSequence,
    Person,
    Portfolio,
    Unit,
)
from portal.models.base import Base
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import view_as
from tests.people import draft

TODAY = date(2026, 11, 23)
CLOSED = {"seal", "unsealed", "number_taken", "gate_secret", "reminded", "reminder_mark"}
"""Tables that the web's role may not look into."""
READERS = {"school_leader", "school_leader_viewer", "unit_head_party"}
"""Roles that read or lead to another one; no act of the straight way is theirs."""


def everything_in(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, of guarded ones those that the drafter may know of."""
    with app.app_context():
        drafter = db.session.scalars(select(Person.id).where(Person.emp_no == "20100013")).one()
        view_as(drafter, app.extensions["portal.clock"])
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in CLOSED
        }


def test_everybody_is_there(college: Flask) -> None:
    with college.app_context():
        counted = {
            model: db.session.scalar(select(func.count()).select_from(model))
            for model in (Unit, Person, Portfolio, Delegation, Account)
        }
    assert counted == {Unit: 18, Person: 70, Portfolio: 19, Delegation: 2, Account: 74}


def test_loading_again_changes_nothing(college: Flask) -> None:
    draft(college, "A01")
    before = everything_in(college)
    load_college(college)
    assert everything_in(college) == before


def test_loading_overwrites_nobodys_work(college: Flask) -> None:
    with college.app_context():
        db.session.execute(
            update(Account).where(Account.username == "20100013").values(password_hash="own")
        )
        db.session.execute(update(NumberSequence).values(value=44))
        db.session.execute(update(Person).where(Person.name == "何玉萍").values(phone="1"))
        db.session.commit()
    before = everything_in(college)
    load_college(college)
    assert everything_in(college) == before


def test_what_is_missing_is_completed(college: Flask, database: Servers) -> None:
    """The portal itself gives nobody another 工号, and no two persons one account of a channel."""
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE person SET emp_no = 'x', wecom_userid = '' WHERE emp_no = '20100013'")
        raw.commit()
    load_college(college)
    with college.app_context():
        roles = db.session.scalars(
            select(Appointment.role).join(Person).where(Person.emp_no == "20100013")
        ).all()
    assert sorted(roles) == ["liaison", "office_staff"]


def test_two_loaders_at_once(app: Flask) -> None:
    threads = [threading.Thread(target=load_college, args=(app,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context():
        assert db.session.scalar(select(func.count(Account.id))) == 74
        assert db.session.scalar(select(func.count(Appointment.id))) == 114


def test_every_role_is_one_the_rule_book_knows(college: Flask) -> None:
    with college.app_context():
        held = Counter(db.session.scalars(select(Appointment.role)))
    assert set(held) - {role.value for role in Role} == READERS
    assert (held["unit_head"], held["school_leader"], held["liaison"]) == (18, 8, 18)


@pytest.mark.parametrize("unit", sample.organisation()["units"], ids=lambda unit: str(unit["code"]))
def test_heads_liaisons_and_leaders_are_those_of_the_sample(
    college: Flask, unit: dict[str, str]
) -> None:
    """第四、六条: one responsible leader, one head, one liaison a unit on the anchor day."""
    emp_no = {person["id"]: person["emp_no"] for person in sample.people()}
    with college.app_context():
        unit_id = db.session.scalars(select(Unit.id).where(Unit.code == unit["code"])).one()

        def holder(role: str) -> str:
            return db.session.scalars(
                select(Person.emp_no)
                .join(Appointment, Appointment.person_id == Person.id)
                .where(Appointment.role == role, Appointment.unit_id == unit_id)
                .where(in_force(Appointment, TODAY))
            ).one()

        leader = db.session.scalars(
            select(Person.emp_no)
            .join(Portfolio, Portfolio.leader_id == Person.id)
            .where(Portfolio.unit_id == unit_id, in_force(Portfolio, TODAY))
        ).one()
        assert holder("unit_head") == emp_no[unit["head_id"]]
        assert holder("liaison") == emp_no[unit["liaison_id"]]
        assert leader == emp_no[unit["responsible_leader_id"]]


@pytest.mark.parametrize(
    ("day", "leader"), [(date(2026, 2, 27), "解学农"), (date(2026, 2, 28), "陈𬭎")]
)
def test_a_past_portfolio_stays(college: Flask, day: date, leader: str) -> None:
    with college.app_context():
        found = db.session.scalars(
            select(Person.name)
            .join(Portfolio, Portfolio.leader_id == Person.id)
            .join(Unit, Unit.id == Portfolio.unit_id)
            .where(Unit.code == "TXZX", in_force(Portfolio, day))
        ).all()
    assert found == [leader]


def test_leaders_hold_no_unit_but_two(college: Flask) -> None:
    with college.app_context():
        placed = db.session.scalars(
            select(Person.name)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(Person.rank_no.is_not(None), Appointment.unit_id.is_not(None))
            .distinct()
        ).all()
    assert sorted(placed) == sorted(["毛明军", "仇瑾"])


def test_each_person_has_one_primary_appointment(college: Flask) -> None:
    with college.app_context():
        primary = Counter(
            db.session.scalars(select(Appointment.person_id).where(Appointment.is_primary))
        )
    assert len(primary) == 70
    assert set(primary.values()) == {1}


def test_delegations(college: Flask) -> None:
    with college.app_context():
        rows = db.session.scalars(select(Delegation).order_by(Delegation.id)).all()
        names = dict(db.session.execute(select(Person.id, Person.name)).all())
    first, second = rows
    assert (names[first.from_id], names[first.to_id]) == ("解学农", "陈𬭎")
    assert (first.kind, first.roles) == ("AB角", ["responsible_leader"])
    assert first.starts_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert (names[second.from_id], names[second.to_id]) == ("覃燚", "王尔基")
    assert (second.kind, second.roles) == ("主持工作", ["unit_head"])


def test_accounts(college: Flask) -> None:
    with college.app_context():
        kinds = Counter(db.session.scalars(select(Account.kind)))
        usernames = set(db.session.scalars(select(Account.username)))
        hashes = set(db.session.scalars(select(Account.password_hash)))
    assert kinds == {"person": 70, "sys_admin": 1, "sec_admin": 1, "auditor": 1, "display": 1}
    assert usernames == set(sample.usernames())
    assert len(hashes) == 1, "hashed once"
    assert passwords.matches(hashes.pop(), DEMO_PASSWORD)


def test_numbers_follow_the_paper_ledger(college: Flask) -> None:
    with college.app_context():
        given = db.session.execute(
            select(NumberSequence.word, NumberSequence.year, NumberSequence.value)
        ).all()
    assert [tuple(row) for row in given] == [("阿职督办", 2025, 40)]


def test_first_drafts_are_those_of_the_sample() -> None:
    first, second = draft_inputs()
    assert (first["title"], first["lead_unit"], first["co_units"]) == (
        "冬季校园消防安全隐患集中排查整治",
        "BWC",
        ["HGC", "XGB"],
    )
    assert (first["drafter"], first["handler"]) == ("20100013", "20100049")
    assert {first["category"], second["category"]} == {"instruction"}
    assert second["source_date"] == date(2026, 11, 6)


def test_every_item_of_the_sample_makes_a_draft() -> None:
    every = tuple(item["id"] for item in sample.items())
    assert len(draft_inputs(every)) == 40
    with pytest.raises(KeyError):
        draft_inputs(("Z99",))


def test_cards_say_who_and_how_many(college: Flask) -> None:
    draft(college, "A01")
    with college.app_context():
        shown = cards()
        identity = db.session.scalar(text("SELECT current_setting('app.keys', true)"))
    assert len(shown) == len(SHOWN)
    waits = {card.name: card.waits for card in shown}
    assert waits["何玉萍"] == waits["向维岷"] + 1, "the draft waits for its drafter"
    assert waits["三郎泽里"] == 0
    assert identity == "", "nobody's eyes are left behind"


def test_production_refuses_the_sample(college: Flask, app: Flask) -> None:
    with college.app_context(), pytest.raises(DemoAccountsError, match="74 accounts"):
        assert_no_demo_accounts()
    with app.app_context():
        assert_no_demo_accounts()


def test_closed_sample_accounts_are_harmless(college: Flask) -> None:
    with college.app_context():
        db.session.execute(update(Account).values(active=False))
        db.session.commit()
        assert_no_demo_accounts()
