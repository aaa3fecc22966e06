"""What an agreed 作废 or 恢复督办 does: numbers, dates, archive (SPEC §2.2, §4 rule 4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.documents.queries import standing
from portal.documents.table import fill
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Closure,
    Event,
    Item,
)
from portal.rulebook import numbering
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import number_of
from portal.rulebook.refusals import Unmet
from tests.stages import (
    LINE,
    as_of,
    bring,
    events_of,
    item_of,
    person,
    share_of,
    tomorrow,
    words_for,
)
from tests.steps.changes.effects import dates_of
from tests.steps.changes.proposing import HEAD, agree, latest, propose

New = Callable[..., uuid.UUID]


def test_a_void_item_keeps_its_number_and_the_next_filing_takes_the_next(
    college: Flask, draft_item: New
) -> None:
    """SPEC §4 rule 4."""
    first, second = draft_item("A01"), draft_item("A01")
    with college.app_context():
        bring(college, first, "in_progress")
        propose(college, first, "void")
        item = agree(college, first, "agree_void", "余茂春")
        assert (item.state, item.doc_seq, item.lit) == ("void", 1, False)
        event = db.session.scalars(select(Event).where(Event.act == "agree_void")).one()
        told = {"杨思源", "坤建军", "邓涛", "坤清祥", "三郎泽里", "向维岷"}
        assert {person(name) for name in told} <= set(event.tells)
        bring(college, second, "filed")
        numbers = db.session.scalars(select(Item.doc_seq).order_by(Item.doc_seq)).all()
        assert numbers == [1, 2]
        assert numbering.gaps([seq for seq in numbers if seq]) == ()


def test_the_sheets_of_a_void_item_say_so(college: Flask, draft_item: New) -> None:
    """What is printed anew says it; what was printed before is not the present version any more."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        office = as_of(college, "何玉萍")
        item = item_of(office, public_id)
        before = {
            kind: standing(office, item, kind) for kind in ("filing", "notice-BWC", "notices")
        }
        propose(college, public_id, "void")
        agree(college, public_id, "agree_void", "余茂春")
        office = as_of(college, "何玉萍")
        item = item_of(office, public_id)
        said = f"（本事项已于{long_date(office.moment.day)}作废）"
        for kind, stood in before.items():
            now = standing(office, item, kind)
            assert now.as_of_id > stood.as_of_id, kind
            sheet: Any = fill(office, item, kind, now.as_of_id, "阿坝职业学院")
            sheets = sheet.notices if kind == "notices" else (sheet,)
            assert all(one.footnote.endswith(said) for one in sheets), kind


def test_what_was_not_numbered_is_voided_without_a_number(college: Flask, draft_item: New) -> None:
    """待编号备案: no number is used, and none of its signatures waits."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "pending_filing")
        propose(college, public_id, "void")
        item = agree(college, public_id, "agree_void", "余茂春")
        assert (item.state, item.doc_seq) == ("void", None)
        assert words_for(college, "何玉萍") == set()


def test_nothing_of_a_void_item_waits(college: Flask, draft_item: New) -> None:
    """Signatures made up beside the work end with it (先交办后补签)."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "in_progress")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        run = db.session.scalars(select(Approval)).one()
        box = db.session.scalars(select(ApprovalSlot).where(ApprovalSlot.step == "sign")).one()
        run.state, run.beside, box.state, item.supplementary = "open", True, "open", True
        db.session.commit()
        assert words_for(college, "坤清祥") == {"审签"}
        propose(college, public_id, "void")
        agree(college, public_id, "agree_void", "余茂春")
        assert words_for(college, "坤清祥") == set()
        assert db.session.get_one(Approval, run.id).state == "withdrawn"


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_reopened_under_the_same_number(college: Flask, draft_item: New, state: str) -> None:
    """第十六条（六）: in work again until the new day; the first filing stays, another follows."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "closed")
        if state == "archived":
            share = share_of(as_of(college, "何玉萍"), item, "BWC")
            assert share.state == "received"
            _archive(college, public_id)
        tomorrow(college, 5)
        propose(college, public_id, "reopen")
        item = agree(college, public_id, "agree_reopen", "三郎泽里")
        assert (item.state, item.doc_seq, item.closed_on) == ("in_progress", 1, None)
        assert item.archived_on is None
        assert dates_of(item) == ["11-26", "12-10", "12-10", "12-05", "12-11"]
        assert item.lit
        assert not item.blue
        change = latest(item)
        assert change.before["closed_on"] == "2026-11-23"
        records = db.session.scalars(select(ArchiveRecord)).all()
        assert len(records) == 2
        assert all(record.superseded_at for record in records)
        assert words_for(college, "邓涛") == {"办理"}
        tomorrow(college, 3)
        bring(college, public_id, "closed", since="in_progress")
        _archive(college, public_id)
        item = item_of(as_of(college, HEAD), public_id)
        assert (item.state, item.archived_on) == ("archived", date(2026, 12, 1))
        closures = db.session.scalars(select(Closure).order_by(Closure.id)).all()
        assert [closure.completed_on for closure in closures] == [
            date(2026, 11, 23), date(2026, 12, 1),
        ]  # fmt: skip
        assert closures[-1].on_time
        kept = db.session.scalars(
            select(ArchiveRecord).where(ArchiveRecord.superseded_at.is_(None))
        ).all()
        assert {record.kept_on for record in kept} == {date(2026, 12, 1)}
        assert events_of(item)[-2:] == ["keep_copy", "archive"]


def _archive(app: Flask, public_id: uuid.UUID) -> None:
    for _, name, act in LINE[-2:]:
        viewer = as_of(app, name)
        act(viewer, item_of(viewer, public_id))


@pytest.mark.parametrize("due", [None, date(2026, 11, 22), date(2040, 1, 1)])
def test_reopening_needs_a_day(college: Flask, draft_item: New, due: date | None) -> None:
    """Not in the past, not out of reach."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closed")
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "reopen", due=due)
        assert list(refused.value.fields) == ["new_due"]


def test_a_number_is_the_same_after_everything(college: Flask, draft_item: New) -> None:
    """SPEC §4 rule 3: for life."""
    public_id = draft_item()
    with college.app_context():
        number = number_of(bring(college, public_id, "closed"))
        propose(college, public_id, "reopen")
        item = agree(college, public_id, "agree_reopen", "三郎泽里")
        assert number_of(item) == number
