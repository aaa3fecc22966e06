"""第二十一条: the gate — the program's scope and the database's own, asked in many ways."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Event, Item, ItemUnit, Person
from portal.rulebook.scope import ScopeError, everything, view_as, visible
from tests.gate import say, saying

NEW = Callable[..., uuid.UUID]


def _id(name: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def _as(app: Flask, name: str):  # type: ignore[no-untyped-def]  # the viewer's type is the test's own business
    return view_as(_id(name), app.extensions["portal.clock"])


@pytest.mark.parametrize(
    ("name", "knows"),
    [("何玉萍", True), ("泽仁旺姆", True), ("坤清祥", False), ("坤建军", False), ("周慎之", False)],
)
def test_a_draft_is_known_to_its_drafters_only(
    college: Flask, draft_item: NEW, name: str, knows: bool
) -> None:
    """SPEC §2.4: the unit learns of an item when it is submitted, not before."""
    draft_item("A01")
    with college.app_context():
        viewer = _as(college, name)
        assert len(db.session.scalars(visible(viewer, Item)).all()) == int(knows)
        # The same question without the scope, to the database alone.
        assert db.session.scalar(text("SELECT count(*) FROM item")) == int(knows)
        assert (db.session.scalar(text("SELECT count(*) FROM item_unit")) or 0) == 3 * knows


ASKED = {
    "entity": lambda: db.session.scalars(select(Item)).all(),
    "column": lambda: db.session.scalars(select(Item.title)).all(),
    "core": lambda: db.session.execute(select(Item.__table__)).all(),
    "text": lambda: db.session.execute(text("SELECT title FROM item")).all(),
    "join": lambda: db.session.execute(
        select(ItemUnit.id).join(Item, Item.id == ItemUnit.item_id)
    ).all(),
    "event": lambda: db.session.scalars(select(Event)).all(),
    "exists": lambda: db.session.scalars(select(Person.id).where(select(Item.id).exists())).all(),
    "union": lambda: db.session.execute(select(Item.id).union_all(select(ItemUnit.item_id))).all(),
    "subquery": lambda: db.session.execute(
        select(func.count()).select_from(select(Item.id).subquery()).having(func.count() > 0)
    ).all(),
    "connection": lambda: db.session.connection().execute(text("SELECT 1 FROM item")).all(),
    "driver": lambda: db.session.connection().exec_driver_sql("SELECT 1 FROM item").all(),
}


@pytest.mark.parametrize("way", ASKED)
def test_a_stranger_sees_nothing_however_it_is_asked(
    college: Flask, draft_item: NEW, way: str
) -> None:
    """Row-level security answers where a scope was forgotten."""
    draft_item("A01")
    with college.app_context():
        _as(college, "何玉萍")
        assert ASKED[way](), "the drafter sees it, so the question is a real one"
        _as(college, "周慎之")
        assert ASKED[way]() == []


@pytest.mark.parametrize("way", ASKED)
def test_asking_as_nobody_is_loud(college: Flask, draft_item: NEW, way: str) -> None:
    """A forgotten viewer raises in the program instead of answering with an empty page."""
    draft_item("A01")
    with college.app_context(), pytest.raises(ScopeError):
        ASKED[way]()


def test_reading_as_one_and_asking_for_another_is_refused(college: Flask) -> None:
    """The viewer handed to `visible` is the one the session reads as."""
    with college.app_context():
        one = _as(college, "何玉萍")
        _as(college, "周慎之")
        with pytest.raises(ScopeError):
            visible(one, Item)


def test_the_web_role_never_reads_everything(college: Flask, draft_item: NEW) -> None:
    """A reason opens the worker's gate only."""
    draft_item("A01")
    with college.app_context(), everything(because="测试"):
        assert db.session.scalars(select(Item)).all() == []


def test_the_worker_reads_everything_with_a_reason(
    college: Flask, database: Servers, draft_item: NEW
) -> None:
    """Without a reason even the worker sees nothing."""
    draft_item("A01")
    with connect(database.worker_url) as raw, raw.transaction():
        assert raw.execute("SELECT count(*) FROM item").fetchone() == (0,)
        say(raw, saying(because="核对"))
        assert raw.execute("SELECT count(*) FROM item").fetchone() == (1,)


def test_events_cannot_be_changed(college: Flask, database: Servers, draft_item: NEW) -> None:
    """Append-only, for the web's role and for the owner of the tables alike."""
    draft_item("A01")
    for statement in (
        "UPDATE event SET act = 'sign'",
        "DELETE FROM event",
        "TRUNCATE event CASCADE",
    ):
        with connect(database.owner_url) as raw, pytest.raises(Exception, match="append-only"):
            raw.execute(statement)
    with college.app_context():
        _as(college, "何玉萍")
        with pytest.raises(DBAPIError):
            db.session.execute(text("UPDATE event SET act = 'sign'"))


def test_no_part_can_be_hung_on_a_foreign_item(college: Flask, draft_item: NEW) -> None:
    """Who may not know of an item cannot write to it either."""
    draft_item("A01")
    with college.app_context():
        _as(college, "何玉萍")
        item_id = db.session.scalars(select(Item.id)).one()
        _as(college, "周慎之")
        with pytest.raises(DBAPIError):
            db.session.execute(
                text("INSERT INTO opinion (item_id, body, salt) VALUES (:item, '', '')"),
                {"item": item_id},
            )


@pytest.mark.parametrize(
    ("name", "everyone", "units", "offices", "heads"),
    [
        ("何玉萍", True, {"DZB"}, {"office_staff"}, set()),
        ("杨思源", True, {"DZB"}, {"office_head"}, {"DZB"}),
        ("余茂春", True, {"DZB", "XCTZ", "MYXY"}, {"office_leader"}, set()),
        ("单晓燕", False, {"JWB"}, set(), set()),
        ("坤清祥", False, {"HGC", "BWC", "ZZJZ"}, set(), set()),
        ("陈𬭎", False, {"TXZX", "NLST", "WLJG", "JWC", "KYC", "JYXY"}, set(), set()),
        ("王尔基", False, {"HGC"}, set(), {"HGC"}),
        ("彭国栋", False, set(), set(), set()),
        ("周慎之", False, set(), {"conf_officer"}, set()),
        ("黄素芬", True, set(), {"archivist"}, set()),
    ],
)
def test_keys_follow_from_the_appointments_of_the_day(
    college: Flask, name: str, everyone: bool, units: set[str], offices: set[str], heads: set[str]
) -> None:
    """SPEC §1.3 查看台账: A, P, U, O; 陈𬭎 acts for 解学农 and knows of his field (SPEC §1.5), and
    has no key of an office by it; 王尔基 is in charge of his unit and has its head's."""
    from portal.models import Unit
    from portal.rulebook.keys import HEADS_KEYS, OFFICE_KEYS, held_by
    from portal.rulebook.scope import moment_of

    with college.app_context():
        person = _id(name)
        codes = {unit.id: unit.code for unit in db.session.scalars(select(Unit))}
        keys = held_by(person, moment_of(college.extensions["portal.clock"])).keys
    assert (0 in keys) == everyone
    assert -person in keys
    first = min(OFFICE_KEYS.values())
    assert {codes[key] for key in keys if 0 < key < first} == units
    assert {role for role, key in OFFICE_KEYS.items() if key in keys} == offices
    assert {codes[key - HEADS_KEYS] for key in keys if key > HEADS_KEYS} == heads
