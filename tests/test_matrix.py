"""Every act × every persona × every state of the main line: offered and done exactly where the
table says (第十二至十九条), through the pages.

Who holds which role is worked out here a second time, from the sample's own files.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.demo import sample
from portal.extensions import db
from portal.item.panels import PAGES
from portal.models import (
    ApprovalSlot,
    ArchiveRecord,
    Feedback,
    Item,
    ItemMember,
    ItemUnit,
    Person,
    Unit,
)
from portal.rulebook.rules import RULES, Rule
from portal.rulebook.scope import view_as
from tests.pages import get, send
from tests.people import csrf
from tests.test_main_line import LINE, walk

As = Callable[[str], FlaskClient]
LEAD, CO_UNITS = "U11", ("U10", "U05")
HANDLERS = {"邓涛"}
PERSONAS = (
    "何玉萍", "杨思源", "泽仁旺姆", "余茂春", "向维岷", "三郎泽里", "坤清祥", "陈𬭎", "坤建军",
    "三郎彭措", "邓涛", "覃燚", "王尔基", "杨初", "彭国栋", "余㛃", "郑守方", "毛明军", "冉静",
    "周慎之", "黄素芬",
)  # fmt: skip
STATES = [act.state for act in LINE]
STOPS = [number for number, state in enumerate(STATES) if state not in STATES[:number]]
OFFICES = {
    "office_staff", "office_head", "office_leader", "secretary", "president", "discipline", "hr",
    "archivist",
}  # fmt: skip
ADDRESSES = {
    page.address: act
    for act, pages in PAGES.items()
    for page in (pages.by_act[act],)
    if page.part is None and page.address != "/signature"
}
"""Where a forged form is sent: one act an address is enough to try it."""
OF_SENSITIVE = {"lift_sensitive", "grant_knowledge"}
"""Not open on this item, which is 内部."""
FORGED_AT = {"pending_review", "issued", "closing_check"}


def _roles(name: str, unit: str, *, handlers: set[str]) -> set[str]:
    """The roles of a person on the item, asked for one of its units, on 2026-11-23."""
    people = {person["name"]: person for person in sample.people()}
    by_id = {person["id"]: person for person in sample.people()}
    givers = {
        given["to_person"]: (given["from_person"], given["scope"])
        for given in sample.organisation()["delegations"]
    }

    def own(person: dict[str, Any]) -> set[str]:
        roles = {role for role in person["roles"] if role in OFFICES}
        if person["unit_id"] == unit:
            roles |= {role for role in person["roles"] if role.startswith(("unit_", "liaison"))}
        for row in sample.organisation()["portfolios"]:
            if row["leader_id"] == person["id"] and row["unit_id"] == unit and not row["valid_to"]:
                roles.add("responsible_leader")
        return roles

    held = own(people[name])
    if people[name]["id"] in givers:
        giver, scope = givers[people[name]["id"]]
        lent = "unit_head" if "负责人" in scope else "responsible_leader"
        held |= own(by_id[giver]) & {lent}
    if name == "何玉萍":
        held.add("proposer")
    if name in handlers and unit == LEAD:
        held.add("handler")
    return held


def _expected(name: str, facts: dict[str, Any]) -> set[str]:
    """The acts the table gives this person now."""
    found = set()
    for rule in RULES:
        if rule.act not in PAGES or rule.act == "create":
            continue
        for unit in _units(rule, facts):
            roles = _roles(name, unit, handlers=facts["handlers"]) & {str(r) for r in rule.by}
            if rule.step:
                roles &= {role for step, role in facts["open"] if rule.step in ("*", step)}
            if roles:
                found.add(rule.act)
    return found


def _units(rule: Rule, facts: dict[str, Any]) -> list[str]:
    """The units of the parts on which the act can be done now; the lead's for the item itself."""
    if rule.during and facts["state"] not in rule.during:
        return []
    if rule.machine == "item":
        in_state = not rule.source or facts["state"] in rule.source
        ready = facts["kept"] if rule.act == "archive" else rule.act not in OF_SENSITIVE
        return [LEAD] if in_state and ready else []
    if rule.machine == "item_unit":
        return [
            unit
            for unit, state, handled in facts["shares"]
            if state in rule.source
            and rule.unit in ("", "lead" if unit == LEAD else "co")
            and not (rule.act == "assign_handler" and handled)
            and rule.act != "plan"  # level 1 asks for none
        ]
    if rule.machine == "feedback":
        there = facts["feedback"] in rule.source and rule.unit != "co"
        return [LEAD] if there and rule.act != "cover_instalments" else []
    if rule.machine == "archive_record":
        return [LEAD] if not facts["kept"] else []
    return []  # nothing of the kind was begun on this line


def _facts(app: Flask, public_id: uuid.UUID) -> dict[str, Any]:
    codes = {unit["code"]: unit["id"] for unit in sample.organisation()["units"]}
    with app.app_context():
        office = db.session.scalars(select(Person.id).where(Person.name == "何玉萍")).one()
        view_as(office, app.extensions["portal.clock"])
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        handled = set(db.session.scalars(select(ItemMember.unit_id)))
        shares = [
            (codes[row.code], row.state, row.unit_id in handled)
            for row in db.session.execute(
                select(Unit.code, ItemUnit.state, ItemUnit.unit_id).join(
                    Unit, Unit.id == ItemUnit.unit_id
                )
            )
        ]
        slots = db.session.execute(
            select(ApprovalSlot.step, ApprovalSlot.role).where(ApprovalSlot.state == "open")
        ).all()
        return {
            "state": item.state,
            "open": {(row.step, row.role) for row in slots},
            "shares": shares,
            "handlers": HANDLERS if handled else set(),
            "feedback": db.session.scalar(select(Feedback.state)),
            "kept": db.session.scalar(
                select(ArchiveRecord.kept_on).where(ArchiveRecord.keeper == "unit")
            ),
        }


def _offered(client: FlaskClient, public_id: uuid.UUID) -> set[str]:
    page = get(client, f"/items/{public_id}")
    if page.status == 404:
        return set()
    return {
        str(sent["value"])
        for form in page.soup.find_all("form")
        if (sent := form.find("input", attrs={"name": "act"})) is not None
    }


def test_acts_are_offered_exactly_where_the_table_says(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """At every state of the line each persona's page carries the forms of the acts that are his
    or hers, and no others."""
    public_id = draft_item("A01")
    clients = {name: as_(name) for name in PERSONAS}
    wrong = {}
    for number, act in enumerate(LINE):
        walk(college, clients.__getitem__, public_id, (act,))
        if number not in STOPS:
            continue
        facts = _facts(college, public_id)
        assert facts["state"] == STATES[number]
        for name, client in clients.items():
            seen, expected = _offered(client, public_id), _expected(name, facts)
            if seen != expected:
                wrong[name, act.state] = {"more": seen - expected, "fewer": expected - seen}
    assert wrong == {}


def test_a_forged_form_does_nothing(
    college: Flask, as_: As, draft_item: Callable[..., uuid.UUID]
) -> None:
    """Whoever is not offered an act cannot send it either: 404 to strangers, 422 to others."""
    public_id = draft_item("A01")
    clients = {name: as_(name) for name in PERSONAS}
    tokens = {name: csrf(client, "/account/password") for name, client in clients.items()}
    for number, act in enumerate(LINE):
        walk(college, clients.__getitem__, public_id, (act,))
        if act.state not in FORGED_AT or number not in STOPS:
            continue
        facts = _facts(college, public_id)
        for name, client in clients.items():
            known = get(client, f"/items/{public_id}").status == 200
            for tail, forged in ADDRESSES.items():
                if forged not in _expected(name, facts):
                    data = {**_forged(tokens[name]), "act": forged}
                    answer = send(client, f"/items/{public_id}{tail}", data)
                    assert answer.status == (422 if known else 404), (name, tail, answer.status)
        assert _facts(college, public_id) == facts


def _forged(token: str) -> dict[str, str]:
    return {
        "csrf_token": token,
        "key": str(uuid.uuid4()),
        "opinion": "请补充依据文件。",
        "declared": "y",
        "result_text": "办结情况",
        "target": "drafter",
        "seen": "",
    }
