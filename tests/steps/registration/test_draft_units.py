"""第八、十二条: for which units one may draft, as they are on the day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import Item, Portfolio, Unit
from tests.pages import fill, get
from tests.steps.registration.pages import (
    ENOUGH,
    LITTLE,
    NEW,
    made,
    stored,
    unit_id,
    value,
    wrong,
)

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]


def _end(app: Flask, short_name: str, day: date = date(2026, 11, 22)) -> None:
    with app.app_context():
        unit = db.session.query(Unit).filter_by(short_name=short_name).one()
        unit.valid_to = day
        db.session.commit()


@pytest.mark.parametrize(("day", "offered"), [(22, False), (23, True)])
def test_a_unit_that_ended_is_not_offered(college: Flask, as_: As, day: int, offered: bool) -> None:
    """SPEC §1.4: never deleted, end-dated; the last day still counts."""
    _end(college, "保卫处", date(2026, 11, day))
    page = get(as_("何玉萍"), NEW)
    assert (page.soup.find("option", string="保卫处") is not None) == offered
    boxes = [row.get_text(strip=True) for row in page.soup.select("#f-co_units label")]
    assert ("保卫处" in boxes) == offered
    typed = {**LITTLE, "lead_unit": unit_id(college, "保卫处")}
    answer = fill(as_("何玉萍"), NEW, "/items/new", typed)
    assert answer.status == (303 if offered else 422)


@pytest.mark.parametrize(("ended", "field"), [("保卫处", "lead_unit"), ("学工部", "co_units")])
def test_a_unit_that_ended_meanwhile_is_named(
    college: Flask, as_: As, ended: str, field: str
) -> None:
    """第九条: in the draft's form and when it is submitted from its page."""
    office = as_("何玉萍")
    typed = {
        **ENOUGH,
        "lead_unit": unit_id(college, "保卫处"),
        "co_units": [unit_id(college, "学工部"), unit_id(college, "教务处")],
        "save": "",
    }
    del typed["submit"]
    address = made(office, typed)
    _end(college, ended)
    assert f"{ended}已撤销，请改选现有单位。" in get(office, f"{address}/form").text
    answer = fill(office, address, "/submission", {"declared": "y"})
    assert answer.status == 422
    assert f"{ended}已撤销" in answer.text
    assert wrong(get(office, f"{address}/form")) == {field}


def test_a_lead_unit_without_leader_is_refused(college: Flask, as_: As) -> None:
    """第四条: when it is saved, and when the leader left after that."""
    office, unit = as_("何玉萍"), unit_id(college, "保卫处")
    typed = {**ENOUGH, "lead_unit": unit, "save": ""}
    del typed["submit"]
    address = made(office, typed)
    with college.app_context():
        row = db.session.query(Portfolio).filter_by(unit_id=int(unit), valid_to=None).one()
        row.valid_to = date(2026, 11, 22)
        db.session.commit()
    answer = fill(office, address, "/submission", {"declared": "y"})
    assert answer.status == 422
    assert "该单位目前没有分管校领导" in answer.text
    answer = fill(office, NEW, "/items/new", {**LITTLE, "lead_unit": unit})
    assert answer.status == 422
    assert wrong(answer) == {"lead_unit"}


@pytest.mark.parametrize(
    ("who", "units"),
    [
        ("坤建军", ["保卫处"]),
        ("邓涛", ["保卫处"]),
        ("王尔基", ["后勤国资处"]),
        ("杨初", ["后勤国资处"]),
        ("何赟", ["教务处"]),
    ],
)
def test_a_unit_drafts_for_itself(college: Flask, as_: As, who: str, units: list[str]) -> None:
    """SPEC §1.3 拟稿 U: the own unit stands in the form, and no other; delegates included."""
    page = get(as_(who), NEW)
    options = page.soup.find(id="f-lead_unit").find_all("option")
    assert [option.get_text(strip=True) for option in options] == units
    assert value(page, "lead_unit") == unit_id(college, units[0])
    assert "为本单位拟稿" in page.text


def test_a_draft_does_not_move_to_a_foreign_unit(college: Flask, as_: As) -> None:
    """The check of the first draft holds for every later save."""
    liaison = as_("邓涛")
    address = made(liaison, dict(LITTLE))
    answer = fill(
        liaison, f"{address}/form", "/form", {"lead_unit": unit_id(college, "教务处"), "save": ""}
    )
    assert answer.status == 422
    assert wrong(answer) == {"lead_unit"}
    with college.app_context():
        from portal.rulebook.refusals import Unmet
        from portal.rulebook.scope import view_as
        from portal.rulebook.workflow import Intent
        from portal.steps.registration import commands

        drafter = stored(college, address, "邓涛")
        viewer = view_as(drafter.drafter_id, college.extensions["portal.clock"])
        item = db.session.get_one(Item, drafter.id)
        fields = commands.ItemFields(
            title="事项", level=2, lead_unit_id=int(unit_id(college, "教务处"))
        )
        with pytest.raises(Unmet, match="本单位"):
            commands.revise(viewer, item, fields, Intent(item.version, uuid.uuid4()))
