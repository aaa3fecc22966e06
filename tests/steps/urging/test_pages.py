"""催办 as people meet it: 催办管理, the form, the page, annex 2, papers, a sensitive item."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents.queries import sheets_of, standing
from portal.documents.render import render
from portal.documents.table import fill as fill_sheet
from portal.extensions import db
from portal.models import UrgeNotice, UrgeQuestion
from portal.rulebook import knowledge, urging
from portal.rulebook.scope import view_as, visible
from portal.steps.knowledge import commands as listing
from tests.documents.samples import rows_of
from tests.pages import fill, get
from tests.people import draft
from tests.stages import person
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
)
from tests.steps.paper import sheet
from tests.steps.urging import acts
from tests.steps.urging.test_life import LEVEL_2

As = Callable[[str], FlaskClient]
OTHER_CO_HEAD = "余㛃"


@pytest.fixture
def late(college: Flask) -> Actor:
    """An item of level 2, overdue since yesterday."""
    found = Actor(college, draft(college, "A01", **LEVEL_2))
    with college.app_context():
        found.to_work()
        acts.overdue(found)
    return found


def test_from_the_list_to_the_leaders(late: Actor, as_: As) -> None:
    """催办管理 says why; the form is filled from the facts; of two forms the second is told who was
    first."""
    office, head = as_(OFFICE), as_(OFFICE_HEAD)
    address = f"/items/{late.public_id}/units/BWC/urging"
    room = get(office, "/urges")
    assert "逾期1天未办结" in room.text
    assert address in room.html
    assert address in get(office, f"/items/{late.public_id}").html
    form = get(head, address)
    assert "第1次催办：逾期1天未办结（阿职督办〔2026〕1号，完成时限2026年11月22日）。" in form.text
    sent = fill(office, address, "/urging", {"declared": "y", "limit_days": "2"})
    assert sent.status == 303
    typed = {"subject": "催办", "limit_days": "3", "declared": "y", "key": str(uuid.uuid4())}
    token = {"csrf_token": str(form.form("/urging").find(attrs={"name": "csrf_token"})["value"])}  # type: ignore[index]
    second = head.post(address, data={**typed, **token})
    assert second.status_code == 422
    assert f"{OFFICE}已于2026年11月23日" in second.get_data(as_text=True)
    room = get(office, "/urges")
    assert "待分管院领导审签" in room.text
    assert address not in room.html
    page = get(head, f"/items/{late.public_id}")
    assert "第1次催办" in page.text
    assert "待说明，2026年11月24日前" in page.text


def test_the_room_is_the_offices(late: Actor, as_: As) -> None:
    """Neither the room nor the form is anybody else's."""
    for who in (HEAD, LEADER, "冉静"):
        assert get(as_(who), "/urges").status == 404, who
        assert get(as_(who), f"/items/{late.public_id}/units/BWC/urging").status == 422, who


def test_bad_input(late: Actor, as_: As) -> None:
    """422 with the field named, and nothing is drafted."""
    address, office = f"/items/{late.public_id}/units/BWC/urging", as_(OFFICE)
    for typed in (
        {"subject": ""}, {"subject": "绝密★10年"}, {"limit_days": "0"}, {"limit_days": "11"},
        {"limit_days": "9" * 30}, {"limit_days": "三"}, {"declared": ""},
    ):  # fmt: skip
        given = {name: value for name, value in {"declared": "y", **typed}.items() if value}
        cleared = {"subject": ""} if typed.get("subject") == "" else {}
        assert fill(office, address, "/urging", given | cleared).status == 422, typed
    with late.app.app_context():
        late.item()
        assert db.session.scalars(select(UrgeNotice)).all() == []


def test_units_that_cannot_be_urged(late: Actor, as_: As) -> None:
    """A unit of another item, none at all, one that has missed nothing."""
    for code, status in (("JWC", 404), ("nothing", 404), ("%00", 404), (CO_UNIT, 422)):
        asked = get(as_(OFFICE), f"/items/{late.public_id}/units/{code}/urging")
        assert asked.status == status, code


def test_annex_2(late: Actor) -> None:
    """Every row of the form, as issued and put on file; annex 3 names it."""
    with late.app.app_context():
        acts.urge(late, subject="第1次催办：逾期1天未办结。")
        viewer, item = late.item()
        (drawn,) = [line for line in sheets_of(viewer, item) if line.kind.startswith("urge-")]
        assert drawn.label == "催办通知单（保卫处，第1次）"
        acts.sign_all(late)
        acts.issue(late)
        acts.receive(late)
        viewer, item = late.item()
        of = standing(viewer, item, drawn.kind)
        rows = rows_of(render("urge", fill_sheet(viewer, item, drawn.kind, of.as_of_id, "阿坝")))
        late.apply_close()
        viewer, item = late.item()
        closing = fill_sheet(viewer, item, "closing", of.as_of_id, "阿坝")
    assert rows[:5] == [
        ["催办部门", "党政办公室"],
        ["催办事项", "第1次催办：逾期1天未办结。"],
        ["事项", rows[2][1]],
        ["督查督办主体", "安全保卫处", "单位责任人", "坤建军"],
        ["协办单位责任人", "", "协办承办人", ""],
    ]
    assert rows[5][0::2] == ["分管院领导", "分管党政办院领导"]
    assert rows[5][1] == "同意。坤清祥2026年11月23日"
    assert rows[7] == ["办理要求", "请于2026年11月26日前办结，2个工作日内书面说明原因。"]
    assert [row[0] for row in rows[8:]] == ["组织、纪委备案", "党政办备案"]
    assert closing.urging == "催办1次：阿职催办〔2026〕1号"  # type: ignore[union-attr]


def test_on_paper(late: Actor) -> None:
    """SPEC §8.4: a box of the notice typed in from a sheet; one refused on paper ends it."""
    with late.app.app_context():
        acts.urge(late)
        viewer, item = late.item()
        day = viewer.moment.day
        sheet.enter(late.app, viewer, item, sheet.entry(item, "sign_urge", LEADER, day))
        assert acts.notice(late).state == "ug_review"
        viewer, item = late.item()
        refused = sheet.entry(
            item, "review_urge", OFFICE_LEADER, day, decided="refuse", opinion="暂缓催办。"
        )
        sheet.enter(late.app, viewer, item, refused)
        found = acts.notice(late)
        assert (found.state, found.ended_at is None) == ("ug_void", False)


def test_a_sensitive_item(college: Flask) -> None:
    """第二十一条: the people of another co-unit know neither of the notice nor of the reason."""
    actor = Actor(college, draft(college, "A01", **LEVEL_2))
    with college.app_context():
        actor.to_work()
        actor.receive(CO_HEAD, CO_UNIT, "杨初")
        viewer, item = actor.item(OFFICE_HEAD)
        listing.mark(viewer, item, intent(item, REASON))
        for name, code in ((CO_HEAD, CO_UNIT), (OTHER_CO_HEAD, "XGB")):
            viewer, item = actor.item(OFFICE_HEAD)
            if person(name) not in knowledge.listed(item):
                unit = acts.unit_of(code)
                listing.grant(viewer, item, intent(item, REASON), person(name), unit)
        acts.overdue(actor, code=CO_UNIT)
        acts.urge(actor, code=CO_UNIT)
        acts.state_reason(actor, CO_HEAD)
        seen = {name: _seen(college, name) for name in (OFFICE, CO_HEAD, OTHER_CO_HEAD)}
    assert seen == {OFFICE: (1, 1), CO_HEAD: (1, 1), OTHER_CO_HEAD: (0, 0)}


def _seen(college: Flask, name: str) -> tuple[int, int]:
    viewer = view_as(person(name), college.extensions["portal.clock"])
    return (
        len(db.session.scalars(visible(viewer, UrgeNotice)).all()),
        len(db.session.scalars(visible(viewer, UrgeQuestion)).all()),
    )


def test_the_list_of_the_unmet(college: Flask) -> None:
    """Nobody is named before a limit has passed."""
    with college.app_context():
        view_as(person(OFFICE_HEAD), college.extensions["portal.clock"])
        assert urging.unmet_notices([1]) == []
