"""对代录提出异议 and what follows (SPEC §8.4): the person named, five working days, one answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.documents.table import fill
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Attachment, Event, Item
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.steps.paper import commands
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import fill as send_form
from tests.pages import get
from tests.stages import as_of, bring, events_of, intent, item_of, person, tomorrow, words_for
from tests.steps.paper import sheet
from tests.test_matrix import PERSONAS

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
REASON = "本人未在该表上签批。"


def _entered(app: Flask, public_id: uuid.UUID, *names: str, state: str = "pending_sign") -> Item:
    """The first boxes are entered from a paper: sign, review, approve, as many as names."""
    bring(app, public_id, state)
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    steps = ("sign", "review", "approve")
    boxes = [sheet.entry(item, step, name, TODAY) for step, name in zip(steps, names, strict=False)]
    sheet.enter(app, viewer, item, *boxes)
    return item_of(viewer, public_id)


def _contest(app: Flask, name: str, public_id: uuid.UUID, step: str, text: str = REASON) -> Item:
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    commands.contest(viewer, item, sheet.slot(item, step), intent(item, text))
    return item_of(as_of(app, "何玉萍"), public_id)


def test_a_running_approval_asks_the_box_again(college: Flask, as_: As, draft_item: New) -> None:
    """What was signed after it stands; the leader then signs himself."""
    public_id = draft_item()
    with college.app_context():
        _entered(college, public_id, "坤清祥", "余茂春")
    leader = as_("坤清祥")
    page = get(leader, f"/items/{public_id}")
    assert "异议期至2026年11月30日" in page.text
    answer = send_form(leader, f"/items/{public_id}", "/objection", {"opinion": REASON})
    assert answer.status == 303, answer.text[:500]
    with college.app_context():
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert item.state == "pending_sign"
        box = sheet.slot(item, "sign")
        assert (box.state, box.person_id, box.via, box.scan_id) == ("open", None, "online", None)
        assert sheet.slot(item, "review").state == "agreed"
        event = db.session.scalars(select(Event).where(Event.act == "contest_paper")).one()
        assert {person("何玉萍"), person("杨思源")} <= set(event.tells)
        assert words_for(college, "坤清祥") == {"审签"}
        viewer = as_of(college, "坤清祥")
        item = item_of(viewer, public_id)
        signing.sign(viewer, item, "sign", intent(item))
        assert item_of(viewer, public_id).state == "pending_approve"
    page = get(as_("何玉萍"), f"/items/{public_id}")
    assert REASON in page.text
    assert "对代录提出异议" in page.text


def test_before_the_office_files_a_contested_box_is_asked_again(
    college: Flask, draft_item: New
) -> None:
    """All have signed, nothing was built on it yet: no number on a contested signature."""
    public_id = draft_item()
    with college.app_context():
        item = _entered(college, public_id, "坤清祥", "余茂春", "三郎泽里")
        assert item.state == "pending_filing"
        item = _contest(college, "三郎泽里", public_id, "approve")
        assert item.state == "pending_approve"
        assert db.session.scalars(select(Approval.state)).all() == ["open"]
        assert words_for(college, "何玉萍") == {"重新代录"}
        assert words_for(college, "三郎泽里") == {"审定"}


def _filed(app: Flask, public_id: uuid.UUID) -> Item:
    _entered(app, public_id, "坤清祥", "余茂春", "三郎泽里")
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    registration.file(viewer, item, intent(item), word="阿职督办", release=False)
    return item_of(viewer, public_id)


def test_an_ended_approval_keeps_the_objection_for_the_head_of_the_office(
    college: Flask, as_: As, draft_item: New
) -> None:
    """The number is taken: the box is marked, 党政办主任 answers, nothing else moves."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
        item = _contest(college, "坤清祥", public_id, "sign")
        assert item.state == "filed"
        assert sheet.slot(item, "sign").state == "agreed"
        assert words_for(college, "杨思源") == {"答复代录异议", "下达"}
        with pytest.raises(NotOffered):  # once
            _contest(college, "坤清祥", public_id, "sign")
        db.session.rollback()
    assert "签批人已提出异议" in get(as_("坤清祥"), f"/items/{public_id}").text
    head = as_("杨思源")
    answer = send_form(head, f"/items/{public_id}", "/answer", {"opinion": "已与本人核对。"})
    assert answer.status == 303
    with college.app_context():
        assert words_for(college, "杨思源") == {"下达"}
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert events_of(item)[-2:] == ["contest_paper", "answer_paper"]
        event = db.session.scalars(select(Event).where(Event.act == "answer_paper")).one()
        assert person("坤清祥") in event.tells
    page = get(as_("坤清祥"), f"/items/{public_id}")
    assert "签批人已提出异议，党政办已答复" in page.text
    assert "/objection" not in page.html


def _correct(app: Flask, public_id: uuid.UUID, name: str, decided: str = "agree") -> ApprovalSlot:
    """更正代录 of the box 审签, with the scan there was."""
    viewer = as_of(app, "杨思源")
    item = item_of(viewer, public_id)
    commands.correct(
        viewer,
        item,
        sheet.entry(item, "sign", name, TODAY, decided=decided),
        None,
        intent(item),
        declared=True,
    )
    return sheet.slot(item_of(viewer, public_id), "sign")


def test_a_wrong_entry_is_corrected_and_may_be_contested_again(
    college: Flask, as_: As, draft_item: New
) -> None:
    """更正代录: other words, another signer; with the scan there was. Five new working days."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
        _contest(college, "坤清祥", public_id, "sign")
        tomorrow(college)
    head = as_("杨思源")
    page = get(head, f"/items/{public_id}")
    link = page.soup.find("a", string="更正代录")
    assert link is not None
    typed = {"sign-responsible_leader-opinion": "同意，限期办结。"}
    form = get(head, str(link["href"])).form("/correction")
    answer = sheet.send_form(head, form, typed, scan=b"")
    assert answer.status == 303, answer.text[:900]
    with college.app_context():
        item = item_of(as_of(college, "何玉萍"), public_id)
        box = sheet.slot(item, "sign")
        assert (box.contested_at, box.contestable_until) == (None, date(2026, 12, 1))
        assert box.scan_id == db.session.scalars(select(Attachment.id)).one()
        assert item.state == "filed"
        assert words_for(college, "杨思源") == {"下达"}
        viewer = as_of(college, "何玉萍")
        assert fill(viewer, item, "filing", 1, "学院").sign.opinion == "同意，限期办结。"


def test_an_ended_approval_is_not_turned_round(college: Flask, draft_item: New) -> None:
    """A signature that was none is mended by 作废, not by a correction."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
        _contest(college, "坤清祥", public_id, "sign")
        with pytest.raises(Unmet) as refused:
            _correct(college, public_id, "坤清祥", decided="refuse")
        assert "作废" in refused.value.reason
        db.session.rollback()
        assert _correct(college, public_id, "坤清祥").contested_at is None


def test_a_refusal_entered_by_mistake_is_taken_back(college: Flask, draft_item: New) -> None:
    """不予立项 was typed, the sheet says 同意: the item takes its course again."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        sheet.enter(
            college, viewer, item, sheet.entry(item, "sign", "坤清祥", TODAY, decided="refuse")
        )
        assert item_of(viewer, public_id).state == "rejected"
        item = _contest(college, "坤清祥", public_id, "sign", "本人意见为同意。")
        assert item.state == "rejected"
        assert words_for(college, "杨思源") == {"答复代录异议"}
        assert _correct(college, public_id, "坤清祥").state == "agreed"
        assert item_of(as_of(college, "何玉萍"), public_id).state == "pending_review"
        assert words_for(college, "余茂春") == {"审核"}


def test_only_the_person_named_objects_and_only_the_head_answers(
    college: Flask, draft_item: New
) -> None:
    """Every persona: 坤清祥 alone may object, 杨思源 alone may answer or correct."""
    public_id = draft_item()
    with college.app_context():
        item = _filed(college, public_id)
        item_id, box_id = item.id, sheet.slot(item, "sign").id

        def try_all(act: Callable[..., None], may: str) -> None:
            for name in (name for name in PERSONAS if name != may):
                viewer = as_of(college, name)
                item = db.session.get(Item, item_id) or Item(id=item_id, version=1)
                box = db.session.get(ApprovalSlot, box_id) or ApprovalSlot(id=box_id)
                with pytest.raises((NotOffered, NotFound)):
                    act(viewer, item, box, intent(item, REASON))
                db.session.rollback()

        try_all(commands.contest, "坤清祥")
        _contest(college, "坤清祥", public_id, "sign")
        try_all(commands.answer, "杨思源")


@pytest.mark.parametrize(("days", "open_"), [(7, True), (8, False)])
def test_five_working_days(college: Flask, draft_item: New, days: int, open_: bool) -> None:
    """Entered on Monday the 23rd: Monday the 30th is the fifth working day, the last."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
        tomorrow(college, days)
        viewer = as_of(college, "坤清祥")
        item = item_of(viewer, public_id)
        offered = {offer.act for offer in offers.offered(viewer, item)}
        assert ("contest_paper" in offered) is open_
        if open_:
            _contest(college, "坤清祥", public_id, "sign")
        else:
            with pytest.raises(NotOffered) as refused:
                _contest(college, "坤清祥", public_id, "sign")
            assert "异议期限已过" in refused.value.reason


def test_a_reason_is_needed(college: Flask, draft_item: New) -> None:
    """Four characters at least, as everywhere."""
    public_id = draft_item()
    with college.app_context():
        _filed(college, public_id)
        with pytest.raises(Unmet):
            _contest(college, "坤清祥", public_id, "sign", "不对")


def test_a_signature_on_screen_cannot_be_contested(college: Flask, draft_item: New) -> None:
    """Whoever pressed the button himself may withdraw nothing by way of this."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_review")
        with pytest.raises(NotOffered):
            _contest(college, "坤清祥", public_id, "sign")


def test_the_sheets_say_that_it_was_signed_on_paper(college: Flask, draft_item: New) -> None:
    """SPEC §5.1: 「（纸质签批，扫描件附后）」, and for whom if by delegation."""
    public_id = draft_item(lead_unit="JWC", co_units=[])
    with college.app_context():
        bring(college, public_id, "pending_sign")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        giver = person("解学农")
        box = sheet.entry(item, "sign", "陈𬭎", TODAY, signed_for_id=giver, opinion="拟同意。")
        sheet.enter(college, viewer, item, box)
        item = item_of(viewer, public_id)
        printed = fill(viewer, item, "filing", 1, "学院").sign
        assert printed.name == "陈𬭎"
        assert printed.note == "（代解学农）（纸质签批，扫描件附后）"
        assert (printed.opinion, printed.date) == ("拟同意。", TODAY)
