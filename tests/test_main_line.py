"""第十二至十六条, straight: draft → 审签 → 审核 → 审定 → 编号备案 → 交办 → 签收 → 反馈 → 办结 →
销号 → 归档, each by the right person of the sample college, through the pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Item, Person
from portal.rulebook.scope import view_as
from tests import scenes
from tests.packages import stand_in
from tests.pages import fill, get

As = Callable[[str], FlaskClient]
REPORT = {
    "measures": "对学生公寓、实训楼开展拉网式排查。",
    "progress": "已排查全部楼栋，发现隐患17处。",
    "next_steps": "逐项销号，11月23日前完成整改。",
    "percent": "60",
    "declared": "y",
}
CLOSING = {
    "result_text": "排查隐患17处，已全部整改。",
    "declared": "y",
    "without_co_units": "y",
}


class Act(NamedTuple):
    """Who does what through which form, and the state and the word of 待办 it leads to."""

    who: str
    action: str
    state: str
    typed: Mapping[str, Any] = MappingProxyType({})
    at: str = ""


LINE = (
    Act("何玉萍", "/submission", "pending_sign", {"declared": "y"}),
    Act("坤清祥", "/signature", "pending_review", {"opinion": "同意立项。"}),
    Act("余茂春", "/signature", "pending_approve", {"opinion": "已审核，请主要领导审定。"}),
    Act("三郎泽里", "/signature", "pending_filing"),
    Act("何玉萍", "/filing", "issued"),
    Act("坤建军", "/units/BWC/receipt", "in_progress", {"handler": "邓涛"}),
    Act("杨初", "/units/HGC/receipt", "in_progress"),
    Act("邓涛", "/feedback", "in_progress", REPORT, at="/feedback/new"),
    Act("坤建军", "/confirmation", "in_progress"),
    Act("何玉萍", "/reading", "in_progress"),
    Act("邓涛", "/closing", "closing_unit", CLOSING),
    Act("坤建军", "/signature", "closing_sign"),
    Act("坤清祥", "/signature", "closing_check"),
    Act("杨思源", "/signature", "closing_review"),
    Act("余茂春", "/signature", "closing_report"),
    Act("三郎泽里", "/signature", "closing_report"),
    Act("向维岷", "/signature", "closing_filing"),
    Act("何玉萍", "/closure", "closed"),
    Act("邓涛", "/copy", "closed"),
    Act("黄素芬", "/archive", "archived"),
)


def _state(app: Flask, public_id: uuid.UUID) -> str:
    with app.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(office, app.extensions["portal.clock"])
        return db.session.scalars(select(Item.state).where(Item.public_id == public_id)).one()


def _person(app: Flask, name: str) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Person.id).where(Person.name == name)).one())


def walk(app: Flask, as_: As, public_id: uuid.UUID, line: tuple[Act, ...]) -> None:
    """Do these acts one after the other; each must lead to its state."""
    scenes.play(app, ("walk", public_id, repr(line)), lambda: _walk(app, as_, public_id, line))


def _walk(app: Flask, as_: As, public_id: uuid.UUID, line: tuple[Act, ...]) -> None:
    for act in line:
        if act.action == "/copy":
            stand_in(public_id, app)
        typed = {
            name: _person(app, value) if name == "handler" else value
            for name, value in act.typed.items()
        }
        answer = fill(as_(act.who), f"/items/{public_id}{act.at}", act.action, typed)
        assert answer.status == 303, (act.who, act.action, answer.status, answer.text[:600])
        assert (answer.location or "").partition("#")[0].partition("?")[0] == f"/items/{public_id}"
        assert _state(app, public_id) == act.state, act


@pytest.mark.parametrize("sample", ["A01"])
def test_first_instruction_goes_from_draft_to_archive(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID], sample: str
) -> None:
    """第十六条: the seven 环节, one event an act, the first number of the year."""
    public_id = draft_item(sample)
    walk(college, as_, public_id, LINE)
    with college.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(office, college.extensions["portal.clock"])
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        assert (item.doc_word, item.doc_year, item.doc_seq) == ("阿职督办", 2026, 1)
        acts = db.session.scalars(
            select(Event.act).where(Event.item_id == item.id).order_by(Event.id)
        ).all()
    assert acts == [
        "create", "submit", "sign", "review", "approve", "file", "issue",
        "sign_receipt", "assign_handler", "sign_receipt",
        "submit_feedback", "confirm_feedback", "read_feedback",
        "apply_close", "confirm_close", "sign_close", "check_close", "review_close",
        "read_close", "read_close", "close", "keep_copy", "archive",
    ]  # fmt: skip


def test_item_typed_in_by_hand_is_submitted_in_one_act(college: Flask, as_: As) -> None:
    """第十二条: category, principal and days follow from source and level."""
    office = as_("何玉萍")
    page = get(office, "/items/new?secret=no")
    lead = page.soup.find("option", string="保卫处")
    assert lead is not None
    answer = fill(
        office,
        "/items/new?secret=no",
        "/items/new",
        {
            "title": "校园电动车充电设施专项检查。",
            "requirement": "检查全部充电点位，建立台账。",
            "source_type": "party_committee",
            "lead_unit": lead["value"],
            "level": "3",
            "submit": "",
        },
    )
    assert answer.status == 303, answer.text[:600]
    assert answer.location is not None
    public_id = uuid.UUID(answer.location.rsplit("/", 1)[-1])
    assert _state(college, public_id) == "pending_sign"
    page = get(as_("坤清祥"), answer.location)
    assert "校园电动车充电设施专项检查" in page.text
    assert "决策类" in page.text
    assert "自交办之日起30天" in page.text


def test_what_waits_follows_the_item(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """待办: the person whose turn it is sees it, and after the act it is gone."""
    public_id = draft_item("A01")
    for act in LINE[:7]:
        client = as_(act.who)
        assert f"/items/{public_id}" in get(client, "/todo").html, act
        walk(college, as_, public_id, (act,))
    assert f"/items/{public_id}" not in get(as_("坤清祥"), "/todo").html
