"""Who hears of an act: the column `notify` of the life cycle against the table, and some walks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Person
from portal.rulebook.chains import CHAINS
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.rulebook.lifecycle import LIFECYCLE, TRANSITIONS
from tests.stages import as_of, bring, intent, item_of

New = Callable[..., uuid.UUID]
WORDS = {
    "responsible leader": {"responsible_leader"},
    "党政办分管领导": {"office_leader"},
    "office leader": {"office_leader"},
    "office head": {"office_head"},
    "office staff": {"office_staff"},
    "office": {"office_staff"},
    "unit head": {"unit_head"},
    "lead unit head": {"unit_head"},
    "unit liaison": {"liaison"},
    "unit": {"units"},
    "all units": {"units"},
    "old and new unit": {"units"},
    "lead + co heads and liaisons": {"units"},
    "handler": {"handler"},
    "drafter": {"proposer"},
    "leader": {"responsible_leader"},
    "leaders": {"responsible_leader"},
    "principal": {"secretary", "president"},
    "principal(s)": {"secretary", "president"},
    "secretary AND president": {"secretary", "president"},
    "co-unit leaders": {"co_leaders"},
    "everyone who already signed": {"signers"},
    "current approver": {"asked"},
    "纪委办": {"discipline"},
    "组织人事部": {"hr"},
    "—": set[str](),
}
"""What the column says, as the table says it."""

CONSENTS = {"T18": "agree_reassign", "T36": "agree_reopen", "T37": "agree_void", "T38": "adjust"}
"""Changes that take effect with a consent: those it concerns hear of that act. Of 调整 whichever
is the last."""
READ_ELSEWHERE = {"T41", "T21", "T22", "T23", "T39"}
"""Told by a list (批量阅知), by one of several acts, or of a machine whose acts come with it."""


def _next(rule: Rule) -> set[str]:
    """Whose signature the act asks for."""
    for chain in CHAINS.values():
        names = [step.step for step in chain.steps]
        if rule.chain == chain.name and rule.decides == "agree":
            step = chain.steps[names.index(rule.begins) if rule.begins else 0]
            return {str(role) for role in step.roles}
        if rule.step in names[:-1]:
            return {str(role) for role in chain.steps[names.index(rule.step) + 1].roles}
    return set()


def _told(rule: Rule) -> set[str]:
    every = "units" in rule.tells_too or rule.machine == "change"
    units = {"unit_head", "liaison"} if every else set()
    found = {str(role) for role in rule.tells} | set(rule.tells_too) | _next(rule)
    return (found - units) | ({"units"} if units <= found and units else set())


def _wanted(text: str) -> set[str]:
    parts = re.split(r"[,;] | \+ (?=everyone)", re.sub(r"\s*\([a-z][^)]*\)|\(todo\)", "", text))
    return set().union(*(WORDS[part.strip()] for part in parts))


@pytest.mark.parametrize("row", LIFECYCLE["transitions"], ids=lambda row: row["id"])
def test_everybody_the_life_cycle_names_hears(row: dict[str, str]) -> None:
    """T01 to T41: nobody named is left out. Others may hear too, such as the leaders of a unit."""
    if row["id"] in READ_ELSEWHERE:
        acts = TRANSITIONS[row["id"]]
        assert any(_told(BY_ACT[act]) for act in acts) or row["id"] == "T41"
        return
    act = CONSENTS.get(row["id"], TRANSITIONS[row["id"]][0])
    told = _told(BY_ACT["review_adjust"] if act == "adjust" else BY_ACT[act])
    assert _wanted(row["notify"]) <= told, (act, told)


def _heard(act: str) -> set[str]:
    """Who heard of the last act of this name."""
    query = select(Event.tells).where(Event.act == act).order_by(Event.id.desc()).limit(1)
    tells = db.session.scalars(query).one()
    return set(db.session.scalars(select(Person.name).where(Person.id.in_(tells))))


def test_along_the_line(college: Flask, draft_item: New) -> None:
    """A01: the one asked next and no other principal; the notice goes to every unit."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "issued")
        assert _heard("submit") == {"坤清祥"}
        assert _heard("review") == {"三郎泽里"}
        assert {"坤建军", "王尔基", "坤清祥"} <= _heard("issue")


def test_a_form_with_other_words_is_told_to_those_whose_signature_it_keeps(
    college: Flask, draft_item: New
) -> None:
    """修改后直接送我: they learn that the text they signed was changed; so do co-units' leaders."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer = as_of(college, "三郎泽里")
        item = item_of(viewer, public_id)
        said = intent(item, "标题请改得更准确些。")
        signing.send_back(viewer, item, said, to_previous=False, straight_back=True)
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, intent(item), declared=True)
        assert _heard("submit") == {"坤清祥", "余茂春", "三郎泽里", "卓玛青措"}


def test_a_merged_box_asks_the_one_whose_turn_it_is(college: Flask, draft_item: New) -> None:
    """A unit under the president: his signature comes last, the leader of the office is asked."""
    public_id = draft_item(
        "A01", lead_unit="JCC", co_units=[], source_type="院长办公会", principal="president"
    )
    with college.app_context():
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.submit(viewer, item, intent(item), declared=True)
        assert _heard("submit") == {"余茂春"}


def test_a_return_is_told_to_those_who_had_signed(college: Flask, draft_item: New) -> None:
    """T10, and T12 to the one who was being asked."""
    public_id = draft_item("A01")
    with college.app_context():
        bring(college, public_id, "pending_approve")
        viewer = as_of(college, "三郎泽里")
        item = item_of(viewer, public_id)
        signing.send_back(viewer, item, intent(item, "请补充依据文件。"), to_previous=False)
        assert _heard("return") == {"何玉萍", "坤清祥", "余茂春"}
        bring(college, public_id, "pending_review", since="draft")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        registration.withdraw(viewer, item, intent(item))
        assert _heard("withdraw") == {"余茂春"}
