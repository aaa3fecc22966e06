"""An objection while the approval runs (SPEC §8.4): the office finds it, the box says it, once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.rulebook import offers
from portal.steps.paper import commands
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.pages import get
from tests.stages import as_of, bring, intent, item_of, tomorrow, words_for
from tests.steps.paper import sheet

New = Callable[..., uuid.UUID]
As = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 23)
OBJECTION = "本人当日出差，未签批该表。"
AGAIN = "重新代录"


def _contested(app: Flask, public_id: uuid.UUID) -> Item:
    """审签 typed in for 坤清祥, who objects; 审核 waits."""
    bring(app, public_id, "pending_sign")
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    sheet.enter(app, viewer, item, sheet.entry(item, "sign", "坤清祥", TODAY))
    _contest(app, public_id)
    return item_of(as_of(app, "何玉萍"), public_id)


def _contest(app: Flask, public_id: uuid.UUID) -> None:
    viewer = as_of(app, "坤清祥")
    item = item_of(viewer, public_id)
    commands.contest(viewer, item, sheet.slot(item, "sign"), intent(item, OBJECTION))


def test_the_office_finds_it_with_its_words(college: Flask, as_: As, draft_item: New) -> None:
    """待办 of who types in papers; the item's page and the form quote the objection."""
    public_id = draft_item()
    with college.app_context():
        _contested(college, public_id)
        assert words_for(college, "何玉萍") == {AGAIN}
        assert words_for(college, "坤清祥") == {"审签"}
    office = as_("何玉萍")
    assert AGAIN in get(office, "/todo").text
    page = get(office, f"/items/{public_id}")
    card = page.soup.find("section", attrs={"aria-label": f"{AGAIN}（分管领导审签）"})
    assert card is not None
    assert OBJECTION in card.get_text()
    link = card.find("a", string="代录纸质签批")
    assert link is not None
    assert OBJECTION in get(office, str(link["href"])).form("/paper").get_text()


def test_the_box_says_what_happened(college: Flask, as_: As, draft_item: New) -> None:
    """Typed in, objected to, to be signed anew; whoever may read the item reads it."""
    public_id = draft_item()
    with college.app_context():
        _contested(college, public_id)
    for name in ("余茂春", "坤清祥"):
        text = get(as_(name), f"/items/{public_id}").text
        assert "签批人已提出异议，待重新签批" in text
        assert "原由何玉萍按坤清祥11月23日的纸质签批代录" in text
        assert OBJECTION in text


@pytest.mark.parametrize("on_screen", [True, False])
def test_it_is_over_once_the_box_is_signed(
    college: Flask, draft_item: New, *, on_screen: bool
) -> None:
    """By the leader himself, or from the right sheet."""
    public_id = draft_item()
    with college.app_context():
        item = _contested(college, public_id)
        if on_screen:
            viewer = as_of(college, "坤清祥")
            signing.sign(viewer, item_of(viewer, public_id), "sign", intent(item))
        else:
            viewer = as_of(college, "何玉萍")
            sheet.enter(college, viewer, item, sheet.entry(item, "sign", "坤清祥", TODAY))
        assert words_for(college, "何玉萍") == set()
        assert sheet.slot(item, "sign").contested_at is None


def _returned(app: Flask, public_id: uuid.UUID) -> None:
    """审签 typed in, then 余茂春 returns the form for its wording, to come straight back."""
    bring(app, public_id, "pending_sign")
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    sheet.enter(app, viewer, item, sheet.entry(item, "sign", "坤清祥", TODAY))
    viewer = as_of(app, "余茂春")
    item = item_of(viewer, public_id)
    said = intent(item, "请修改措辞。")
    signing.send_back(viewer, item, said, to_previous=False, straight_back=True)


def _submit(app: Flask, public_id: uuid.UUID) -> Item:
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    registration.submit(viewer, item, intent(item), declared=True)
    return item_of(viewer, public_id)


def _contestable(app: Flask, public_id: uuid.UUID) -> list[ApprovalSlot]:
    viewer = as_of(app, "坤清祥")
    item = item_of(viewer, public_id)
    return [one.subject for one in offers.offered(viewer, item) if one.act == "contest_paper"]


def test_a_kept_signature_is_contested_once(college: Flask, draft_item: New) -> None:
    """修改后直接送我 keeps 审签: the box in force is contested, not the one of the run before."""
    public_id = draft_item()
    with college.app_context():
        _returned(college, public_id)
        former = sheet.slot(item_of(as_of(college, "何玉萍"), public_id), "sign").id
        item = _submit(college, public_id)
        assert item.state == "pending_review"
        kept = sheet.slot(item, "sign")
        assert kept.id != former
        assert [box.id for box in _contestable(college, public_id)] == [kept.id]
        _contest(college, public_id)
        assert _contestable(college, public_id) == []
        assert item_of(as_of(college, "何玉萍"), public_id).state == "pending_sign"
        assert words_for(college, "何玉萍") == {AGAIN}


def test_what_is_contested_is_not_kept(college: Flask, draft_item: New) -> None:
    """Objected to between return and submission: asked anew, and nobody answers the old run."""
    public_id = draft_item()
    with college.app_context():
        _returned(college, public_id)
        _contest(college, public_id)
        assert words_for(college, "杨思源") == {"答复代录异议"}
        item = _submit(college, public_id)
        assert (item.state, sheet.slot(item, "sign").state) == ("pending_sign", "open")
        assert words_for(college, "杨思源") == set()
        assert words_for(college, "何玉萍") == {AGAIN}


def test_an_answered_objection_is_kept_with_the_signature(college: Flask, draft_item: New) -> None:
    """The head of the office has answered: the signature stands in the new run, answered."""
    public_id = draft_item()
    with college.app_context():
        _returned(college, public_id)
        _contest(college, public_id)
        tomorrow(college)
        viewer = as_of(college, "杨思源")
        item = item_of(viewer, public_id)
        box = sheet.slot(item, "sign")
        commands.answer(viewer, item, box, intent(item, "已与本人核对。"))
        item = _submit(college, public_id)
        assert (item.state, sheet.slot(item, "sign").state) == ("pending_review", "agreed")
        assert words_for(college, "杨思源") == set()
        db.session.rollback()


def test_the_answer_and_the_correction_quote_it(college: Flask, as_: As, draft_item: New) -> None:
    """党政办主任 reads the objection where he answers it and where he corrects the entry."""
    public_id = draft_item()
    with college.app_context():
        _returned(college, public_id)
        _contest(college, public_id)
    head = as_("杨思源")
    page = get(head, f"/items/{public_id}")
    assert OBJECTION in page.form("/answer").get_text()
    link = page.soup.find("a", string="更正代录")
    assert link is not None
    assert OBJECTION in get(head, str(link["href"])).form("/correction").get_text()
