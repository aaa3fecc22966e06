"""先交办后补签 (第十五条, SPEC T40): the units start at once, signatures and the number follow."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import Item, ItemUnit
from portal.rulebook.refusals import Unmet
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.conftest import ANCHOR
from tests.stages import LEADERS, as_of, intent, item_of

Draft = Callable[..., uuid.UUID]
CONSENT = "坤清祥11月23日电话同意先行交办。"


def _first(college: Flask, public_id: uuid.UUID, consent: str = CONSENT) -> None:
    viewer = as_of(college, "杨思源")
    item = item_of(viewer, public_id)
    issuing.issue_first(viewer, item, intent(item, consent), declared=True)


def _file(college: Flask, public_id: uuid.UUID) -> Item:
    viewer = as_of(college, "何玉萍")
    item = item_of(viewer, public_id)
    registration.file(viewer, item, intent(item), word="阿职督办", release=True)
    return item_of(as_of(college, "何玉萍"), public_id)


def test_the_units_start_at_once(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert (item.state, item.supplementary, item.issued_on) == ("in_progress", True, ANCHOR)
        assert item.due_original == item.due_effective == item.due is not None
        shares = db.session.query(ItemUnit).filter_by(item_id=item.id).all()
        assert {share.state for share in shares} == {"received"}
        assert all(share.received_at and not share.deemed for share in shares)


def test_the_number_waits_for_the_last_signature(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context():
        _first(college, public_id)
        for act, who in LEADERS.items():
            with pytest.raises(Unmet, match="尚未补齐"):
                _file(college, public_id)
            db.session.rollback()
            viewer = as_of(college, who)
            item = item_of(viewer, public_id)
            signing.sign(viewer, item, act, intent(item))
        item = _file(college, public_id)
        assert (item.doc_year, item.doc_seq, item.filed_on) == (2026, 1, ANCHOR)
        assert (item.state, item.supplementary) == ("in_progress", False)


def test_the_leader_must_have_agreed_by_word(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A01")
    with college.app_context(), pytest.raises(Unmet, match="口头同意"):
        _first(college, public_id, "")


def test_only_what_is_urgent_or_by_telephone(college: Flask, draft_item: Draft) -> None:
    public_id = draft_item("A03")
    with college.app_context(), pytest.raises(Unmet, match="一级事项"):
        _first(college, public_id)
