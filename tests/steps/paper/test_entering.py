"""代录 (SPEC §8.4): who may enter what is on a paper, in which order, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Attachment, Closure, Delegation, Event, Item
from portal.rulebook import knowledge, offers, on_paper
from portal.rulebook.refusals import Unmet
from portal.rulebook.signers import signers_on
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import get
from tests.stages import (
    as_of,
    bring,
    events_of,
    intent,
    item_of,
    person,
    tomorrow,
    words_for,
)
from tests.steps.paper import sheet
from tests.test_matrix import PERSONAS

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
SIGN, REVIEW, APPROVE = "sign-responsible_leader", "review-office_leader", "approve-president"


def _typed(app: Flask, *boxes: tuple[str, str, str, str]) -> dict[str, str]:
    """(box, name, day, words) as the form sends them."""
    with app.app_context():
        return {
            f"{box}-{field}": value
            for box, name, day, words in boxes
            for field, value in (
                ("signer_id", str(person(name))),
                ("paper_on", day),
                ("opinion", words),
            )
        }


def test_one_sheet_fills_several_boxes(college: Flask, as_: As, draft_item: New) -> None:
    """One screen, one scan, one event a box, in the order of the form."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
    office = as_("何玉萍")
    typed = _typed(
        college,
        (SIGN, "坤清祥", "2026-11-20", "同意立项。"),
        (REVIEW, "余茂春", "2026-11-21", "已审核。"),
        (APPROVE, "三郎泽里", "2026-11-23", "同意。"),
    )
    answer = sheet.send(office, f"/items/{public_id}/paper", typed)
    assert answer.status == 303, answer.text[:800]
    with college.app_context():
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert item.state == "pending_filing"
        assert events_of(item) == ["create", "submit", *["enter_paper"] * 3]
        scan = db.session.scalars(select(Attachment)).one()
        assert (scan.purpose, scan.kind, scan.name) == ("scan", "pdf", "签批单.pdf")
        slots = db.session.scalars(select(ApprovalSlot).order_by(ApprovalSlot.id)).all()
        assert {slot.scan_id for slot in slots} == {scan.id}
        assert [slot.paper_on.day for slot in slots if slot.paper_on] == [20, 21, 23]
        assert {slot.contestable_until for slot in slots} == {date(2026, 11, 30)}
        event = db.session.scalars(select(Event).where(Event.act == "enter_paper")).first()
        assert event is not None
        assert person("坤清祥") in event.tells
    page = get(office, f"/items/{public_id}")
    assert page.text.count("纸质签批，何玉萍代录") == 3
    assert "坤清祥2026年11月20日签署同意" in page.text
    links = [str(link["href"]) for link in page.soup.find_all("a", string="扫描件")]
    assert len(links) == 3
    answered = office.get(links[0])
    assert answered.data == sheet.SCAN
    answered.close()


class Wrong(NamedTuple):
    """What is wrong with an entry, and the field that says so."""

    name: str
    day: date | None
    given: dict[str, Any]
    field: str


WRONG = (
    Wrong("坤清祥", date(2026, 11, 24), {}, "paper_on"),
    Wrong("坤清祥", None, {}, "paper_on"),
    Wrong("", TODAY, {}, "signer_id"),
    Wrong("坤清祥", TODAY, {"opinion": " "}, "opinion"),
    Wrong("余茂春", TODAY, {}, "signer_id"),
    Wrong("何玉萍", TODAY, {}, "signer_id"),
    Wrong("陈𬭎", TODAY, {}, "signer_id"),
    Wrong("坤清祥", TODAY, {"decided": "burn"}, "decided"),
)


def test_what_does_not_hold_is_said_at_its_field(college: Flask, draft_item: New) -> None:
    """Nothing is entered, and the box's own field says what to mend."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
        for case in WRONG:
            viewer = as_of(college, "何玉萍")
            item = item_of(viewer, public_id)
            wrong = sheet.entry(item, "sign", case.name, case.day or TODAY, **case.given)
            if case.day is None:
                wrong = sheet.entry(item, "sign", case.name, TODAY, paper_on=None)
            with pytest.raises(Unmet) as refused:
                sheet.enter(college, viewer, item, wrong)
            assert f"{SIGN}-{case.field}" in refused.value.fields, case
            db.session.rollback()
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert events_of(item) == ["create", "submit"]
        assert db.session.scalars(select(Attachment)).all() == []


def test_only_the_office_s_staff_enter(college: Flask, draft_item: New) -> None:
    """roles.json paper.enter: 党政办专员, and nobody else, not even the leader himself."""
    public_id = draft_item()
    staff = {"何玉萍", "泽仁旺姆"}
    with college.app_context():
        bring(college, public_id, "pending_sign")
        item = item_of(as_of(college, "何玉萍"), public_id)
        entry = sheet.entry(item, "sign", "坤清祥", TODAY)
        item_id = item.id
        for name in (name for name in PERSONAS if name not in staff):
            viewer = as_of(college, name)
            item = db.session.get(Item, item_id) or Item(id=item_id)
            with pytest.raises((NotOffered, NotFound)):
                sheet.enter(college, viewer, item, entry)
            db.session.rollback()
        for name in staff:
            viewer = as_of(college, name)
            offered = offers.offered(viewer, item_of(viewer, public_id))
            assert "enter_paper" in {offer.act for offer in offered}
        viewer = as_of(college, "泽仁旺姆")
        sheet.enter(college, viewer, item_of(viewer, public_id), entry)
        assert item_of(viewer, public_id).state == "pending_review"


def test_papers_may_come_out_of_order_when_the_dates_fit(college: Flask, draft_item: New) -> None:
    """The principal's sheet arrives first; the earlier boxes then lie before it."""
    public_id = draft_item()
    with college.app_context():
        viewer = as_of(college, "何玉萍")
        bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(
            college, viewer, item, sheet.entry(item, "approve", "三郎泽里", date(2026, 11, 20))
        )
        item = item_of(viewer, public_id)
        assert item.state == "pending_sign"
        assert words_for(college, "坤清祥") == {"审签"}
        viewer = as_of(college, "何玉萍")
        late = sheet.entry(item, "sign", "坤清祥", date(2026, 11, 21))
        with pytest.raises(Unmet) as refused:
            sheet.enter(college, viewer, item, late)
        assert "不得晚于下一环节" in refused.value.reason
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(college, viewer, item, sheet.entry(item, "sign", "坤清祥", date(2026, 11, 18)))
        item = item_of(viewer, public_id)
        early = sheet.entry(item, "review", "余茂春", date(2026, 11, 17))
        with pytest.raises(Unmet) as refused:
            sheet.enter(college, viewer, item, early)
        assert "不得早于上一环节" in refused.value.reason
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(
            college, viewer, item, sheet.entry(item, "review", "余茂春", date(2026, 11, 20))
        )
        assert item_of(viewer, public_id).state == "pending_filing"


def test_partly_on_screen_partly_on_paper(college: Flask, draft_item: New) -> None:
    """A signature on screen has its day too."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_review")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        before = sheet.entry(item, "review", "余茂春", date(2026, 11, 22))
        with pytest.raises(Unmet):  # signed on screen on the 23rd
            sheet.enter(college, viewer, item, before)
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(college, viewer, item, sheet.entry(item, "review", "余茂春", TODAY))
        assert item_of(viewer, public_id).state == "pending_approve"


@pytest.mark.parametrize(
    ("decided", "state", "run"),
    [("return", "returned", "returned"), ("refuse", "rejected", "refused")],
)
def test_a_paper_may_return_or_refuse(
    college: Flask, draft_item: New, decided: str, state: str, run: str
) -> None:
    """退回 and 不予立项 end the run; what the paper says need not be four characters long."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_review")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        ends = sheet.entry(item, "review", "余茂春", TODAY, decided=decided, opinion="不可")
        more = sheet.entry(item, "approve", "三郎泽里", TODAY)
        with pytest.raises(Unmet):  # nothing follows an end
            sheet.enter(college, viewer, item, ends, more)
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        assert item.state == "pending_review"
        sheet.enter(college, viewer, item, ends)
        item = item_of(viewer, public_id)
        assert item.state == state
        assert db.session.scalars(select(Approval.state)).all() == [run]
        assert words_for(college, "余茂春") == words_for(college, "三郎泽里") == set()


WAYS = {
    ("initiation", "confirm_unit", "unit_head"): {"agree", "return"},
    ("initiation", "sign", "responsible_leader"): {"agree", "return", "refuse"},
    ("initiation", "review", "office_leader"): {"agree", "return", "refuse"},
    ("initiation", "approve", "president"): {"agree", "return", "refuse"},
    ("closing", "confirm_close", "unit_head"): {"agree", "return"},
    ("closing", "check_close", "office_head"): {"agree", "return"},
    ("closing", "read_close", "secretary"): {"agree", "return"},
    ("void", "agree_void", "office_leader"): {"agree", "refuse"},
    ("adjust", "approve_adjust", "president"): {"agree", "refuse"},
    ("reopen", "agree_reopen", "secretary"): {"agree", "refuse"},
}


@pytest.mark.parametrize(("box", "ways"), WAYS.items())
def test_a_box_knows_the_decisions_of_the_table(box: tuple[str, str, str], ways: set[str]) -> None:
    """What cannot be decided on screen cannot be decided on paper."""
    chain, step, role = box
    slot = ApprovalSlot(step=step, role=role)
    assert set(on_paper.ways(Approval(chain=chain, beside=False), slot)) == ways
    assert set(on_paper.ways(Approval(chain=chain, beside=True), slot)) == {"agree"}


def test_a_returned_form_is_not_signed_by_an_older_paper(college: Flask, draft_item: New) -> None:
    """A form handed in again may read otherwise than the sheet signed before."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_review")
        viewer = as_of(college, "余茂春")
        item = item_of(viewer, public_id)
        signing.send_back(viewer, item, intent(item, "请明确责任单位。"), to_previous=False)
        tomorrow(college)
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, intent(item), declared=True)
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        with pytest.raises(Unmet) as refused:
            sheet.enter(college, viewer, item, sheet.entry(item, "sign", "坤清祥", TODAY))
        assert "本次表单于2026年11月24日提交" in refused.value.reason
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(college, viewer, item, sheet.entry(item, "sign", "坤清祥", date(2026, 11, 24)))
        assert item_of(viewer, public_id).state == "pending_review"


def test_a_delegate_signs_on_the_days_of_the_delegation(college: Flask, draft_item: New) -> None:
    """SPEC §1.5: 陈𬭎 stands in for 解学农 from the 23rd; what was revoked since counted then."""
    public_id = draft_item(lead_unit="JWC", co_units=[])
    with college.app_context():
        item = bring(college, public_id, "pending_sign")
        giver = person("解学农")
        viewer = as_of(college, "何玉萍")
        for day, signed_for in ((date(2026, 11, 20), giver), (TODAY, None)):
            box = sheet.entry(item, "sign", "陈𬭎", day, signed_for_id=signed_for)
            with pytest.raises(Unmet):
                sheet.enter(college, viewer, item, box)
            db.session.rollback()
            viewer = as_of(college, "何玉萍")
            item = item_of(viewer, public_id)
        tomorrow(college, 2)
        given = db.session.scalars(select(Delegation).where(Delegation.from_id == giver)).one()
        viewer = as_of(college, "何玉萍")
        given.revoked_at = viewer.moment.instant
        item = item_of(viewer, public_id)
        box = sheet.entry(item, "sign", "陈𬭎", TODAY, signed_for_id=giver)
        sheet.enter(college, viewer, item, box)
        slot = sheet.slot(item, "sign")
        assert (slot.person_id, slot.on_behalf_of_id) == (person("陈𬭎"), giver)


def test_a_merged_box_is_filled_by_the_later_paper(college: Flask, draft_item: New) -> None:
    """SPEC §1.4: the office's own leader signs once, on paper too."""
    public_id = draft_item(lead_unit="DZB", co_units=[])
    with college.app_context():
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, intent(item), declared=True)
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(college, viewer, item, sheet.entry(item, "review", "余茂春", TODAY))
        merged = sheet.slot(item, "sign")
        assert (merged.state, merged.person_id, merged.via) == ("merged", person("余茂春"), "paper")
        event = db.session.scalars(select(Event).where(Event.act == "enter_paper")).one()
        assert event.facts["fills"] == ["sign"]


def test_handed_in_on_paper_is_handed_in_that_day(college: Flask, draft_item: New) -> None:
    """SPEC §3.7: the day on the paper judges, however late it was entered; the light is blue."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closing_unit")
        tomorrow(college, 5)  # due on the 26th
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(
            college,
            viewer,
            item,
            sheet.entry(item, "confirm_close", "坤建军", date(2026, 11, 26)),
            sheet.entry(item, "sign_close", "坤清祥", date(2026, 11, 27)),
        )
        item = item_of(viewer, public_id)
        assert (item.state, item.blue) == ("closing_check", True)
        bring(college, public_id, "closed", since="closing_check")
        viewer = as_of(college, "何玉萍")
        closure = db.session.scalars(select(Closure)).one()
        assert (closure.completed_on, closure.on_time) == (date(2026, 11, 26), True)


def test_a_paper_returns_a_closing_with_its_days(college: Flask, draft_item: New) -> None:
    """第十六条（六）: 退回补正 needs its one to three working days on paper too."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closing_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        without = sheet.entry(item, "sign_close", "坤清祥", TODAY, decided="return")
        with pytest.raises(Unmet) as refused:
            sheet.enter(college, viewer, item, without)
        assert list(refused.value.fields) == ["sign_close-responsible_leader-supplement_days"]
        db.session.rollback()
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        box = sheet.entry(item, "sign_close", "坤清祥", TODAY, decided="return", supplement_days=2)
        sheet.enter(college, viewer, item, box)
        assert item_of(viewer, public_id).state == "in_progress"


def test_a_sensitive_item_s_stand_in_must_be_listed(college: Flask, draft_item: New) -> None:
    """SPEC §1.5: a delegation does not widen the list."""
    public_id = draft_item(lead_unit="JWC", co_units=[])
    with college.app_context():
        item = bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        slot = sheet.slot(item, "sign")
        names = [signer.label for signer in signers_on(TODAY, item, slot)]
        assert names == ["解学农", "陈𬭎（代解学农）"]
        item.classification = "sensitive"
        listed = {person("何玉萍"): ("拟稿人", None), person("解学农"): ("分管校领导", None)}
        knowledge.add(item, listed, viewer.moment, None)
        assert [signer.label for signer in signers_on(TODAY, item, slot)] == ["解学农"]
        db.session.rollback()
