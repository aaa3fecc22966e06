"""第二十条: who may do what on a brief, by the table and by roles.json, at every state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import Brief
from portal.rulebook.briefs import boxes
from portal.rulebook.briefs.rights import offered
from portal.rulebook.briefs.table import (
    ACTS,
    CIRCULAR,
    KINDS,
    READERS,
    STATES,
    STEPS,
    TERM_REPORT,
    WAITING,
    states_read,
    steps_of,
)
from portal.rulebook.keys import OFFICE_KEYS
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import OFFICE
from tests.rooms.reports.acting import FIRST, LAST, TERM
from tests.stages import as_of

PEOPLE = {
    "何玉萍": Role.OFFICE_STAFF, "杨思源": Role.OFFICE_HEAD, "余茂春": Role.OFFICE_LEADER,
    "向维岷": Role.SECRETARY, "三郎泽里": Role.PRESIDENT, "坤建军": Role.UNIT_HEAD,
    "耿立正": Role.DISCIPLINE,
}  # fmt: skip
ROLES = Path(__file__).parents[1] / "data" / "roles.json"


def test_the_table_grants_what_roles_json_grants() -> None:
    """`report.semester`: who has it drafts, who may read it reads."""
    actions = json.loads(ROLES.read_text(encoding="utf-8"))["actions"]
    grants = next(row["grants"] for row in actions if row["id"] == "report.semester")
    assert {role.value for role in OFFICE} == {role for role, how in grants.items() if how == "A"}
    assert {role.value for role in READERS} == grants.keys()


def test_every_act_starts_and_ends_where_a_brief_can_be() -> None:
    for row in ACTS:
        assert {*row.source, *([row.target] if row.target else [])} <= STATES.keys(), row.act
        assert set(row.kinds) <= KINDS.keys()
    assert {step.state for step in STEPS} == set(WAITING)
    assert all(row.signs in {step.step for step in STEPS} for row in ACTS if row.signs)


def test_only_criticism_is_asked_of_the_principals() -> None:
    plain = Brief(kind=CIRCULAR, criticised_ids=[])
    named = Brief(kind=CIRCULAR, criticised_ids=[1])
    assert [step.step for step in steps_of(plain)] == ["check", "review"]
    assert [step.step for step in steps_of(named)] == ["check", "review", "approve"]


@pytest.mark.parametrize(
    ("role", "report", "circular"),
    [
        ("office_staff", set(STATES), set(STATES)),
        ("president", {*WAITING, "released", "recalled"}, {*WAITING, "released", "recalled"}),
        ("unit_head", set(), {"released", "recalled"}),
        ("archivist", set(), {"released", "recalled"}),
    ],
)
def test_what_a_role_reads(role: str, report: set[str], circular: set[str]) -> None:
    assert set(states_read({role}, TERM_REPORT)) == report
    assert set(states_read({role}, CIRCULAR)) == circular


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("state", list(STATES))
def test_whoever_may_do_an_act_is_offered_it_and_nobody_else(
    college: Flask, kind: str, state: str
) -> None:
    """Every row of the table at every state, by seven people; a signature where the box is open."""
    with college.app_context():
        office = as_of(college, "何玉萍")
        brief = Brief(
            kind=kind, state=state, name=TERM, first=FIRST, last=LAST, drafted_by_id=1,
            drafted_at=office.moment.instant, readers=[0, *OFFICE_KEYS.values(), 11],
            released_on=FIRST if state in ("released", "recalled") else None,
            criticised_ids=[11] if kind == CIRCULAR else [],
        )  # fmt: skip
        db.session.add(brief)
        db.session.flush()
        boxes.begin(office, brief)
        for box in boxes.run_of(office, brief):
            step = next(one for one in STEPS if one.step == box.step)
            box.state = "open" if step.state == state else "waiting"
        db.session.commit()
        brief_id = brief.id
        for who, role in PEOPLE.items():
            viewer = as_of(college, who)
            seen = db.session.get_one(Brief, brief_id)
            waiting = {one for step in steps_of(seen) if step.state == state for one in step.roles}
            expected = {
                row.act
                for row in ACTS
                if state in row.source
                and kind in row.kinds
                and role in row.by
                and (not (row.signs or row.act == "send_back") or role in waiting)
            }
            assert set(offered(viewer, seen)) == expected, who
