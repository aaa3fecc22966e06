"""A case brought to a state by the acts of the people whose turn it is (第二十二至二十五条)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.embedded import connect
from portal.extensions import db
from portal.models import Case, Item, Person, Unit
from portal.rulebook import cases
from portal.rulebook.cases import Ground, Said
from portal.rulebook.guards import Decided
from portal.rulebook.scope import Viewer, everything, view_as_clock, visible
from portal.steps.knowledge import commands as knowledge
from tests.steps.acting import HEAD, LEAD, OFFICE_HEAD, OFFICE_LEADER, Actor, intent
from tests.steps.knowledge.listing import REASON, sensitive

HR, DISCIPLINE = "毛明军", "冉静"
WORDS = "经核实，两次催办后仍未办结，未申请延期。"
SCAN = ("0" * 64,)
"""SHA-256 of a scan."""
TODAY = "2026-11-23"
POST = (
    "INSERT INTO appointment (person_id, unit_id, post, role, valid_from, is_primary, acting_head)"
    " VALUES (%s, %s, '兼任', %s, %s, false, false)"
)
TO: dict[str, tuple[str, ...]] = {
    "clue": (),
    "checking": ("check_clue",),
    "hearing": ("check_clue", "hear_unit"),
    "heard": ("check_clue", "hear_unit", "state_case"),
    "referring": ("check_clue", "hear_unit", "state_case", "propose_referral"),
    "dropped": ("check_clue", "drop_clue"),
    "referred": ("check_clue", "hear_unit", "state_case", "propose_referral", "refer"),
}
TO["suggested"] = (*TO["referred"], "suggest")
TO["decided"] = (*TO["suggested"], "decide_case")
TO["executed"] = (*TO["decided"], "execute_case")
TO["appeal"] = (*TO["decided"], "appeal")
TO["closed"] = (*TO["executed"], "close_case")
WHO = {
    "check_clue": OFFICE_HEAD,
    "hear_unit": OFFICE_HEAD,
    "drop_clue": OFFICE_HEAD,
    "state_case": HEAD,
    "propose_referral": OFFICE_HEAD,
    "refer": OFFICE_LEADER,
    "return_referral": OFFICE_LEADER,
    "suggest": HR,
    "decide_case": HR,
    "execute_case": HR,
    "appeal": HEAD,
    "resolve_appeal": HR,
    "close_case": HR,
}


class Casework(Actor):
    """An actor beside whom the worker runs the clock's rules."""

    worker: Flask


@contextmanager
def in_work(college: Flask, worker: Flask, public_id: uuid.UUID) -> Iterator[Casework]:
    """An item brought into work, and whoever acts on its cases."""
    with college.app_context():
        found = Casework(college, public_id)
        found.worker = worker
        found.to_work()
        yield found


@contextmanager
def in_secret(college: Flask, worker: Flask) -> Iterator[Casework]:
    """The same of a sensitive item."""
    with sensitive(college, level=3, deadline_days=30) as known:
        found = Casework(college, known.public_id)
        found.worker = worker
        found.to_work()
        yield found


def enlist(actor: Casework, *who: str) -> None:
    """增加知悉人 by 党政办主任."""
    for name in who:
        viewer, item = actor.item(OFFICE_HEAD)
        knowledge.grant(viewer, item, intent(item, REASON), person_id(name), None)


def appoint(actor: Casework, who: str, role: str) -> None:
    """A post in the unit concerned, from today on; its head gives way to another."""
    person, unit = person_id(who), unit_id()
    db.session.rollback()
    with connect(actor.app.config["PORTAL_OWNER_URL"]) as raw:
        if role == "unit_head":
            raw.execute(
                "UPDATE appointment SET valid_to = %s::date - 1"
                " WHERE unit_id = %s AND role = 'unit_head'",
                (TODAY, unit),
            )
        raw.execute(POST, (person, unit, role, TODAY))


@contextmanager
def worker_of(actor: Casework) -> Iterator[Viewer]:
    """The clock, in the worker's session."""
    with actor.worker.app_context(), everything(because="问责线索的测试"):
        yield view_as_clock(actor.worker.extensions["portal.clock"])


def said(**values: Any) -> Said:
    """A form filled in soundly."""
    return Said(uuid.uuid4(), WORDS, values={"declared": True, **values})


def paper(on: date | None, files: tuple[str, ...] = SCAN, appellant: str = "unit") -> Said:
    """A form that enters what came on paper on a day; of 申诉 whose it is."""
    values = {"declared": True, "received_on": on, "appellant": appellant}
    return Said(uuid.uuid4(), WORDS, values=values, files=files)


def decided(actor: Casework, **other: Any) -> Decided:
    """全校通报批评 by 党委会 today."""
    today = actor.viewer(HR).moment.day
    said_ = {
        "body": "committee", "minutes_no": "阿职党纪〔2026〕21号", "on": today,
        "measures": ["circular", "grade"], "grade": "basic", "text": "给予全校通报批评。",
    }  # fmt: skip
    return Decided(**{**said_, **other})


def values_of(actor: Casework, act: str, referred_to: str = "hr") -> dict[str, Any]:
    """What the form of an act holds beside words and declaration."""
    if act == "propose_referral":
        return {"referred_to": referred_to}
    if act in ("decide_case", "resolve_appeal"):
        return {"decided": decided(actor)}
    if act == "suggest":
        return {"measures": ["circular"], "grade": ""}
    return {}


def unit_id(code: str = LEAD) -> int:
    """A unit's id."""
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def person_id(who: str) -> int:
    """A person's id."""
    return db.session.scalars(select(Person.id).where(Person.name == who)).one()


def raised(actor: Casework, code: str = LEAD, criterion: str = "A23") -> uuid.UUID:
    """A clue of the portal's own; its public id."""
    with worker_of(actor) as viewer:
        item = db.session.scalars(select(Item).where(Item.public_id == actor.public_id)).one()
        ground = Ground(criterion, f"{criterion}/{item.id}/{code}")
        case = cases.begin(viewer, "raise_clue", item, unit_id(code), ground, Said(uuid.uuid4()))
        assert case is not None
        public_id = case.public_id
        db.session.commit()
    return public_id


def entered(
    actor: Casework,
    who: str,
    form: Said,
    code: str = LEAD,
    criterion: str = "A25-2",
    person_id: int | None = None,
) -> Case | None:
    """A clue that a person enters; the case, if this person may know of it."""
    viewer, item = actor.item(who)
    act = "raise_clue" if who in (OFFICE_HEAD, OFFICE_LEADER) else "report_clue"
    ground = Ground(criterion, f"entered/{form.key}")
    case = cases.begin(viewer, act, item, unit_id(code), ground, form, person_id=person_id)
    db.session.commit()
    return case


def seen(actor: Casework, who: str, public_id: uuid.UUID) -> Case | None:
    """The case as this person may know of it."""
    viewer = actor.viewer(who)
    return db.session.scalars(
        visible(viewer, Case).where(Case.public_id == public_id)
    ).one_or_none()


def act(
    actor: Casework, name: str, public_id: uuid.UUID, who: str = "", form: Said | None = None,
    referred_to: str = "hr",
) -> None:  # fmt: skip
    """One act by the person whose turn it is, or by `who`."""
    if name == "lapse_statement":
        _by_clock(actor, name, public_id)
        return
    who = who or WHO[name]
    case = seen(actor, who, public_id)
    assert case is not None, f"{who} does not know of the case"
    form = form or said(**values_of(actor, name, referred_to))
    cases.perform(actor.viewer(who), name, case, form)
    db.session.commit()


def _by_clock(actor: Casework, name: str, public_id: uuid.UUID) -> None:
    with worker_of(actor) as viewer:
        case = db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
        cases.perform(viewer, name, case, Said(uuid.uuid4()))
        db.session.commit()


def bring(actor: Casework, state: str, code: str = LEAD, referred_to: str = "hr") -> uuid.UUID:
    """A case against the lead unit in this state; its public id."""
    public_id = raised(actor, code)
    for name in TO[state]:
        act(actor, name, public_id, referred_to=referred_to)
    return public_id
