"""退回, 不予立项, 撤回, 单位负责人确认, 删除: leaving the straight line (第十二条, SPEC §2.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Event, Item, Opinion, Person
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill, get

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
REASON = "请明确责任单位和完成时限。"
LINE = [("坤清祥", "sign"), ("余茂春", "review"), ("三郎泽里", "approve")]


def _viewer(app: Flask, name: str) -> Viewer:
    person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return view_as(person, app.extensions["portal.clock"])


def _item(viewer: Viewer, public_id: uuid.UUID) -> Item:
    return db.session.scalars(visible(viewer, Item).where(Item.public_id == public_id)).one()


def _act(app: Flask, name: str, public_id: uuid.UUID, act: str, text: str = "") -> str:
    """Do one act; the state the drafter then finds."""
    viewer = _viewer(app, name)
    item = _item(viewer, public_id)
    intent = Intent(item.version, uuid.uuid4(), text)
    if act == "submit":
        registration.submit(viewer, item, intent, declared=True)
    elif act in ("return", "previous"):
        signing.send_back(viewer, item, intent, to_previous=act == "previous")
    elif act == "reject":
        signing.reject(viewer, item, intent)
    elif act == "withdraw":
        registration.withdraw(viewer, item, intent)
    elif act == "return_filing":
        registration.send_back(viewer, item, intent)
    else:
        signing.sign(viewer, item, act, intent)
    return _item(_viewer(app, "何玉萍"), public_id).state


def _to(app: Flask, public_id: uuid.UUID, signed: int) -> None:
    _act(app, "何玉萍", public_id, "submit")
    for name, act in LINE[:signed]:
        _act(app, name, public_id, act)


@pytest.mark.parametrize("signed", [0, 1, 2])
@pytest.mark.parametrize(
    ("act", "state", "approval"),
    [("return", "returned", "returned"), ("reject", "rejected", "refused")],
)
def test_whoever_holds_the_step_may_return_or_refuse(
    college: Flask, draft_item: New, signed: int, act: str, state: str, approval: str
) -> None:
    """第十二条: with a reason, and what was signed stays readable."""
    public_id = draft_item()
    holder = LINE[signed][0]
    with college.app_context():
        _to(college, public_id, signed)
        with pytest.raises(Unmet):
            _act(college, holder, public_id, act, "不行")
        db.session.rollback()
        assert _act(college, holder, public_id, act, REASON) == state
        item = _item(_viewer(college, "何玉萍"), public_id)
        run = db.session.scalars(select(Approval).where(Approval.item_id == item.id)).one()
        assert run.state == approval
        assert REASON in db.session.scalars(select(Opinion.body)).all()
        kept = db.session.scalars(select(ApprovalSlot).where(ApprovalSlot.state == "agreed")).all()
        assert len(kept) == signed


@pytest.mark.parametrize("name", ["何玉萍", "余茂春", "三郎泽里", "坤建军"])
def test_nobody_else_may_return_or_refuse(college: Flask, draft_item: New, name: str) -> None:
    """审签 is 坤清祥's turn and nobody else's."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 0)
        for act in ("return", "reject"):
            with pytest.raises(NotOffered):
                _act(college, name, public_id, act, REASON)
            db.session.rollback()


def test_after_a_return_the_chain_starts_again_with_a_new_version(
    college: Flask, draft_item: New
) -> None:
    """A returned form becomes version n+1; the first run stays as history."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 2)
        _act(college, "三郎泽里", public_id, "return", REASON)
        _to(college, public_id, 3)
        item = _item(_viewer(college, "何玉萍"), public_id)
        runs = db.session.scalars(select(Approval).order_by(Approval.id)).all()
    assert item.state == "pending_filing"
    assert [(run.form_version, run.state) for run in runs] == [(1, "returned"), (2, "agreed")]


def test_a_step_back_clears_one_signature(college: Flask, draft_item: New) -> None:
    """「退回上一环节」: 审核 is asked again, 审签 stands."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 2)
        assert _act(college, "三郎泽里", public_id, "previous", REASON) == "pending_review"
        _viewer(college, "何玉萍")
        states = db.session.scalars(
            select(ApprovalSlot.state).order_by(ApprovalSlot.position)
        ).all()
        assert states == ["agreed", "open", "waiting"]
        assert _act(college, "余茂春", public_id, "review") == "pending_approve"
        assert _act(college, "三郎泽里", public_id, "approve") == "pending_filing"


def test_there_is_no_step_before_the_first(college: Flask, draft_item: New) -> None:
    """审签 can only go back to the drafter."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 0)
        with pytest.raises(Unmet):
            _act(college, "坤清祥", public_id, "previous", REASON)


def test_the_office_returns_at_filing(college: Flask, draft_item: New) -> None:
    """Design §1: the office, which files, may return; no number is used."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 3)
        assert _act(college, "泽仁旺姆", public_id, "return_filing", REASON) == "returned"
        assert _item(_viewer(college, "何玉萍"), public_id).doc_seq is None


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_the_drafter_withdraws(college: Flask, draft_item: New, signed: int) -> None:
    """SPEC §2.3: offices correct mistakes minutes after sending."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, signed)
        with pytest.raises(NotOffered):
            _act(college, "泽仁旺姆", public_id, "withdraw")
        db.session.rollback()
        assert _act(college, "何玉萍", public_id, "withdraw") == "draft"


def test_no_withdrawal_once_one_of_two_principals_has_signed(
    college: Flask, draft_item: New
) -> None:
    """The present step has acted."""
    public_id = draft_item(principal="both")
    with college.app_context():
        _to(college, public_id, 3)
        with pytest.raises(Unmet):
            _act(college, "何玉萍", public_id, "withdraw")


@pytest.mark.parametrize("order", [("向维岷", "三郎泽里"), ("三郎泽里", "向维岷")])
def test_both_principals_in_any_order(
    college: Flask, draft_item: New, order: tuple[str, str]
) -> None:
    """第十二条: both named, both sign; the first one leaves the state as it is."""
    public_id = draft_item(principal="both")
    with college.app_context():
        _to(college, public_id, 2)
        assert _act(college, order[0], public_id, "approve") == "pending_approve"
        with pytest.raises(NotOffered):
            _act(college, order[0], public_id, "approve")
        db.session.rollback()
        assert _act(college, order[1], public_id, "approve") == "pending_filing"


def test_one_refusal_of_two_is_enough(college: Flask, draft_item: New) -> None:
    """SPEC §2.3: 不予立项 with both opinions visible."""
    public_id = draft_item(principal="both")
    with college.app_context():
        _to(college, public_id, 2)
        _act(college, "向维岷", public_id, "approve", "同意，请抓紧落实。")
        assert _act(college, "三郎泽里", public_id, "reject", "暂不立项。") == "rejected"
        words = set(db.session.scalars(select(Opinion.body)))
    assert {"同意，请抓紧落实。", "暂不立项。"} <= words


def test_a_unit_draft_goes_to_its_head_first(college: Flask, as_: As) -> None:
    """第六条: 邓涛 of 保卫处 drafts, 坤建军 confirms, then 坤清祥 signs."""
    liaison = as_("邓涛")
    page = get(liaison, "/items/new?secret=no")
    lead = page.soup.find("option", string="保卫处")
    assert lead is not None
    answer = fill(
        liaison,
        "/items/new?secret=no",
        "/items/new",
        {
            "title": "事项",
            "requirement": "要求",
            "source_type": "routine",
            "lead_unit": lead["value"],
            "submit": "",
        },
    )
    assert answer.status == 303, answer.text[:400]
    address = str(answer.location)
    assert "待单位负责人确认" in get(liaison, address).text
    assert get(as_("郑守方"), address).status == 404
    assert not get(as_("坤清祥"), address).actions(), "the leader's turn comes after the head's"
    assert fill(as_("坤建军"), address, "/signature").status == 303
    assert "待分管领导审签" in get(as_("坤清祥"), address).text


def test_a_unit_drafts_for_itself_only(college: Flask, as_: As) -> None:
    """SPEC §1.3: own unit. Another one is not in the form, and refused when sent all the same."""
    liaison, form = as_("邓涛"), "/items/new?secret=no"
    lead = get(as_("何玉萍"), form).soup.find("option", string="教务处")
    assert lead is not None
    assert get(liaison, form).soup.find("option", string="教务处") is None
    answer = fill(
        liaison,
        "/items/new?secret=no",
        "/items/new",
        {
            "title": "事项",
            "requirement": "要求",
            "source_type": "routine",
            "lead_unit": lead["value"],
            "save": "",
        },
    )
    assert answer.status == 422
    assert "aria-invalid" in answer.form("/items/new").find(id="f-lead_unit").attrs


def test_a_deleted_draft_is_gone_for_everybody_and_its_event_stays(
    college: Flask, as_: As, draft_item: New
) -> None:
    """T13: texts erased, 404 for the drafter too, the audit row kept."""
    public_id = draft_item()
    office = as_("何玉萍")
    assert fill(office, f"/items/{public_id}", "/deletion").status == 303
    assert get(office, f"/items/{public_id}").status == 404
    assert "冬季校园消防" not in get(office, "/todo").html


def test_reasons_are_asked_on_the_page(college: Flask, as_: As, draft_item: New) -> None:
    """退回 without a reason: 422 at the field, the panel stays open."""
    public_id = draft_item()
    with college.app_context():
        _to(college, public_id, 0)
    leader = as_("坤清祥")
    answer = fill(leader, f"/items/{public_id}", "/return", {"opinion": ""})
    assert answer.status == 422
    assert "请写明理由" in answer.text
    answer = fill(leader, f"/items/{public_id}", "/return", {"opinion": REASON})
    assert answer.status == 303
    assert REASON in get(as_("何玉萍"), f"/items/{public_id}").text
    with college.app_context():
        _viewer(college, "何玉萍")
        event = db.session.scalars(select(Event).where(Event.act == "return")).one()
        assert (event.from_state, event.to_state) == ("pending_sign", "returned")
