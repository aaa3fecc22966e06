"""第十五条, SPEC §2.13: handed out first, signed afterwards — while the work and even its closing
go on; and other corners of the table that no page reaches yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import shanghai_instant
from portal.errors import NotOffered
from portal.extensions import db
from portal.item.awaited import waits_for
from portal.models import Approval, Change, Inspection, Item, ItemUnit
from portal.rulebook import chains, guards, tray
from portal.rulebook.guards import Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.steps.closing import commands as closing
from tests.people import draft
from tests.rulebook.made_up import hand_out, name_handler, perform, take_number
from tests.steps.acting import LEADER, OFFICE, OFFICE_HEAD, REASON, Actor, intent, pass_days


@pytest.fixture
def handed_out(college: Flask) -> Iterator[Actor]:
    """A01, level 1, handed out by 党政办主任 before anybody signed."""
    public_id = draft(college, "A01")
    with college.app_context():
        actor = Actor(college, public_id)
        hand_out(actor)
        yield actor


def _runs(actor: Actor) -> dict[str, str]:
    _viewer, item = actor.item()
    rows = db.session.scalars(select(Approval).where(Approval.item_id == item.id))
    return {run.chain: run.state for run in rows}


def _waits(actor: Actor, who: str) -> set[str]:
    viewer, item = actor.item(who)
    return {row.act for row in tray.waiting(viewer) if row.item_id == item.id}


def test_the_work_runs_while_the_leaders_sign(handed_out: Actor) -> None:
    """T40: 办理中, the units have their notice, 审签 waits for the leader in charge."""
    _viewer, item = handed_out.item()
    assert (item.state, item.supplementary) == ("in_progress", True)
    states = db.session.scalars(select(ItemUnit.state).where(ItemUnit.item_id == item.id))
    assert set(states) == {"received"}
    assert "sign" in handed_out.offers(LEADER)
    assert "sign" in _waits(handed_out, LEADER)
    assert _runs(handed_out) == {"initiation": "open"}


def test_without_the_leaders_word_nothing_is_handed_out(college: Flask) -> None:
    """The consent by word is written down."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        with pytest.raises(Unmet) as refused:
            perform(actor, OFFICE_HEAD, "issue_first", values={"declared": True})
    assert "consent_at" in refused.value.fields


def test_signatures_are_made_up_while_the_closing_runs(handed_out: Actor) -> None:
    """Both approvals are open at once; each act keeps to its own, and 退回补正 does not touch the
    signatures of 立项."""
    name_handler(handed_out)
    handed_out.apply_close()
    assert _runs(handed_out) == {"initiation": "open", "closing": "open"}
    assert {"sign", "sign_close"} <= handed_out.offers(LEADER)
    assert {"sign", "sign_close"} <= _waits(handed_out, LEADER)
    handed_out.sign(LEADER, "sign_close")
    # Only the box of 立项 is the leader's now: nothing of the closing can be returned with it.
    assert "return_supplement" not in handed_out.offers(LEADER)
    with pytest.raises(NotOffered):
        perform(handed_out, LEADER, "return_supplement", opinion=REASON,
                 values={"supplement_days": 2})  # fmt: skip
    db.session.rollback()
    perform(handed_out, OFFICE_HEAD, "return_supplement", opinion=REASON,
             values={"supplement_days": 2})  # fmt: skip
    assert _runs(handed_out) == {"initiation": "open", "closing": "returned"}
    assert handed_out.item()[1].state == "in_progress"


def test_one_number_after_the_last_signature(handed_out: Actor) -> None:
    """第十六条（一）: not before, and not a second one; without it nothing is struck off."""
    assert "file_after" not in handed_out.offers(OFFICE)
    for who, act in ((LEADER, "sign"), ("余茂春", "review"), ("三郎泽里", "approve")):
        handed_out.sign(who, act)
    assert _runs(handed_out) == {"initiation": "agreed"}
    assert handed_out.item()[1].state == "in_progress"
    name_handler(handed_out)
    handed_out.apply_close()
    handed_out.to_closing_filing()
    viewer, item = handed_out.item()
    with pytest.raises(Unmet, match="补签和编号"):
        closing.close(viewer, item, intent(item))
    db.session.rollback()
    assert "file_after" in _waits(handed_out, OFFICE)
    perform(handed_out, OFFICE, "file_after", effect=take_number)
    assert "file_after" not in handed_out.offers(OFFICE)
    with pytest.raises(NotOffered):
        perform(handed_out, OFFICE, "file_after", effect=take_number)
    db.session.rollback()
    viewer, item = handed_out.item()
    closing.close(viewer, item, intent(item))
    assert handed_out.item()[1].doc_seq == 1


def test_a_made_up_signature_ends_with_the_item(handed_out: Actor) -> None:
    """作废: nobody is asked for a signature of what is void."""
    viewer, item = handed_out.item(OFFICE_HEAD)
    change = Change(
        item_id=item.id, kind="void", state="proposed",
        proposed_by_id=viewer.person_id, proposed_at=viewer.moment.instant,
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    perform(handed_out, OFFICE_HEAD, "void", subject=change, opinion=REASON)
    perform(handed_out, "余茂春", "agree_void", subject=change)
    assert handed_out.item()[1].state == "void"
    assert not handed_out.offers(LEADER) & {"sign", "return", "reject"}
    assert not _waits(handed_out, LEADER)


@pytest.mark.parametrize(
    ("level", "roles"),
    [(1, {Role.SECRETARY, Role.PRESIDENT}), (2, {Role.OFFICE_LEADER})],
)
def test_who_approves_an_inspection(level: int, roles: set[Role]) -> None:
    """第十七条: of level 1 the principals named in the item, else 党政办分管领导."""
    step = chains.INSPECTION.steps[0]
    plan = Inspection(talks_to_head=False)
    asked = chains.boxes(step, Item(level=level, principal="both"), plan)
    assert {box.role for box in asked} == roles


def test_what_the_offices_head_does_with_the_leaders_consent(college: Flask) -> None:
    """作废催办, 移送: the leader's word is noted; the leader's own act needs no note."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01"))
        for who, values, refused in (
            (OFFICE_HEAD, {}, True),
            (OFFICE_HEAD, {"consent": "余茂春，当面同意"}, False),
            ("余茂春", {}, False),
        ):
            viewer = actor.viewer(who)
            found = Situation(Item(), None, viewer.person_id, viewer.moment, values)
            if not refused:
                guards.office_leader_agreed(found)
                continue
            with pytest.raises(Unmet) as unmet:
                guards.office_leader_agreed(found)
            assert set(unmet.value.fields) == {"consent"}


def test_a_change_without_an_approval_can_be_withdrawn(handed_out: Actor) -> None:
    """取消 of what was only drafted: there is no approval to end."""
    viewer, item = handed_out.item(OFFICE_HEAD)
    change = Change(
        item_id=item.id, kind="void", state="open",
        proposed_by_id=viewer.person_id, proposed_at=viewer.moment.instant,
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    perform(handed_out, OFFICE_HEAD, "withdraw_change", subject=change)
    assert change.state == "withdrawn"


def test_signatures_that_stay_out_wait_for_the_office(handed_out: Actor) -> None:
    """补签期限: the second working day. From the third on the clerk is to see to them, until the
    last box is signed; the leader is asked all along."""
    today = pass_days(handed_out.app, 2)
    assert handed_out.item()[1].made_up_by == today
    assert not _waits(handed_out, OFFICE)
    pass_days(handed_out.app, 1)
    viewer, item = handed_out.item()
    assert [(row.word, row.since) for row in tray.waiting(viewer)] == [
        ("催请补签", shanghai_instant(today + timedelta(days=1)))
    ]
    assert OFFICE in dict(waits_for(viewer, item))["催请补签"]
    assert "sign" in _waits(handed_out, LEADER)
    for who, act in ((LEADER, "sign"), ("余茂春", "review"), ("三郎泽里", "approve")):
        handed_out.sign(who, act)
    assert _waits(handed_out, OFFICE) == {"file_after"}
