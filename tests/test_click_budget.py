"""Acts (submits) and fields typed on the common paths, through the pages; they must not grow.

Ticking the declaration counts as part of its act, not as a field typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, Person, Unit
from portal.rulebook.scope import view_as
from tests.packages import stand_in
from tests.pages import fill

As = Callable[[str], FlaskClient]
OFFICE, HANDLER, HEAD, CO_HEAD = "何玉萍", "邓涛", "坤建军", "王尔基"
DECISION = {
    "title": "校园电动车充电设施专项检查",
    "requirement": "检查全部充电点位，建立台账。",
    "source_type": "president_meeting",
    "source_ref": "院长办公会2026年第15次会议",
    "lead_unit": "BWC",
    "co_units": "HGC",
    "level": "2",
}
REPORT = {
    "measures": "对全部充电点位开展拉网式检查。",
    "progress": "已检查全部点位，发现隐患17处。",
    "next_steps": "逐项销号。",
    "percent": "60",
}
LAST = {**REPORT, "percent": "100", "closing": "y", "result_text": "隐患17处已全部整改。"}


@dataclass
class Desk:
    """People at work on one item; every submit and every field typed is counted."""

    app: Flask
    as_: As
    page: str = ""
    acts: int = 0
    typed: int = 0
    units: Mapping[str, str] = field(default_factory=dict)

    def do(
        self, who: str, action: str, typed: Mapping[str, Any] | None = None, at: str = ""
    ) -> None:
        """One submit of one form."""
        given = dict(typed or {})
        self.acts, self.typed = self.acts + 1, self.typed + len(given)
        if self.page:
            given |= {"declared": "y"}
        answer = fill(self.as_(who), self.page + at, action, given)
        assert answer.status == 303, (who, action, answer.text[:800])
        if not self.page:
            self.page = (answer.location or "").partition("#")[0]

    def create(self) -> None:
        """From a decision of a meeting to 审签, in one form."""
        values = {**DECISION, "lead_unit": self.units["BWC"], "co_units": self.units["HGC"]}
        self.do(OFFICE, "/items/new", {**values, "submit": ""}, at="/items/new?secret=no")
        self.typed -= 1  # the button

    def state(self) -> str:
        """Where the item stands."""
        with self.app.app_context():
            office = db.session.scalars(select(Person.id).where(Person.name == OFFICE)).one()
            view_as(office, self.app.extensions["portal.clock"])
            return db.session.scalars(select(Item.state)).one()


@pytest.fixture
def desk(college: Flask, as_: As) -> Desk:
    """Nothing was done yet."""
    with college.app_context():
        units = {row.code: str(row.id) for row in db.session.execute(select(Unit.code, Unit.id))}
    return Desk(college, as_, units=units)


def _id_of(app: Flask, name: str) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Person.id).where(Person.name == name)).one())


def test_from_a_decision_to_the_first_signature(desk: Desk) -> None:
    """The office creates and sends an item: at most 2 acts and 7 fields."""
    desk.create()
    assert desk.state() == "pending_sign"
    assert desk.acts <= 2
    assert desk.typed <= 7


def test_the_whole_line(desk: Desk) -> None:
    """Level 2, one co-unit, two reports, from draft to archive: at most 20 acts. A signature is one
    act and nothing typed, a receipt one act and the handler, a report one act."""
    desk.create()
    _signed(desk, ("坤清祥", "余茂春", "三郎泽里"))
    desk.do(OFFICE, "/filing")
    _costs(desk, 1, lambda: desk.do(
        HEAD, "/units/BWC/receipt", {"handler": _id_of(desk.app, HANDLER)}
    ))  # fmt: skip
    _costs(desk, 1, lambda: desk.do(CO_HEAD, "/units/HGC/receipt"))
    _costs(desk, 1, lambda: desk.do(HEAD, "/feedback", REPORT, at="/feedback/new"))
    desk.do(OFFICE, "/reading")
    desk.do(CO_HEAD, "/units/HGC/completion")
    desk.do(HANDLER, "/feedback", LAST, at="/feedback/new")
    _signed(desk, (HEAD, "坤清祥", "杨思源", "余茂春", "三郎泽里", "向维岷"))
    desk.do(OFFICE, "/closure")
    stand_in(uuid.UUID(desk.page.rsplit("/", 1)[-1]), desk.app)
    desk.do(HANDLER, "/copy")
    desk.do("黄素芬", "/archive")
    assert desk.state() == "archived"
    assert desk.acts <= 20
    assert not _waiting(desk), "nothing is left to click away"


def test_by_telephone(desk: Desk) -> None:
    """第十五条: what is urgent is handed out in one act with nothing typed, and ended in one act
    with its result; from draft to 销号 at most 10 acts, 批量阅知 of both principals included."""
    desk.do(
        OFFICE, "/items/new",
        {**DECISION, "lead_unit": desk.units["BWC"], "co_units": [], "level": "1",
         "method": "phone"},
        at="/items/new?secret=no",
    )  # fmt: skip
    typed = desk.typed
    _costs(desk, 1, lambda: desk.do("杨思源", "/notice/first"))
    assert (desk.state(), desk.typed) == ("in_progress", typed)
    _signed(desk, ("坤清祥", "余茂春", "三郎泽里"))
    desk.do(OFFICE, "/filing")
    _costs(desk, 1, lambda: desk.do("杨思源", "/closing/simple", {"result_text": "已办妥。"}))
    assert desk.typed == typed + 1
    for who in ("向维岷", "三郎泽里"):
        read = fill(desk.as_(who), "/todo/reading", "/todo/reading", {"all": "y"})
        assert read.status == 303
        desk.acts += 1
    desk.do(OFFICE, "/closure")
    assert desk.state() == "closed"
    assert desk.acts <= 10


def _signed(desk: Desk, people: tuple[str, ...]) -> None:
    for who in people:
        typed = desk.typed
        _costs(desk, 1, lambda who=who: desk.do(who, "/signature"))
        assert desk.typed == typed


def _costs(desk: Desk, acts: int, path: Callable[[], None]) -> None:
    before = desk.acts
    path()
    assert desk.acts - before <= acts


def _waiting(desk: Desk) -> list[Tag]:
    """What still waits for anybody of this line."""
    from tests.pages import get

    people = (OFFICE, "杨思源", HANDLER, HEAD, CO_HEAD, "坤清祥", "余茂春", "三郎泽里", "向维岷")
    return [
        link
        for who in people
        for link in get(desk.as_(who), "/todo").soup.select(f"a[href*='{desk.page}']")
    ]
