"""实地督查方案, 实地督查记录 and 整改意见书: filled, printed, and for whom (第十七条)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from portal.documents.field_sheets import FIXED, INSPECTED, N
from portal.documents.gongwen.content import Gongwen
from portal.documents.queries import sheets_of, standing
from portal.documents.render import render
from portal.documents.table import fill, labels_of, sort_of
from portal.errors import NotFound
from portal.extensions import db
from portal.rulebook.refusals import Unmet
from portal.steps.inspection import rectifying
from tests.people import draft
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
)
from tests.steps.inspection import acts
from tests.steps.knowledge.listing import sensitive

WORDS = ("inspection_plan", "inspection_record", "rectification")


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """A01 in work, 二级."""
    with college.app_context():
        made = Actor(college, draft(college, "A01", **acts.SECOND))
        made.to_work()
        yield made


def _kinds(actor: Actor, who: str = OFFICE) -> dict[str, str]:
    """The sheets of this module that the person is offered: kind by word."""
    lines = sheets_of(*actor.item(who))
    found = {line.kind.partition("-")[0]: line.kind for line in lines}
    return {word: found[word] for word in WORDS if word in found}


def _filled(actor: Actor, word: str, who: str = OFFICE) -> Any:
    kind = _kinds(actor, who)[word]
    viewer, item = actor.item(who)
    return fill(viewer, item, kind, standing(viewer, item, kind).as_of_id, "阿坝职业学院")


def test_each_paper_is_there_once_there_is_something_to_print(actor: Actor) -> None:
    seen = []
    for act in (acts.plan, acts.approve, acts.record, acts.conclude, acts.issue):
        act(actor)
        seen.append(tuple(_kinds(actor)))
    assert seen == [WORDS[:1], WORDS[:1], WORDS[:2], WORDS[:2], WORDS]
    labels = labels_of(_kinds(actor).values())
    assert sorted(labels.values()) == ["实地督查方案", "实地督查记录", "整改意见书"]


def test_the_plan_with_its_team_and_its_approval(actor: Actor) -> None:
    acts.plan(actor)
    acts.approve(actor)
    sheet = _filled(actor, "inspection_plan")
    assert {(one.name, one.part) for one in sheet.members} == {
        (acts.CHIEF, FIXED), (acts.DISCIPLINE, FIXED), (acts.HR, FIXED), (acts.FINANCE, N),
        (HEAD, INSPECTED),
    }  # fmt: skip
    assert (sheet.leader, sheet.methods) == (acts.CHIEF, ("interview", "on_site"))
    ((box,),) = (cell.boxes for cell in sheet.approvals)
    assert (box.name, box.opinion) == (OFFICE_LEADER, "同意。")
    assert render("inspection_plan", sheet).startswith(b"%PDF")


def test_the_plan_says_why_again_and_that_the_head_is_talked_to(actor: Actor) -> None:
    """What its approver read stands on the paper; on a plan without it nothing does."""
    acts.gone(actor)
    acts.conclude(actor, "good")
    acts.finish(actor, "finish_inspection", OFFICE_HEAD)
    plain = _printed(actor)
    assert not any(word in plain for word in SAID)
    acts.plan(actor, repeat_reason="首次督查后情况反复。", talks_to_head=True)
    assert all(word in _printed(actor) for word in (*SAID, "首次督查后情况反复。"))


SAID = ("30天内再次督查，原因：", "约谈（单位主要负责人）")


def _printed(actor: Actor) -> str:
    """The words of the latest plan's sheet."""
    content = render("inspection_plan", _filled(actor, "inspection_plan"))
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_record_says_what_the_unit_said(actor: Actor) -> None:
    """Nothing yet, an objection, and after that none to another opinion."""
    acts.gone(actor)
    acts.conclude(actor, "fair")
    assert _filled(actor, "inspection_record").answer == ""
    acts.issue(actor)
    before = standing(*actor.item(), _kinds(actor)["inspection_record"]).as_of_id
    acts.contest(actor)
    sheet = _filled(actor, "inspection_record")
    assert (sheet.answer, sheet.objection, sheet.answered.name) == ("objected", REASON, HEAD)
    assert (sheet.conclusion, sheet.signed[0].name) == ("fair", acts.CHIEF)
    assert standing(*actor.item(), _kinds(actor)["inspection_record"]).as_of_id > before
    acts.rule(actor, accepted=True)
    assert _filled(actor, "inspection_record").answer == ""
    acts.issue(actor)
    acts.sign(actor)
    sheet = _filled(actor, "inspection_record")
    assert (sheet.answer, sheet.objection) == ("agreed", "无异议。")
    assert render("inspection_record", sheet).startswith(b"%PDF")


def test_the_opinion_prints_the_days_it_was_issued_with(actor: Actor) -> None:
    """A new day after 核实未通过 is none of the paper's."""
    acts.rectifying_now(actor, acts.a_point(actor), acts.a_point(actor, HEAD, 5))
    before = _filled(actor, "rectification")
    acts.reply(actor)
    acts.reject(actor, days=9)
    after = _filled(actor, "rectification")
    assert isinstance(after, Gongwen)
    assert after == before
    assert sort_of(_kinds(actor)["rectification"]).form == "gongwen"


def test_nor_are_another_unit_and_what_was_taken_back_any_of_its(actor: Actor) -> None:
    """改派整改, 撤销整改: the paper says what was issued to whom."""
    acts.rectifying_now(actor, acts.a_point(actor), acts.a_point(actor, HEAD, 5))
    before = _filled(actor, "rectification")
    for nth in (1, 2):
        viewer, item = actor.item(OFFICE_HEAD)
        point, day = acts.point(actor, nth), viewer.moment.day
        owner = (acts.unit(CO_UNIT), acts.person(CO_HEAD))
        rectifying.reassign(viewer, item, point, intent(None, REASON), owner=owner, due=day)
    viewer, item = actor.item(OFFICE_HEAD)
    rectifying.take_back(viewer, item, acts.point(actor, 2), intent(None, REASON))
    assert _filled(actor, "rectification") == before


def test_the_record_names_who_leads_now(actor: Actor) -> None:
    """更换组长: plan and record print it, and stand as of that act."""
    acts.gone(actor)
    before = [standing(*actor.item(), kind).as_of_id for kind in _kinds(actor).values()]
    viewer, item = actor.item()
    chief = acts.person(acts.DISCIPLINE)
    acts.commands.replace_chief(
        viewer, item, acts.visit(actor), intent(None, REASON), chief_id=chief
    )
    after = [standing(*actor.item(), kind).as_of_id for kind in _kinds(actor).values()]
    assert [one.leader for one in map(_filled, [actor] * 2, WORDS[:2])] == [acts.DISCIPLINE] * 2
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_what_has_no_opinion_any_more_has_no_paper(actor: Actor) -> None:
    acts.gone(actor)
    acts.conclude(actor, "fair")
    acts.issue(actor)
    kind = _kinds(actor)["rectification"]
    acts.contest(actor)
    acts.rule(actor, accepted=True)
    assert "rectification" not in _kinds(actor)
    with pytest.raises(NotFound):
        standing(*actor.item(), kind)


def test_of_a_sensitive_item_it_is_the_inspected_units(college: Flask) -> None:
    """第二十一条: the team is of those listed; people of another co-unit have no paper of it, those
    of the inspected one once the plan is approved."""
    with sensitive(college, **acts.SECOND) as actor:
        actor.to_work()
        with pytest.raises(Unmet) as refused:
            acts.plan(actor)
        db.session.rollback()
        assert any(part.article == "21" for part in refused.value.each)
        acts.plan(actor, team=(), chief=OFFICE, shortfall="敏感事项，仅由知悉人员参加。")
        plan = {"inspection_plan"}
        people = (OFFICE, HEAD, "覃燚")
        assert [set(_kinds(actor, who)) for who in people] == [plan, set(), set()]
        acts.approve(actor)
        assert [set(_kinds(actor, who)) for who in people] == [plan, plan, set()]
