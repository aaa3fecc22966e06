"""实地督查 through its pages: the plan, the record with a photograph, the points."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal.extensions import db
from portal.models import Attachment
from tests.pages import Page, get, send, values_of
from tests.people import draft, sign_in
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    pass_days,
)
from tests.steps.inspection import acts


@pytest.fixture
def actor(college: Flask) -> Actor:
    """An item of level 2 in work; pages are opened outside an application context."""
    public_id = draft(college, "A01", **acts.SECOND)
    found = Actor(college, public_id)
    with college.app_context():
        found.to_work()
    return found


def _in(actor: Actor, do: Any, *args: Any, **kwargs: Any) -> uuid.UUID:
    """Do an act; the public id of the inspection."""
    with actor.app.app_context():
        do(actor, *args, **kwargs)
        return acts.visit(actor).public_id


def _send(client: FlaskClient, form: Tag, **typed: object) -> Page:
    return send(client, str(form["action"]), {**values_of(form), **typed})


def _picture() -> io.BytesIO:
    found = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(found, "JPEG")
    found.seek(0)
    return found


def test_the_plan_is_written_on_its_page(college: Flask, actor: Actor) -> None:
    """Its lacks are said at the fields, with everything typed kept."""
    client = sign_in(college, OFFICE)
    item = f"/items/{actor.public_id}"
    page = get(client, item)
    address = f"{item}/units/BWC/inspection"
    assert f'href="{address}"' in page.html
    form = get(client, address).form(address)
    with college.app_context():
        day = actor.viewer(OFFICE).moment.day
    typed = {
        "matter": "推进缓慢，现场核查。", "planned_on": (day + timedelta(days=2)).isoformat(),
        "methods": ["interview", "on_site"], "leader": acts.CHIEF, "member_1": acts.DISCIPLINE,
        "outline": "一看现场，二查台账。", "declared": "y",
    }  # fmt: skip
    back = _send(client, form, **typed)
    assert back.status == 422
    assert "未满足“3+N”组成原则，请说明原因（缺组织人事部人员）。" in back.text
    again = _send(client, back.form(address), **typed, member_2=acts.HR)
    assert again.status == 303
    page = get(sign_in(college, OFFICE_LEADER), item)
    assert "督查方案" in page.text
    assert f"{acts.CHIEF}（党政办）" in page.text


def test_a_returned_plan_comes_back_filled(college: Flask, actor: Actor) -> None:
    visit = _in(actor, acts.plan)
    leader = sign_in(college, OFFICE_LEADER)
    item = f"/items/{actor.public_id}"
    address = f"{item}/inspections/{visit}/return"
    form = get(leader, item).form(address)
    assert _send(leader, form, opinion="请补充督查提纲。").status == 303
    client = sign_in(college, OFFICE)
    address = f"{item}/inspections/{visit}/plan"
    assert f'href="{address}"' in get(client, item).html
    page = get(client, address)
    assert "推进缓慢，现场核查整改情况。" in page.text
    assert _send(client, page.form(address), declared="y").status == 303


def test_a_photograph_is_kept_with_the_record(college: Flask, actor: Actor) -> None:
    """It is shown with the inspection, and taken by the phone's camera where there is one."""
    _in(actor, acts.plan)
    visit = _in(actor, acts.approve)
    client = sign_in(college, acts.DISCIPLINE)
    item = f"/items/{actor.public_id}"
    address = f"{item}/inspections/{visit}/record"
    page = get(client, item)
    assert 'capture="environment"' in page.html
    typed = {
        "begun_at": "2026-11-23T00:00", "ended_at": "2026-11-23T00:00", "place": "南校区",
        "attendees": "坤建军", "findings": "2处警示牌未安装。", "declared": "y",
        "files": (_picture(), "现场.jpg"),
    }  # fmt: skip
    odd = _send(client, page.form(address), **{**typed, "begun_at": "0001-01-01T00:00"})
    assert odd.status == 422
    typed["files"] = (_picture(), "现场.jpg")
    assert _send(client, page.form(address), **typed).status == 303
    assert "现场.jpg" in get(client, item).text
    with college.app_context():
        actor.viewer(OFFICE)
        kept = db.session.query(Attachment).filter_by(purpose="inspection").one()
        assert (kept.subject, kept.subject_id) == ("inspection", acts.visit(actor).id)


def test_points_are_written_and_answered(college: Flask, actor: Actor) -> None:
    """A line that is begun is whole; the head signs, the handler replies, the team verifies."""
    _in(actor, acts.gone)
    visit = _in(actor, acts.conclude)
    item = f"/items/{actor.public_id}"
    head = sign_in(college, OFFICE_HEAD)
    address = f"{item}/inspections/{visit}/opinion"
    form = get(head, item).form(address)
    with college.app_context():
        owner = f"{acts.unit()}-{acts.person(HANDLER)}"
    typed = {"problem_1": "警示牌未安装", "owner_1": owner, "due_1": "2026-11-27", "declared": "y"}
    back = _send(head, form, **typed)
    assert back.status == 422
    assert "请填写整改要求。" in back.text
    again = _send(head, back.form(address), **typed, requirement_1="安装到位")
    assert again.status == 303
    _in(actor, acts.sign)
    left = "实地督查整改意见尚有1条未核实通过，办结前须完成整改。"
    assert left in get(head, item).text
    with college.app_context():
        actor.viewer(OFFICE)
        point = acts.point(actor).public_id
    client = sign_in(college, HANDLER)
    address = f"{item}/rectifications/{point}/reply"
    page = get(client, item)
    said = {"reply": "已安装到位。", "declared": "y", "files": (_picture(), "安装后.jpg")}
    assert _send(client, page.form(address), **said).status == 303
    client = sign_in(college, acts.DISCIPLINE)
    page = get(client, item)
    assert "安装后.jpg" in page.text
    address = f"{item}/rectifications/{point}/verification"
    assert _send(client, page.form(address)).status == 303
    page = get(client, item)
    assert "已核实" in page.text
    assert left not in page.text


def test_another_leader_is_named_on_the_page(college: Flask, actor: Actor) -> None:
    visit = _in(actor, acts.gone)
    item = f"/items/{actor.public_id}"
    client = sign_in(college, OFFICE)
    address = f"{item}/inspections/{visit}/chief"
    back = _send(client, get(client, item).form(address), chief=HEAD, opinion=REASON)
    assert (back.status, "组长不得为被督查单位人员" in back.text) == (422, True)
    sent = _send(client, back.form(address), chief=acts.DISCIPLINE, opinion=REASON)
    assert sent.status == 303
    assert f"组长由{acts.CHIEF}更换为{acts.DISCIPLINE}" in get(client, item).text


def test_a_point_is_given_to_another_unit_and_taken_back(college: Flask, actor: Actor) -> None:
    """The card goes on showing it, as 已撤销."""
    _in(actor, acts.rectifying_now)
    item = f"/items/{actor.public_id}"
    with college.app_context():
        actor.viewer(OFFICE)
        point = acts.point(actor).public_id
        owner = f"{acts.unit(CO_UNIT)}-{acts.person(CO_HEAD)}"
    client = sign_in(college, OFFICE_HEAD)
    form = get(client, item).form(f"{item}/rectifications/{point}/owner")
    typed = {"owner": owner, "due": "2026-12-01", "opinion": REASON}
    assert _send(client, form, **typed).status == 303
    page = get(client, item)
    assert "责任单位由保卫处改为后勤国资处" in page.text
    form = page.form(f"{item}/rectifications/{point}/withdrawal")
    assert _send(client, form, opinion=REASON).status == 303
    page = get(client, item)
    assert "已撤销" in page.text
    assert "未核实通过，办结前须完成整改" not in page.text


@pytest.mark.parametrize("passed", [False, True])
def test_the_form_asks_for_a_new_day_where_one_has_passed(
    college: Flask, actor: Actor, passed: bool
) -> None:
    for do in (acts.gone, acts.conclude, acts.issue):
        _in(actor, do)
    visit = _in(actor, acts.contest)
    if passed:
        pass_days(college, 5)
    item = f"/items/{actor.public_id}"
    client = sign_in(college, OFFICE_HEAD)
    page = get(client, item)
    form = page.form(f"{item}/inspections/{visit}/opinion/upholding")
    assert ("第1条的整改时限已过" in page.text) is passed
    assert (form.find("input", {"name": "due"}) is not None) is passed
    typed = {"due": "2026-12-01"} if passed else {}
    assert _send(client, form, opinion=REASON, **typed).status == 303


def test_several_items_of_a_unit_are_inspected_on_one_way(college: Flask, actor: Actor) -> None:
    """One form, a plan of each item; the second is no repetition of the first."""
    other = Actor(college, draft(college, "A02", lead_unit="BWC", co_units=[], **acts.SECOND))
    with college.app_context():
        other.to_work()
    client = sign_in(college, OFFICE)
    assert get(client, "/inspections/new").soup.find("option", value="BWC")
    address = "/inspections/new"
    page = get(client, f"{address}?unit=BWC")
    with college.app_context():
        day = actor.viewer(OFFICE).moment.day
    typed = {
        "matter": "一并督查。", "planned_on": (day + timedelta(days=2)).isoformat(),
        "methods": ["on_site"], "leader": acts.CHIEF, "member_1": acts.DISCIPLINE,
        "member_2": acts.HR, "outline": "查台账。", "declared": "y",
    }  # fmt: skip
    back = _send(client, page.form(address), **typed)
    assert (back.status, "请选择事项。" in back.text) == (422, True)
    both = [one.public_id.hex for one in (actor, other)]
    sent = _send(client, back.form(address), **typed, items=both)
    assert (sent.status, sent.location) == (303, "/inspections?stage=planned")
    with college.app_context():
        first, second = acts.visit(actor), acts.visit(other)
        assert first.journey == second.journey
        assert {first.state, second.state} == {"plan_pending"}
    assert get(sign_in(college, HEAD), "/inspections/new").status != 200
