"""第十二条: a draft is saved with little, completed at 提交立项, and keeps what was chosen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Item, Portfolio
from tests.pages import fill, get
from tests.steps.registration.pages import (
    ENOUGH,
    LITTLE,
    NEW,
    co_units,
    leader_id,
    made,
    stored,
    unit_id,
    value,
    wrong,
)

As = Callable[[str], FlaskClient]
New = Callable[..., uuid.UUID]


def test_six_answers_submit_a_decision_of_the_presidents_meeting(college: Flask, as_: As) -> None:
    """At most seven fields are typed or chosen, the 涉密 answer included; the level stands."""
    office = as_("何玉萍")
    typed = {**ENOUGH, "lead_unit": unit_id(college, "保卫处")}
    answered = ["secret", *(typed.keys() - {"submit"})]
    assert len(answered) <= 7
    item = stored(college, made(office, typed))
    assert item.state == "pending_sign"
    assert (item.category, item.principal, item.method) == ("decision", "president", "written")
    assert (item.deadline_kind, item.deadline_days) == ("days", 15)
    assert item.chosen == []


def test_few_fields_stand_first_and_the_rest_is_folded(as_: As) -> None:
    page = get(as_("何玉萍"), NEW)
    rest = page.soup.find("details", id="item-rest")
    assert not rest.has_attr("open")
    folded = {str(box["name"]) for box in rest.find_all(["input", "select", "textarea"])}
    assert folded == {
        "source_ref", "source_date", "principal", "category", "method", "responsible_leader",
        "co_units", "deadline_kind", "deadline_days", "deadline_date", "deadline_basis",
        "classification", "reviewed",
    }  # fmt: skip
    form = page.form("/items/new")
    first = {
        str(box["name"])
        for box in form.find_all(["input", "select", "textarea"])
        if box.get("type") != "hidden"
    } - folded
    assert first == {"title", "requirement", "source_type", "lead_unit", "level"}


def test_a_title_and_a_lead_unit_are_a_draft(college: Flask, as_: As) -> None:
    """Everything else is said to be open, on the item's page too."""
    office = as_("何玉萍")
    address = made(office, {**LITTLE, "lead_unit": unit_id(college, "保卫处")})
    item = stored(college, address)
    assert (item.state, item.source_type, item.category, item.principal) == ("draft", "", "", "")
    page = get(office, address)
    assert page.status == 200
    assert page.text.count("未填写") == 3, "requirement, source, category"
    for room in ("/", "/todo", "/ledger"):
        assert get(office, room).status == 200


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ({}, {"title", "lead_unit"}),
        ({"title": "事项"}, {"lead_unit"}),
        ({"title": "　。 "}, {"title", "lead_unit"}),
    ],
)
def test_less_is_no_draft(as_: As, typed: dict[str, str], missing: set[str]) -> None:
    answer = fill(as_("何玉萍"), NEW, "/items/new", {**typed, "save": ""})
    assert answer.status == 422
    assert wrong(answer) == missing


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ({}, {"title", "lead_unit", "requirement", "source_type"}),
        ({"title": "事项", "lead_unit": "保卫处"}, {"requirement", "source_type"}),
        ({**ENOUGH, "lead_unit": "保卫处", "requirement": " "}, {"requirement"}),
        ({**ENOUGH, "lead_unit": "保卫处", "source_type": "leader_instruction"}, {"principal"}),
        ({**ENOUGH, "lead_unit": "保卫处", "deadline_days": "5"}, {"deadline_days"}),
        ({"title": "事项", "lead_unit": "保卫处", "deadline_kind": "date"},
         {"requirement", "source_type", "deadline_date"}),
        ({**ENOUGH, "lead_unit": "保卫处", "deadline_date": "2026-12-31"}, {"deadline_basis"}),
        ({**ENOUGH, "lead_unit": "保卫处", "deadline_date": "2026-11-22"}, {"deadline_date"}),
        ({**ENOUGH, "lead_unit": "保卫处", "deadline_kind": "open"}, {"deadline_kind"}),
    ],
)  # fmt: skip
def test_submitting_names_everything_that_is_missing_at_once(
    college: Flask, as_: As, typed: dict[str, str], missing: set[str]
) -> None:
    """第十六条（一）: field by field; the fold opens where one of its fields is named."""
    given = dict(typed)
    if "lead_unit" in given:
        given["lead_unit"] = unit_id(college, given["lead_unit"])
    answer = fill(as_("何玉萍"), NEW, "/items/new", {**given, "submit": ""})
    assert answer.status == 422
    assert wrong(answer) == missing
    rest = answer.soup.find("details", id="item-rest")
    folded = {str(box["name"]) for box in rest.find_all(["input", "select"])}
    assert not missing & folded or rest.has_attr("open")


def test_the_panel_of_the_draft_names_what_is_missing_too(college: Flask, as_: As) -> None:
    """Submitted from the item's page, where the fields are not: the guard says it in a sentence."""
    office = as_("何玉萍")
    address = made(office, {**LITTLE, "lead_unit": unit_id(college, "保卫处")})
    answer = fill(office, address, "/submission", {"declared": "y"})
    assert answer.status == 422
    assert "立项内容尚不完整：请填写办理要求。请选择事项来源。" in answer.text
    form = {"requirement": "要求", "source_type": "leader_instruction", "save": ""}
    assert fill(office, f"{address}/form", "/form", form).status == 303
    answer = fill(office, address, "/submission", {"declared": "y"})
    assert "请选择作出批示的领导。" in answer.text
    assert fill(office, f"{address}/form", "/form", {"principal": "secretary"}).status == 303
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    assert stored(college, address).principal == "secretary"


@pytest.mark.parametrize("column", ["source_type", "category", "principal"])
def test_the_database_holds_no_submitted_item_that_is_incomplete(
    college: Flask, as_: As, column: str
) -> None:
    office = as_("何玉萍")
    address = made(office, {**ENOUGH, "lead_unit": unit_id(college, "保卫处")})
    item = stored(college, address)
    with college.app_context():
        from portal.rulebook.scope import view_as

        view_as(item.drafter_id, college.extensions["portal.clock"])
        with pytest.raises(IntegrityError, match="ck_item_settled"):
            db.session.execute(update(Item.__table__).values({column: ""}))


def test_what_was_chosen_stays_and_the_rest_follows(college: Flask, as_: As) -> None:
    """第十、十八条: an edit of source and level moves what nobody decided, and nothing else."""
    office = as_("何玉萍")
    typed = {
        **LITTLE,
        "lead_unit": unit_id(college, "保卫处"),
        "source_type": "president_meeting",
        "category": "key_work",
        "deadline_kind": "days",
        "deadline_days": "10",
    }
    address = made(office, typed)
    page = get(office, f"{address}/form")
    assert (value(page, "category"), value(page, "principal")) == ("key_work", "")
    assert (value(page, "deadline_kind"), value(page, "deadline_days")) == ("days", "10")
    assert page.soup.find("details", id="item-rest").has_attr("open")
    moved = {"source_type": "party_committee", "level": "3", "save": ""}
    assert fill(office, f"{address}/form", "/form", moved).status == 303
    item = stored(college, address)
    assert (item.category, item.principal) == ("key_work", "secretary")
    assert (item.deadline_kind, item.deadline_days) == ("days", 10)
    assert item.chosen == ["category", "deadline"]


def test_what_was_proposed_is_proposed_again(college: Flask, as_: As) -> None:
    """Saved days of the second level are not the drafter's own when the level becomes the third."""
    office = as_("何玉萍")
    typed = {**LITTLE, "lead_unit": unit_id(college, "保卫处"), "source_type": "leader_task"}
    address = made(office, typed)
    assert stored(college, address).method == "phone"
    page = get(office, f"{address}/form")
    assert not page.soup.find("details", id="item-rest").has_attr("open")
    moved = {
        "level": "3", "source_type": "routine", "lead_unit": unit_id(college, "学工部"), "save": "",
    }  # fmt: skip
    assert fill(office, f"{address}/form", "/form", moved).status == 303
    item = stored(college, address)
    assert (item.deadline_days, item.method) == (30, "written")
    assert item.responsible_leader_id == int(leader_id(college, "卓玛青措"))
    assert item.chosen == []


def test_the_chosen_category_equal_to_the_proposed_one_is_chosen(college: Flask, as_: As) -> None:
    office = as_("何玉萍")
    typed = {
        **LITTLE,
        "lead_unit": unit_id(college, "保卫处"),
        "source_type": "president_meeting",
        "category": "decision",
    }
    address = made(office, typed)
    moved = {"source_type": "routine", "save": ""}
    assert fill(office, f"{address}/form", "/form", moved).status == 303
    assert stored(college, address).category == "decision"


def test_another_responsible_leader_is_kept(college: Flask, as_: As) -> None:
    """附件 1: 责任校领导 may be another one than the leader in charge, who signs all the same."""
    office = as_("何玉萍")
    other = leader_id(college, "余茂春")
    typed = {**ENOUGH, "lead_unit": unit_id(college, "保卫处"), "responsible_leader": other}
    address = made(office, typed)
    assert stored(college, address).responsible_leader_id == int(other)
    assert get(as_("坤清祥"), address).form("/signature")


def test_the_leader_of_the_day_of_submission_answers(college: Flask, as_: As) -> None:
    """第四条: 领导分工 changed after the draft was saved."""
    office, unit = as_("何玉萍"), unit_id(college, "保卫处")
    typed = {**ENOUGH, "lead_unit": unit, "save": ""}
    del typed["submit"]
    address = made(office, typed)
    new = int(leader_id(college, "余茂春"))
    with college.app_context():
        row = db.session.query(Portfolio).filter_by(unit_id=int(unit), valid_to=None).one()
        row.leader_id = new
        db.session.commit()
    assert fill(office, address, "/submission", {"declared": "y"}).status == 303
    assert stored(college, address).responsible_leader_id == new


BAD: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a title too long": ({"title": "长" * 61}, {"title"}),
    "a requirement too long": ({"requirement": "长" * 301}, {"requirement"}),
    "a basis too long": ({"source_ref": "长" * 201}, {"source_ref"}),
    "a reason too long": ({"deadline_basis": "长" * 201}, {"deadline_basis"}),
    "no days at all": ({"deadline_days": "0"}, {"deadline_days"}),
    "half a day": ({"deadline_days": "1.5"}, {"deadline_days"}),
    "a thousand million days": ({"deadline_days": str(10**9)}, {"deadline_days"}),
    "the first year": ({"deadline_date": "0001-01-01"}, {"deadline_date"}),
    "the last year": ({"deadline_date": "9999-12-31"}, {"deadline_date"}),
    "no day of the calendar": ({"deadline_date": "2026-02-30"}, {"deadline_date"}),
    "a source of tomorrow": ({"source_date": "2026-11-24"}, {"source_date"}),
    "a source of another age": ({"source_date": "0001-01-01"}, {"source_date"}),
    "a kind without its date": ({"deadline_kind": "date"}, {"deadline_date"}),
    "days for a fourth level": ({"level": "4", "deadline_kind": "days"}, {"deadline_kind"}),
    "days and a date": (
        {"deadline_days": "7", "deadline_date": "2026-12-01"}, {"deadline_kind"},
    ),
    "a source that is none": ({"source_type": "dream"}, {"source_type"}),
    "a level that is none": ({"level": "5"}, {"level"}),
    "a method that is none": ({"method": "pigeon"}, {"method"}),
    "a category that is none": ({"category": "'; --"}, {"category"}),
    "a principal that is none": ({"principal": "author"}, {"principal"}),
    "a leader that is none": ({"responsible_leader": "-1"}, {"responsible_leader"}),
    "a lead unit that is none": ({"lead_unit": "999999"}, {"lead_unit"}),
    "a co-unit that is none": ({"co_units": ["999999"]}, {"co_units"}),
    "more co-units than there are": (
        {"co_units": [str(number) for number in range(500)]}, {"co_units"},
    ),
    "the lead among the co-units": ({"co_units": ["保卫处"]}, {"co_units"}),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "fields"), BAD.values(), ids=BAD)
def test_bad_input_is_named_at_its_field_and_everything_typed_is_kept(
    college: Flask, as_: As, typed: dict[str, Any], fields: set[str]
) -> None:
    lead = unit_id(college, "保卫处")
    given = {**LITTLE, "requirement": "要求", "source_ref": "会议", "lead_unit": lead, **typed}
    if given.get("co_units") == ["保卫处"]:
        given["co_units"] = [lead]
    answer = fill(as_("何玉萍"), NEW, "/items/new", given)
    assert answer.status == 422, answer.location
    assert wrong(answer) == fields
    for name, text in given.items():
        if name in ("title", "requirement", "source_ref", "deadline_days", "deadline_basis"):
            assert value(answer, name) == text
    if "lead_unit" not in typed:
        assert value(answer, "lead_unit") == lead


def test_co_units_named_twice_are_named_once(college: Flask, as_: As) -> None:
    one, two = unit_id(college, "学工部"), unit_id(college, "党政办")
    typed = {**LITTLE, "lead_unit": unit_id(college, "保卫处"), "co_units": [one, two, one]}
    address = made(as_("何玉萍"), typed)
    assert co_units(college, address) == {"学工部", "党政办"}
