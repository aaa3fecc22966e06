"""第十七条: until its plan is approved an inspection is unknown to its unit (decision 0182)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.audit import sealing, verify
from portal.documents.queries import listed_of, sheets_of
from portal.documents.sorts.inspections import PLAN
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.item.attachments.queries import bound_of, kept_of
from portal.item.timeline import entries_of
from portal.messages import following
from portal.models import (
    Approval,
    ApprovalSlot,
    Attachment,
    Delegation,
    Document,
    Event,
    Inspection,
    InspectionMember,
    ItemMark,
    Message,
    Opinion,
)
from portal.rulebook.lapsing import lapse
from portal.rulebook.scope import everything, view_as_clock, visible
from portal.steps.closing import commands as closing
from portal.steps.inspection import commands
from portal.steps.paper import commands as paper
from tests.attachments import files
from tests.pages import get
from tests.people import draft, sign_in
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    SECRETARY,
    Actor,
    at_work,
    intent,
)
from tests.steps.inspection import acts
from tests.steps.knowledge.listing import sensitive

DEPUTY, ARCHIVIST, OTHER_DISCIPLINE, CO_HEAD = "三郎彭措", "黄素芬", "耿立正", "覃燚"
OF_UNIT = (HEAD, DEPUTY, HANDLER)
"""The head, who is of the team to explain; the deputy; 承办人, who is 联络员 as well."""
MAKERS = {OFFICE, acts.CHIEF, OFFICE_HEAD, OFFICE_LEADER, acts.DISCIPLINE, acts.HR}
OTHERS = {*OF_UNIT, LEADER, SECRETARY, PRESIDENT, ARCHIVIST, OTHER_DISCIPLINE, CO_HEAD}
MATTER = "推进缓慢，现场核查整改情况。"
NAMES_IT = (MATTER, "一看现场", "发起实地督查", "督查方案", "方案待批", "方案拟制", "取消督查")


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def _returned(actor: Actor) -> None:
    acts.plan(actor)
    viewer, item = actor.item(OFFICE_LEADER)
    commands.send_back(viewer, item, acts.visit(actor), intent(None, REASON))


def _cancelled(actor: Actor) -> None:
    acts.plan(actor)
    _cancel(actor)


def _cancel(actor: Actor) -> None:
    viewer, item = actor.item(OFFICE)
    commands.cancel(viewer, item, acts.visit(actor), intent(None, REASON))


def _approved(actor: Actor) -> None:
    acts.plan(actor)
    acts.approve(actor)


def _approved_and_cancelled(actor: Actor) -> None:
    _approved(actor)
    _cancel(actor)


def _lapsed(actor: Actor) -> None:
    """By somebody who may not know of the plan."""
    acts.plan(actor)
    viewer, item = actor.item(LEADER)
    item.state = "closed"
    assert lapse(item, viewer.moment) == []
    db.session.commit()
    assert acts_state(actor) == ("finished", "withdrawn", "waiting")


def acts_state(actor: Actor) -> tuple[str, str, str]:
    """How the plan, its approval and its box stand."""
    actor.viewer(OFFICE)
    run = db.session.scalars(select(Approval).where(Approval.chain == "inspection")).one()
    box = db.session.scalars(select(ApprovalSlot).where(ApprovalSlot.approval_id == run.id)).one()
    return acts.visit(actor).state, run.state, box.state


PARTS: dict[str, Callable[[], Any]] = {
    "plan": lambda: Inspection.id.is_not(None),
    "team": lambda: InspectionMember.id.is_not(None),
    "approval": lambda: Approval.chain == "inspection",
    "box": lambda: ApprovalSlot.step == "approve_inspection",
    "event": lambda: Event.subject == "inspection",
    "words": lambda: Opinion.body.contains(MATTER),
    "sheet": lambda: Document.kind.startswith("inspection_plan-"),
}
TABLES = dict(
    zip(
        PARTS,
        (Inspection, InspectionMember, Approval, ApprovalSlot, Event, Opinion, Document),
        strict=True,
    )
)


def _known(actor: Actor, who: str) -> set[str]:
    """The parts that the database shows this person, asked by the gate and past it."""
    viewer = actor.viewer(who)
    found = set()
    for part, where in PARTS.items():
        table = TABLES[part]
        rows = visible(viewer, table).where(where())
        gated = db.session.scalar(rows.with_only_columns(func.count(table.id)))
        past = db.session.scalar(select(func.count(table.id)).where(where()))
        assert gated == past, part
        found |= {part} if gated else set()
    return found


def _ask_for_sheet(actor: Actor) -> None:
    """党政办 had the plan printed."""
    viewer, item = actor.item(OFFICE)
    visit = acts.visit(actor)
    kind = PLAN.kind_of(visit.public_id)
    stands = PLAN.standing(viewer, item, kind)
    db.session.add(
        Document(
            item_id=item.id, public_id=uuid.uuid4(), kind=kind, unit_id=visit.unit_id,
            as_of_id=stands.as_of_id, state="asked", asked_by_id=viewer.person_id or 0,
            asked_at=viewer.moment.instant,
        )
    )  # fmt: skip
    db.session.commit()


SECRET = {
    "pending": acts.plan, "returned": _returned, "cancelled": _cancelled, "lapsed": _lapsed,
}  # fmt: skip
TOLD = {"approved": _approved, "approved, then cancelled": _approved_and_cancelled}


@pytest.mark.parametrize("brought", [*SECRET.values(), *TOLD.values()], ids=[*SECRET, *TOLD])
def test_who_reads_which_part(actor: Actor, brought: Callable[[Actor], Any]) -> None:
    """Every part, for everybody of whom the item has a reader."""
    brought(actor)
    if brought is not _returned:  # a plan that came back has no sheet
        _ask_for_sheet(actor)
    whole = PARTS.keys() - ({"sheet"} if brought is _returned else set())
    for who in MAKERS:
        assert _known(actor, who) == whole, who
    for who in OTHERS:
        assert _known(actor, who) == (whole if brought in TOLD.values() else set()), who


def test_a_principal_reads_what_he_is_asked_to_approve(college: Flask) -> None:
    """Of level 1 those named in the item approve; the other one reads it once it is approved."""
    with at_work(college) as actor:
        acts.plan(actor)
        boxes = select(ApprovalSlot.role).where(ApprovalSlot.step == "approve_inspection")
        asked = set(db.session.scalars(boxes))
        assert asked
        assert asked < {"secretary", "president"}
        for role, who in (("secretary", SECRETARY), ("president", PRESIDENT)):
            assert bool(_known(actor, who)) == (role in asked), role


def test_who_acts_for_the_approver_reads_and_approves(actor: Actor) -> None:
    acts.plan(actor)
    assert _known(actor, CO_HEAD) == set()
    now = actor.viewer(OFFICE).moment.instant
    given = Delegation(
        from_id=acts.person(OFFICE_LEADER), to_id=acts.person(CO_HEAD), kind="AB角", scope="审签",
        roles=["office_leader"], starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1), reason="出差", created_by_id=acts.person(OFFICE_LEADER),
    )  # fmt: skip
    db.session.add(given)
    db.session.commit()
    assert {"plan", "event", "box"} <= _known(actor, CO_HEAD)
    acts.visit(actor)
    acts.approve(actor, CO_HEAD)
    assert _known(actor, HEAD)


def test_an_office_that_is_inspected_itself_reads_as_an_office(
    actor: Actor, database: Servers
) -> None:
    """党政办 plans the inspection of its own unit; its other people read nothing of it."""
    acts.plan(actor)
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE inspection SET unit_id = (SELECT id FROM unit WHERE code = 'DZB')")
        raw.execute("UPDATE inspection_member SET leads = false, inspected = true")
    assert [bool(_known(actor, who)) for who in (OFFICE, OFFICE_HEAD, ARCHIVIST)] == [
        True,
        True,
        False,
    ]


def test_of_a_sensitive_item_its_list_says_so_first(college: Flask) -> None:
    with sensitive(college, **acts.SECOND) as actor:
        actor.to_work()
        acts.plan(actor, team=(), chief=OFFICE, shortfall="敏感事项，仅由知悉人员参加。")
        assert [bool(_known(actor, who)) for who in (OFFICE, OFFICE_LEADER)] == [True, True]
        unknowing = (HEAD, LEADER, SECRETARY, CO_HEAD, acts.CHIEF)
        assert [who for who in unknowing if _known(actor, who)] == []
        acts.approve(actor)
        assert _known(actor, HEAD)
        assert not _known(actor, CO_HEAD), "of another co-unit"
        assert not _known(actor, acts.CHIEF), "of 党政办, and not on the list"


def test_nobody_of_the_unit_is_told(actor: Actor) -> None:
    """Neither when it is planned nor when it is dropped; nor the team, which knows of nothing."""
    _cancelled(actor)
    actor.viewer(OFFICE)
    told = {person for event in actor.events() if event.subject == "inspection"
            for person in event.tells}  # fmt: skip
    quiet = {acts.person(who) for who in (*OF_UNIT, acts.DISCIPLINE, acts.HR, acts.FINANCE)}
    assert told
    assert not told & quiet
    _approved_and_cancelled(actor)
    actor.viewer(OFFICE)
    last = actor.events()[-1]
    assert quiet - {acts.person(DEPUTY), acts.person(HANDLER)} <= set(last.tells)


def test_the_act_that_ends_the_item_does_not_name_it(actor: Actor) -> None:
    acts.plan(actor)
    actor.apply_close()
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    actor.viewer(OFFICE)
    assert "lapsed" not in actor.events()[-1].facts
    assert acts_state(actor)[:2] == ("finished", "withdrawn")
    with actor.app.test_request_context():
        viewer, item = actor.item(HEAD)
        said = " ".join(entry.title + entry.text for entry in entries_of(viewer, item))
    assert not _names(said)


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

    assert [known(who) for who in (OFFICE, OFFICE_LEADER, *OF_UNIT)] == [
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
    _cancelled(actor)
    kind = PLAN.kind_of(acts.visit(actor).public_id)
    viewer, item = actor.item(OFFICE)
    assert kind in {line.kind for line in sheets_of(viewer, item)}
    assert kind not in listed_of(viewer, item, once=True)
    with actor.app.test_request_context():
        assert _names(" ".join(entry.title for entry in entries_of(viewer, item)))
    assert not _names(" ".join(entry.title for entry in entries_of(viewer, item, linked=False)))
    with worker.app_context(), everything(because="测试"):
        clock = view_as_clock(worker.extensions["portal.clock"])
        mine = db.session.merge(item, load=False)
        assert kind not in listed_of(clock, mine, once=True)
        assert not _names(" ".join(e.title for e in entries_of(clock, mine, linked=False)))


def _names(text: str) -> set[str]:
    return {word for word in NAMES_IT if word in text}


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
        (_returned if returned else acts.plan)(actor)
        visit = acts.visit(actor).public_id
    sheet = f"/items/{public_id}/documents/{PLAN.kind_of(visit)}.pdf"
    for who in OF_UNIT:
        client = sign_in(college, who)
        for place in PLACES:
            page = client.get(place.format(item=public_id))
            assert page.status_code == 200, place
            # The list of none says who may begin one.
            said = _names(page.text) - ({"发起实地督查"} if place == "/inspections" else set())
            assert not said, (who, place)
        assert client.get(sheet).status_code == 404, who
        assert client.get(f"/items/{public_id}/inspections/{visit}/plan").status_code == 404
    office = get(sign_in(college, OFFICE), f"/items/{public_id}")
    assert _names(office.html), "党政办 reads it"


def test_only_the_asking_person_learns_whether_he_may(actor: Actor) -> None:
    """What the functions say of a hidden plan they say of none."""
    acts.plan(actor)
    plan_id, item_id = acts.visit(actor).id, acts.visit(actor).item_id
    for who, may in ((OFFICE, True), (HEAD, False)):
        actor.viewer(who)
        asked = select(
            func.plan_told("inspection", plan_id), func.plan_told("inspection", 10**9),
            func.plan_reader(plan_id),
        )  # fmt: skip
        db.session.execute(select(func.lapse_plans(item_id, func.now())))
        db.session.commit()
        assert acts_state(actor)[:2] == ("plan_pending", "open"), "an item in work keeps its plan"
        actor.viewer(who)
        assert tuple(db.session.execute(asked).one()) == (may, False, may), who


def test_the_log_is_whole_for_who_reads_less(actor: Actor, worker: Flask) -> None:
    """Seals are of every event, whoever may read it."""
    _approved(actor)
    with worker.app_context():
        sealing.seal()
        assert list(verify.Verification().findings()) == []
