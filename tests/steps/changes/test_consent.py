"""Who proposes, who must agree, in which order, and what the item is meanwhile (SPEC §2.2 T18,
T36–T38)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Change, Event, Item, Person
from portal.rulebook import offers
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent
from portal.steps.changes import commands
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.stages import as_of, bring, events_of, intent, item_of, tomorrow, words_for
from tests.steps.changes.proposing import (
    HEAD,
    PROPOSE,
    REASON,
    agree,
    latest,
    propose,
    refuse,
    withdraw,
)
from tests.steps.paper import sheet
from tests.test_matrix import PERSONAS

New = Callable[..., uuid.UUID]


class Kind(NamedTuple):
    """A change: in which state it is proposed, who agrees by which act and word, what follows."""

    at: str
    consents: tuple[tuple[str, str, str], ...]
    becomes: str
    given: dict[str, Any] = {}  # noqa: RUF012 - read only


KINDS = {
    "void": Kind("in_progress", (("agree_void", "余茂春", "审核作废"),), "void"),
    "reassign": Kind(
        "in_progress",
        (("agree_reassign", "解学农", "审签调整"), ("agree_reassign", "坤清祥", "审签调整")),
        "filed",
    ),
    "adjust": Kind(
        "in_progress",
        (("sign_adjust", "坤清祥", "审签调整"), ("review_adjust", "余茂春", "审核调整")),
        "in_progress",
    ),
    "reopen": Kind("closed", (("agree_reopen", "三郎泽里", "审定恢复"),), "in_progress"),
}
LEVEL = Kind(
    "in_progress",
    (*KINDS["adjust"].consents, ("approve_adjust", "三郎泽里", "审定调整")),
    "in_progress",
    {"level": 2, "deadline_kind": "days", "deadline_days": 10},
)
PROPOSED_IN = {
    "void": {"pending_filing", "filed", "issued", "in_progress"},
    "reassign": {"issued", "in_progress"},
    "adjust": {"filed", "issued", "in_progress"},
    "reopen": {"closed", "archived"},
}
STATES = (
    "pending_sign", "pending_filing", "filed", "issued", "in_progress", "closing_sign",
    "closing_filing", "closed",
)  # fmt: skip
WORDS = {word for kind in (*KINDS.values(), LEVEL) for _, _, word in kind.consents}


@pytest.mark.parametrize("kind", [*KINDS, "level"])
def test_a_change_is_applied_when_everyone_has_agreed(
    college: Flask, draft_item: New, kind: str
) -> None:
    """One event an act; the item stays as it is until the last consent; each has the word in
    待办 only while it is his turn."""
    given = LEVEL if kind == "level" else KINDS[kind]
    act = "adjust" if kind == "level" else kind
    public_id = draft_item()
    with college.app_context():
        before = events_of(bring(college, public_id, given.at))
        change = propose(college, public_id, act, **given.given)
        assert (change.kind, change.state) == (act, "open")
        for number, (consent, name, word) in enumerate(given.consents):
            item = item_of(as_of(college, HEAD), public_id)
            assert item.state == given.at
            assert word in words_for(college, name)
            item = agree(college, public_id, consent, name)
            if number < len(given.consents) - 1:
                assert word not in words_for(college, name)
        assert item.state == given.becomes
        assert latest(item).state == "agreed"
        assert db.session.scalars(select(Approval.state).where(Approval.chain == act)).all() == [
            "agreed"
        ]
        consents = [consent for consent, _, _ in given.consents]
        assert events_of(item) == [*before, act, *consents]
        for name in PERSONAS:
            assert not words_for(college, name) & WORDS


@pytest.mark.parametrize("kind", [*KINDS, "level"])
def test_a_change_may_be_refused_at_every_step_or_withdrawn(
    college: Flask, draft_item: New, kind: str
) -> None:
    """Nothing is changed, nothing waits any more, and another may be proposed at once."""
    given = LEVEL if kind == "level" else KINDS[kind]
    act = "adjust" if kind == "level" else kind
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, given.at)
        before = (item.state, item.lead_unit_id, item.level, item.requirement, item.due)
        for stop in range(len(given.consents) + 1):
            propose(college, public_id, act, **given.given)
            for consent, name, _ in given.consents[:stop] if stop < len(given.consents) else ():
                agree(college, public_id, consent, name)
            if stop == len(given.consents):
                item, ended = withdraw(college, public_id), "withdrawn"
            else:
                name = given.consents[stop][1]
                with pytest.raises(Unmet):
                    refuse(college, public_id, name, "不行")
                db.session.rollback()
                item, ended = refuse(college, public_id, name), "refused"
            assert latest(item).state == ended
            assert latest(item).ended_at is not None
            after = (item.state, item.lead_unit_id, item.level, item.requirement, item.due)
            assert after == before
            assert not any(words_for(college, name) & WORDS for name in PERSONAS)


def test_each_kind_is_proposed_where_the_table_says_by_the_head_alone(
    college: Flask, draft_item: New
) -> None:
    """Every persona × every kind × the states of the line."""
    public_id = draft_item()
    with college.app_context():
        since = "draft"
        for state in STATES:
            bring(college, public_id, state, since=since)
            since = state
            expected = {kind for kind, states in PROPOSED_IN.items() if state in states}
            for name in PERSONAS:
                viewer = as_of(college, name)
                seen = db.session.scalars(visible(viewer, Item)).one_or_none()
                offered = {
                    offer.act
                    for offer in (offers.offered(viewer, seen) if seen else ())
                    if offer.act in PROPOSE
                }
                assert offered == (expected if name == HEAD else set()), (state, name)


TURNS = {
    **dict.fromkeys((act for kind in (*KINDS.values(), LEVEL) for act, _, _ in kind.consents), ""),
    "agree_void": "余茂春",
    "refuse_change": "余茂春",
    "withdraw_change": HEAD,
    "void": "",
}
"""Whose turn each act is on an open 作废 (empty: nobody's)."""


def _try(act: str, viewer: Viewer, item: Item, change: Change) -> None:
    sent = Intent(None, uuid.uuid4(), REASON)
    if act == "void":
        commands.void(viewer, item, sent)
    elif act == "refuse_change":
        commands.refuse(viewer, item, change, sent)
    elif act == "withdraw_change":
        commands.withdraw(viewer, item, change, sent)
    else:
        commands.agree(viewer, item, act, change, sent)


def test_nobody_else_proposes_agrees_refuses_or_withdraws(college: Flask, draft_item: New) -> None:
    """Every persona tries every act on an open change; only those whose turn it is succeed."""
    public_id = draft_item()
    with college.app_context():
        item_id = bring(college, public_id, "in_progress").id
        change_id = propose(college, public_id, "void").id
        for name in PERSONAS:
            viewer = as_of(college, name)
            seen = db.session.scalars(visible(viewer, Item)).one_or_none()
            offered = {offer.act for offer in (offers.offered(viewer, seen) if seen else ())}
            mine = {act for act, may in TURNS.items() if may == name}
            assert offered & set(TURNS) == mine, name
            for act in TURNS.keys() - mine:
                viewer = as_of(college, name)
                item = db.session.get(Item, item_id) or Item(id=item_id, version=1)
                change = db.session.get(Change, change_id) or Change(id=change_id, kind="void")
                with pytest.raises((NotOffered, NotFound)):
                    _try(act, viewer, item, change)
                db.session.rollback()
        assert latest(item_of(as_of(college, HEAD), public_id)).state == "open"


@pytest.mark.parametrize(
    ("lead", "given", "boxes", "first"),
    [
        # Under the office's own leader: he signs once, as reviewer.
        ("DZB", {"requirement": "另行要求。"}, [("review_adjust", "余茂春")], "余茂春"),
        # Directly under the principal who must agree to another level.
        ("JCC", {"level": 3}, [("review_adjust", "余茂春"), ("approve_adjust", "三郎泽里")],
         "余茂春"),
        # Without the level no principal is asked, so the leader signs for himself.
        ("JCC", {"requirement": "另行要求。"},
         [("sign_adjust", "三郎泽里"), ("review_adjust", "余茂春")], "三郎泽里"),
    ],
)  # fmt: skip
def test_who_would_sign_twice_signs_once(
    college: Flask,
    draft_item: New,
    lead: str,
    given: dict[str, Any],
    boxes: list[tuple[str, str]],
    first: str,
) -> None:
    """SPEC §1.4 in the chain of a change."""
    public_id = draft_item(
        lead_unit=lead, co_units=[], level=2, deadline_days=15, principal="president"
    )
    with college.app_context():
        bring_led(college, public_id, lead)
        propose(college, public_id, "adjust", **given)
        assert any("调整" in word for word in words_for(college, first))
        for act, name in boxes:
            agree(college, public_id, act, name)
        item = item_of(as_of(college, HEAD), public_id)
        assert latest(item).state == "agreed"
        rows = db.session.execute(
            select(ApprovalSlot.step, Person.name)
            .join(Person, Person.id == ApprovalSlot.person_id)
            .join(Approval, Approval.id == ApprovalSlot.approval_id)
            .where(Approval.chain == "adjust")
        ).all()
        signed = {row.step: row.name for row in rows}
        assert all(signed[act] == name for act, name in boxes)
        if len(signed) > len(boxes):
            assert signed["sign_adjust"] == boxes[-1 if lead == "JCC" else 0][1]


def bring_led(app: Flask, public_id: uuid.UUID, lead: str) -> None:
    """Filed, with the signatures that the lead unit's own leaders give."""
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    registration.submit(viewer, item, intent(item), declared=True)
    signed = [("review", "余茂春"), ("approve", "三郎泽里")]
    for act, name in signed:
        viewer = as_of(app, name)
        item = item_of(viewer, public_id)
        signing.sign(viewer, item, act, intent(item))
    viewer = as_of(app, "何玉萍")
    item = item_of(viewer, public_id)
    registration.file(viewer, item, intent(item), word="阿职督办", release=False)


def test_leaders_of_both_units_are_one_signature_if_it_is_one_leader(
    college: Flask, draft_item: New
) -> None:
    """后勤国资处 and 保卫处 are both 坤清祥's."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, "reassign", lead="HGC", co=())
        item = agree(college, public_id, "agree_reassign", "坤清祥")
        assert item.state == "filed"


def test_one_open_change_an_item(college: Flask, draft_item: New) -> None:
    """The second is refused in words, nor offered on the page."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, "adjust")
        viewer = as_of(college, HEAD)
        offered = offers.offered(viewer, item_of(viewer, public_id))
        assert not {offer.act for offer in offered} & set(PROPOSE)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "void")
        assert "另有调整正在报批" in refused.value.reason


def test_two_proposals_at_once_are_one(college: Flask, draft_item: New) -> None:
    """Pressed at the same moment in two windows: one is proposed, the other is refused."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
    start = threading.Barrier(2)
    outcome: list[str] = []

    def press(kind: str) -> None:
        with college.app_context():
            viewer = as_of(college, HEAD)
            item = item_of(viewer, public_id)
            sent = intent(item, REASON)
            db.session.commit()
            start.wait(timeout=30)
            try:
                PROPOSE[kind](viewer, item, sent)
                outcome.append("proposed")
            except Unmet:
                outcome.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(kind,)) for kind in ("void", "adjust")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcome) == ["proposed", "refused"]
    with college.app_context():
        as_of(college, HEAD)
        assert db.session.scalar(select(func.count()).select_from(Change)) == 1


def test_the_same_form_sent_twice_is_one_proposal(college: Flask, draft_item: New) -> None:
    """A double click."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        viewer = as_of(college, HEAD)
        item = item_of(viewer, public_id)
        sent = intent(item, REASON)
        commands.void(viewer, item, sent)
        commands.void(viewer, item, sent)
        assert db.session.scalar(select(func.count()).select_from(Change)) == 1
        assert db.session.scalar(select(func.count()).where(Event.act == "void")) == 1


def test_agreeing_to_what_another_act_moved_meanwhile(college: Flask, draft_item: New) -> None:
    """The page is stale: 409 with who did what; a fresh page says that it is not open now, and
    the change can be withdrawn."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        change = propose(college, public_id, "adjust")
        viewer = as_of(college, "坤清祥")
        opened = intent(item_of(viewer, public_id))
        bring(college, public_id, "closing_unit", since="in_progress")
        viewer = as_of(college, "坤清祥")
        item = item_of(viewer, public_id)
        with pytest.raises(Stale) as stale:
            commands.agree(viewer, item, "sign_adjust", latest(item), opened)
        assert stale.value.done[-1].who == "邓涛"
        db.session.rollback()
        viewer = as_of(college, "坤清祥")
        item = item_of(viewer, public_id)
        with pytest.raises(NotOffered):
            commands.agree(viewer, item, "sign_adjust", latest(item), intent(item))
        db.session.rollback()
        assert words_for(college, "坤清祥") == set()
        assert withdraw(college, public_id).state == "closing_unit"
        change = latest(item_of(as_of(college, HEAD), public_id))
        assert change.state == "withdrawn"


def test_agreeing_to_what_was_withdrawn_says_so(college: Flask, draft_item: New) -> None:
    """The part's own state in words."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        propose(college, public_id, "void")
        withdraw(college, public_id)
        with pytest.raises(NotOffered) as refused:
            agree(college, public_id, "agree_void", "余茂春")
        assert refused.value.reason == "该项调整当前为“已撤回”，不能办理“同意作废”。"


def test_a_date_that_passed_while_it_waited_is_not_agreed_to(
    college: Flask, draft_item: New
) -> None:
    """The leader can only refuse, or the office withdraw."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "closed")
        propose(college, public_id, "reopen")
        tomorrow(college, 18)
        with pytest.raises(Unmet):
            agree(college, public_id, "agree_reopen", "三郎泽里")
        db.session.rollback()
        assert refuse(college, public_id, "三郎泽里").state == "closed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_agreed_to_on_paper(college: Flask, draft_item: New, kind: str) -> None:
    """代录 of a change: its effect follows the last box, wherever it was signed."""
    given = KINDS[kind]
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, given.at)
        propose(college, public_id, kind, **given.given)
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        boxes = db.session.scalars(
            select(ApprovalSlot)
            .where(ApprovalSlot.state.in_(("open", "waiting")))
            .order_by(ApprovalSlot.position, ApprovalSlot.id)
        ).all()
        # The old unit's leader comes first on the paper, the new one's second.
        names = [name for _, name, _ in given.consents]
        names = names[::-1] if kind == "reassign" else names
        entries = [
            replace(sheet.entry(item, box.step, name, viewer.moment.day), slot_id=box.id)
            for box, name in zip(boxes, names, strict=True)
        ]
        sheet.enter(college, viewer, item, *entries)
        item = item_of(as_of(college, "何玉萍"), public_id)
        assert item.state == given.becomes
        assert latest(item).state == "agreed"
