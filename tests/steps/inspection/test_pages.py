"""实地督查 through its pages: the plan, the record with a photograph, the points, the list."""

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
from tests.steps.acting import HANDLER, HEAD, OFFICE, OFFICE_HEAD, OFFICE_LEADER, Actor
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
        "begun_at": "2026-11-22T09:00", "ended_at": "2026-11-22T10:30", "place": "南校区",
        "attendees": "坤建军", "findings": "2处警示牌未安装。", "declared": "y",
        "files": (_picture(), "现场.jpg"),
    }  # fmt: skip
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
    assert "已核实" in get(client, item).text


def test_the_list_is_each_persons_own(college: Flask, actor: Actor) -> None:
    """By stage and unit; whoever may not know of an item sees no inspection of it."""
    _in(actor, acts.rectifying_now)
    page = get(sign_in(college, OFFICE), "/inspections?stage=rectifying&unit=BWC")
    assert "0/1条" in page.text
    assert acts.CHIEF in page.text
    assert "没有符合条件" in get(sign_in(college, OFFICE), "/inspections?stage=planned").text
    assert "0/1条" in get(sign_in(college, HEAD), "/inspections").text
    assert "没有符合条件" in get(sign_in(college, "林婉清"), "/inspections").text
