"""第十七条: until its plan is approved nobody of its unit hears of an inspection: no page, no
message, no paper, no act that names it (decision 0182)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.audit import sealing, verify
from portal.documents.queries import listed_of, sheets_of
from portal.documents.sorts.inspections import PLAN
from portal.extensions import db
from portal.item.attachments.queries import bound_of, kept_of
from portal.item.timeline import entries_of
from portal.messages import following
from portal.models import (
    ApprovalSlot,
    Attachment,
    Event,
    ItemMark,
    Message,
    Opinion,
)
from portal.rulebook.scope import everything, view_as_clock, visible
from portal.steps.closing import commands as closing
from portal.steps.paper import commands as paper
from tests.attachments import files
from tests.pages import get
from tests.people import draft, sign_in
from tests.steps.acting import (
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_LEADER,
    REASON,
    Actor,
    at_work,
    intent,
)
from tests.steps.inspection import acts

CO_HEAD = "覃燚"


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def test_nobody_of_the_unit_is_told(actor: Actor) -> None:
    """Neither when it is planned nor when it is dropped; nor the team, which knows of nothing."""
    acts.plan(actor)
    acts.cancel(actor)
    actor.viewer(OFFICE)
    told = {person for event in actor.events() if event.subject == "inspection"
            for person in event.tells}  # fmt: skip
    quiet = {acts.person(who) for who in (*acts.OF_UNIT, acts.DISCIPLINE, acts.HR, acts.FINANCE)}
    assert told
    assert not told & quiet
    acts.plan(actor)
    acts.approve(actor)
    acts.cancel(actor)
    actor.viewer(OFFICE)
    last = actor.events()[-1]
    assert quiet - {acts.person(acts.DEPUTY), acts.person(HANDLER)} <= set(last.tells)


def test_the_act_that_ends_the_item_does_not_name_it(actor: Actor) -> None:
    acts.plan(actor)
    actor.apply_close()
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    actor.viewer(OFFICE)
    assert "lapsed" not in actor.events()[-1].facts
    assert acts.visit(actor).state == "finished"
    with actor.app.test_request_context():
        viewer, item = actor.item(HEAD)
        said = " ".join(entry.title + entry.text for entry in entries_of(viewer, item))
    assert not acts.named(said)


def test_a_plan_returned_on_paper(actor: Actor, worker: Flask) -> None:
    """The scan, and the act on the box, are of the plan like what was done on screen."""
    acts.plan(actor)
    viewer, item = actor.item(OFFICE)
    box = db.session.scalars(
        select(ApprovalSlot).where(ApprovalSlot.step == "approve_inspection")
    ).one()
    entry = paper.Entry(
        name="box", slot_id=box.id, signer_id=acts.person(OFFICE_LEADER), signed_for_id=None,
        decided="return", opinion=REASON, paper_on=viewer.moment.day,
    )  # fmt: skip
    paper.enter(
        viewer,
        item,
        [entry],
        Sound("签批单.pdf", KINDS["pdf"], io.BytesIO(files.pdf())),
        intent(None),
        declared=True,
    )
    assert acts.visit(actor).state == "plan_draft"

    def known(who: str) -> tuple[int, int, int]:
        viewer = actor.viewer(who)
        rows = (
            visible(viewer, Event).where(Event.act == "enter_paper"),
            visible(viewer, Attachment).where(Attachment.purpose == "scan"),
            visible(viewer, Opinion).where(Opinion.body == REASON),
        )
        events, scans, texts = (len(db.session.scalars(query).all()) for query in rows)
        return events, scans, texts

    assert [known(who) for who in (OFFICE, OFFICE_LEADER, *acts.OF_UNIT)] == [
        (1, 1, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip
    viewer, item = actor.item(OFFICE)
    assert [row.purpose for row, _place in kept_of(viewer, item)] == ["scan"]
    assert bound_of(viewer, item) == []
    entries = entries_of(viewer, item, linked=False)
    assert REASON not in " ".join(entry.text for entry in entries)
    acts.plan_again(actor)
    acts.approve(actor)
    assert known(HEAD) == (1, 1, 1)


def test_followers_hear_of_it_once_it_is_approved(actor: Actor, worker: Flask) -> None:
    viewer, item = actor.item(CO_HEAD)
    db.session.add(
        ItemMark(
            item_id=item.id, person_id=viewer.person_id or 0, kind="follow",
            at=viewer.moment.instant - timedelta(minutes=5), readers=[-(viewer.person_id or 0)],
        )
    )  # fmt: skip
    db.session.commit()
    acts.plan(actor)
    assert _noted(actor, worker) == set()
    acts.approve(actor)
    assert _noted(actor, worker) == {"inspect", "approve_inspection"}


def _noted(actor: Actor, worker: Flask) -> set[str]:
    with worker.app_context():
        following.tell()
    viewer = actor.viewer(CO_HEAD)
    rows = visible(viewer, Message).join(Event, Event.id == Message.event_id)
    rows = rows.where(Message.kind == following.NOTED, Event.subject == "inspection")
    return set(db.session.scalars(rows.with_only_columns(Event.act)))


def test_what_is_bound_and_handed_on_has_none_of_it(actor: Actor, worker: Flask) -> None:
    """Package and bundle are for others: not even who may know of the plan binds it in."""
    acts.plan(actor)
    acts.cancel(actor)
    kind = PLAN.kind_of(acts.visit(actor).public_id)
    viewer, item = actor.item(OFFICE)
    assert kind in {line.kind for line in sheets_of(viewer, item)}
    assert kind not in listed_of(viewer, item, once=True)
    with actor.app.test_request_context():
        assert acts.named(" ".join(entry.title for entry in entries_of(viewer, item)))
    assert not acts.named(" ".join(entry.title for entry in entries_of(viewer, item, linked=False)))
    with worker.app_context(), everything(because="测试"):
        clock = view_as_clock(worker.extensions["portal.clock"])
        mine = db.session.merge(item, load=False)
        assert kind not in listed_of(clock, mine, once=True)
        assert not acts.named(" ".join(e.title for e in entries_of(clock, mine, linked=False)))


PLACES = (
    "/items/{item}", "/items/{item}/documents", "/inspections", "/search?q=现场核查",
    "/messages", "/", "/todo", "/month", "/ledger",
)  # fmt: skip


@pytest.mark.parametrize("returned", [False, True])
def test_no_page_of_the_unit_names_it(college: Flask, returned: bool) -> None:
    """As they open it: the item, its 办理过程 and papers, the list, the search, messages, 待办."""
    public_id = draft(college, "A01", **acts.SECOND)
    actor = Actor(college, public_id)
    with college.app_context():
        actor.to_work()
        acts.plan(actor)
        if returned:
            acts.send_back(actor)
        visit = acts.visit(actor).public_id
    sheet = f"/items/{public_id}/documents/{PLAN.kind_of(visit)}.pdf"
    for who in acts.OF_UNIT:
        client = sign_in(college, who)
        for place in PLACES:
            page = client.get(place.format(item=public_id))
            assert page.status_code == 200, place
            # The list of none says who may begin one.
            said = acts.named(page.text) - ({"发起实地督查"} if place == "/inspections" else set())
            assert not said, (who, place)
        assert client.get(sheet).status_code == 404, who
        assert client.get(f"/items/{public_id}/inspections/{visit}/plan").status_code == 404
    office = get(sign_in(college, OFFICE), f"/items/{public_id}")
    assert acts.named(office.html), "党政办 reads it"


def test_the_log_is_whole_for_who_reads_less(actor: Actor, worker: Flask) -> None:
    """Seals are of every event, whoever may read it."""
    acts.plan(actor)
    acts.approve(actor)
    with worker.app_context():
        sealing.seal()
        assert list(verify.Verification().findings()) == []
