"""第十七条: until its plan is approved an inspection is unknown to its unit (decision 0182)."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from portal.documents.sorts.inspections import PLAN
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    Delegation,
    Document,
    Event,
    Inspection,
    InspectionMember,
    Opinion,
)
from portal.rulebook.lapsing import lapse
from portal.rulebook.scope import visible
from tests.steps.acting import (
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    SECRETARY,
    Actor,
    at_work,
)
from tests.steps.inspection import acts
from tests.steps.knowledge.listing import sensitive

ARCHIVIST, OTHER_DISCIPLINE, CO_HEAD = "黄素芬", "耿立正", "覃燚"
MAKERS = {OFFICE, acts.CHIEF, OFFICE_HEAD, OFFICE_LEADER, acts.DISCIPLINE, acts.HR}
OTHERS = {
    *acts.OF_UNIT, LEADER, SECRETARY, PRESIDENT, ARCHIVIST, OTHER_DISCIPLINE, CO_HEAD,
}  # fmt: skip


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def _returned(actor: Actor) -> None:
    acts.plan(actor)
    acts.send_back(actor)


def _cancelled(actor: Actor) -> None:
    acts.plan(actor)
    acts.cancel(actor)


def _approved(actor: Actor) -> None:
    acts.plan(actor)
    acts.approve(actor)


def _approved_and_cancelled(actor: Actor) -> None:
    _approved(actor)
    acts.cancel(actor)


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
    "words": lambda: Opinion.body.contains(acts.NAMES_IT[0]),
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


FORGED = (
    "INSERT INTO inspection_member (item_id, inspection_id, unit_id, person_id, office_id, leads,"
    " inspected) VALUES (:item, :plan, :unit, :person, :unit, false, false)",
    "INSERT INTO approval_slot (item_id, public_id, approval_id, position, step, role, state,"
    " person_id, via) VALUES (:item, gen_random_uuid(), :run, 9, 'approve_inspection', 'x',"
    " 'waiting', :person, 'online')",
    "INSERT INTO approval_slot (item_id, public_id, approval_id, position, step, role, state,"
    " person_id, via) VALUES (:item, gen_random_uuid(), :run, 9, 'sign', 'x',"
    " 'waiting', :person, 'online')",
    "UPDATE inspection SET kept = false",
    "UPDATE inspection SET state = 'plan_approved'",
)


@pytest.mark.parametrize("statement", FORGED)
def test_nobody_writes_himself_into_a_plan(actor: Actor, statement: str) -> None:
    """By SQL as the web's role, with the numbers guessed."""
    plan = acts.plan(actor)
    run = db.session.scalars(select(Approval.id).where(Approval.chain == "inspection")).one()
    given = {"item": plan.item_id, "plan": plan.id, "unit": plan.unit_id, "run": run,
             "person": acts.person(acts.DEPUTY)}  # fmt: skip
    actor.viewer(acts.DEPUTY)
    with contextlib.suppress(ProgrammingError):
        db.session.execute(text(statement), given)
        db.session.commit()
    db.session.rollback()
    assert _known(actor, acts.DEPUTY) == set()
