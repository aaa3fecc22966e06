"""实地督查 from its plan to the last point put right (第七、十七条, SPEC §1.7, §2.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, Event
from portal.rulebook import inspecting
from portal.rulebook.refusals import Unmet
from portal.steps.closing import commands as closing
from portal.steps.inspection.clock import follow_rectifying
from tests.steps.acting import (
    CO_UNIT,
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    Actor,
    at_work,
    intent,
    pass_days,
)
from tests.steps.inspection import acts


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def _refused(fields: set[str], command: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Unmet) as refused:
        command(*args, **kwargs)
    db.session.rollback()
    assert {name for part in refused.value.each for name in part.fields} == fields
    return refused.value.reason


@pytest.mark.parametrize("approved", [False, True])
def test_a_plan_lapses_with_its_item(actor: Actor, approved: bool) -> None:
    """Struck off, the item is not gone to: nothing waits for anybody, and the event says why, of a
    plan that the unit knows of."""
    acts.plan(actor)
    if approved:
        acts.approve(actor)
    actor.apply_close()
    actor.to_closing_filing()
    waits = "plan_approved" if approved else "plan_pending"
    actor.viewer(OFFICE)
    assert acts.visit(actor).state == waits, "while it is being closed, it waits"
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    visit = acts.visit(actor)
    assert (visit.state, visit.recorded_at) == ("finished", None)
    lapsed = actor.events()[-1].facts.get("lapsed", [])
    assert lapsed == (["inspection"] if approved else [])
    assert "approve_inspection" not in actor.offers(OFFICE_LEADER)
    assert "record_inspection" not in actor.offers(acts.DISCIPLINE)
    assert not actor.offers(OFFICE) & {"cancel_inspection", "inspect"}
    open_runs = select(Approval).where(Approval.chain == "inspection", Approval.state == "open")
    assert db.session.scalars(open_runs).all() == []


def test_the_whole_way(actor: Actor) -> None:
    """Every act by the person whose it is; each next one is offered to the next person only."""
    assert "inspect" in actor.offers(OFFICE)
    visit = acts.plan(actor)
    assert visit.state == "plan_pending"
    assert not actor.offers(OFFICE) & {"inspect"}, "one at a time"
    assert "approve_inspection" in actor.offers(OFFICE_LEADER)
    assert "approve_inspection" not in actor.offers(PRESIDENT)
    acts.approve(actor)
    assert "record_inspection" in actor.offers(acts.DISCIPLINE)
    acts.record(actor)
    assert "conclude_inspection" in actor.offers(acts.CHIEF)
    assert "conclude_inspection" not in actor.offers(acts.DISCIPLINE)
    assert not actor.offers(OFFICE_HEAD) & {"issue_opinion", "finish_inspection"}
    acts.conclude(actor)
    assert {"issue_opinion", "finish_inspection"} <= actor.offers(OFFICE_HEAD)
    acts.issue(actor, acts.a_point(actor), acts.a_point(actor, HEAD, 5))
    assert not actor.offers(HANDLER) & {"reply_point"}, "not before the unit has signed"
    acts.sign(actor)
    acts.reply(actor, 1)
    acts.verify(actor, 1)
    assert "finish_rectifying" not in actor.offers(OFFICE)
    acts.reply(actor, 2, HEAD)
    acts.verify(actor, 2, OFFICE)
    assert acts.finish(actor).state == "finished"
    assert "inspect" in actor.offers(OFFICE)


def test_who_is_inspected_may_explain_and_neither_records_nor_signs_nor_verifies(
    actor: Actor,
) -> None:
    """第七条, SPEC P2."""
    acts.plan(actor)
    acts.approve(actor)
    team = {member.person_id: member for member in inspecting.team_of(acts.visit(actor))}
    assert team[acts.person(HEAD)].inspected
    assert [one.person_id for one in team.values() if one.leads] == [acts.person(acts.CHIEF)]
    assert "record_inspection" not in actor.offers(HEAD)
    with pytest.raises(NotOffered):
        acts.record(actor, HEAD)
    db.session.rollback()
    acts.record(actor)
    with pytest.raises(NotOffered):
        acts.conclude(actor, who=HEAD)
    db.session.rollback()
    acts.conclude(actor)
    acts.issue(actor)
    acts.sign(actor)
    acts.reply(actor)
    with pytest.raises(NotOffered):
        acts.verify(actor, who=HEAD)


def test_a_member_whose_own_unit_has_to_put_it_right_does_not_verify(actor: Actor) -> None:
    """The point of a co-unit is verified by others, also where its people inspect the lead unit."""
    co_member = "王尔基"
    acts.plan(actor, team=(*acts.TEAM[:3], co_member))
    acts.approve(actor)
    acts.record(actor)
    acts.conclude(actor)
    acts.issue(actor, acts.a_point(actor, "杨初", code=CO_UNIT))
    acts.sign(actor)
    acts.reply(actor, who=co_member)
    said = _refused(set(), acts.verify, actor, who=co_member)
    assert said == "您是被督查单位人员，不能登记、签署结论或核实整改。"
    acts.verify(actor)


def test_a_leader_of_the_team_is_not_of_the_inspected_unit(actor: Actor) -> None:
    team = (*acts.TEAM[:3], acts.CHIEF)
    _refused({"leader"}, acts.plan, actor, chief=HEAD, team=team)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [(acts.DISCIPLINE, "纪委办"), (acts.HR, "组织人事部")],
)
def test_a_team_without_one_of_the_three_offices_says_why(
    actor: Actor, left_out: str, missing: str
) -> None:
    """SPEC §1.7: a warning with a text, not a block."""
    team = tuple(name for name in acts.TEAM if name != left_out)
    said = _refused({"shortfall"}, acts.plan, actor, team=team)
    assert said == f"未满足“3+N”组成原则，请说明原因（缺{missing}人员）。"
    assert acts.plan(actor, team=team, shortfall="该部门人员外出。").state == "plan_pending"


def test_whoever_is_of_an_office_counts_as_of_it(actor: Actor) -> None:
    """第七条 names 党政办, not its 督办专员: 档案员 is of it, as the sheet says."""
    archivist = "黄素芬"
    team = (archivist, acts.HR, acts.FINANCE)
    assert acts.plan(actor, chief=acts.DISCIPLINE, team=team).state == "plan_pending"


def test_what_a_plan_lacks_is_said_at_once(actor: Actor) -> None:
    today = actor.viewer(OFFICE).moment.day
    lacking = {
        "matter": "", "outline": "", "methods": (), "planned_on": today - timedelta(days=1),
        "talks_to_head": True,
    }  # fmt: skip
    fields = {*lacking, "member_1"}
    _refused(fields, acts.plan, actor, team=(*acts.TEAM, acts.HR), **lacking)


def test_the_same_unit_is_not_inspected_again_within_thirty_days_without_a_reason(
    college: Flask, actor: Actor
) -> None:
    """SPEC §2.12; a visit that was cancelled does not count."""
    acts.plan(actor)
    acts.approve(actor)
    acts.record(actor)
    acts.conclude(actor, "good")
    acts.finish(actor, "finish_inspection", OFFICE_HEAD)
    assert _refused({"repeat_reason"}, acts.plan, actor).endswith("30天内再次督查请说明原因。")
    acts.plan(actor, repeat_reason="首次督查后情况反复。")
    viewer, item = actor.item(OFFICE)
    acts.commands.cancel(viewer, item, acts.visit(actor), acts.intent(None, acts.REASON))
    assert acts.visit(actor).recorded_at is None
    pass_days(college, 31)
    assert acts.plan(actor).state == "plan_pending"


def test_two_units_are_not_one(actor: Actor) -> None:
    """The other unit of the item is inspected without a reason."""
    actor.receive("王尔基", CO_UNIT)
    acts.gone(actor)
    acts.conclude(actor, "good")
    acts.finish(actor, "finish_inspection", OFFICE_HEAD)
    assert acts.plan(actor, code=CO_UNIT).unit_id == acts.unit(CO_UNIT)


def test_open_points_block_the_closing(actor: Actor) -> None:
    """SPEC T25: until somebody found them put right."""
    acts.rectifying_now(actor, acts.a_point(actor), acts.a_point(actor, HEAD))
    said = _refused(set(), actor.apply_close)
    assert said == ("实地督查整改意见第1条、第2条尚未核实通过，请先完成整改（见本页“实地督查”）。")
    for nth in (1, 2):
        acts.reply(actor, nth, HEAD)
        acts.verify(actor, nth)
    actor.apply_close()
    assert actor.item()[1].state == "closing_sign"


def test_what_does_not_pass_gets_a_new_day(actor: Actor) -> None:
    acts.rectifying_now(actor)
    acts.reply(actor)
    _refused({"due"}, acts.reject, actor, days=-1)
    point = acts.reject(actor, days=4)
    assert (point.state, point.due) == (
        "open",
        actor.viewer(OFFICE).moment.day + timedelta(days=4),
    )
    assert acts.reply(actor).state == "replied"


def test_a_poor_result_is_followed_by_points(actor: Actor) -> None:
    acts.gone(actor)
    acts.conclude(actor)
    said = _refused(set(), acts.finish, actor, "finish_inspection", OFFICE_HEAD)
    assert said == "督查结论为“落实不到位”，请下达整改意见书。"


def test_an_objection_that_is_accepted_takes_the_points_with_it(actor: Actor) -> None:
    """The inspection ends without them; they block nothing."""
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor)
    acts.contest(actor)
    assert not actor.offers(HEAD) & {"sign_opinion", "object_to_opinion"}
    acts.rule(actor, accepted=True)
    _viewer, item = actor.item()
    assert inspecting.open_points(item) == []
    assert acts.finish(actor, "finish_inspection", OFFICE_HEAD).state == "finished"


def test_an_objection_that_is_refused_begins_the_rectifying(actor: Actor) -> None:
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor)
    acts.contest(actor)
    assert acts.rule(actor, accepted=False).state == "rectifying"
    assert "reply_point" in actor.offers(HANDLER)


def _late_objection(college: Flask, actor: Actor) -> None:
    """Of three points one is due before the objection is answered, one on that day, one later."""
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor, *(acts.a_point(actor, days=days) for days in (3, 5, 9)))
    acts.contest(actor)
    pass_days(college, 5)


@pytest.mark.parametrize("days", [None, -1])
def test_what_is_upheld_after_its_day_needs_a_new_one(
    college: Flask, actor: Actor, days: int | None
) -> None:
    _late_objection(college, actor)
    _refused({"due"}, acts.rule, actor, accepted=False, days=days)


def test_what_is_upheld_late_is_not_overdue_at_once(
    college: Flask, worker: Flask, actor: Actor
) -> None:
    """Days that have not passed stay; the paper keeps all."""
    _late_objection(college, actor)
    acts.rule(actor, accepted=False, days=4)
    today = actor.viewer(OFFICE).moment.day
    points = inspecting.points_of(acts.visit(actor))
    assert [(point.due - today).days for point in points] == [4, 0, 4]
    assert [(point.asked_due - today).days for point in points] == [-2, 0, 4]
    worker.extensions["portal.clock"] = college.extensions["portal.clock"]
    assert _clock(worker) == 0


def test_after_an_accepted_objection_another_opinion_may_be_issued(actor: Actor) -> None:
    """It may be objected to again, and its points are numbered from 1."""
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor, acts.a_point(actor), acts.a_point(actor, HEAD))
    acts.contest(actor)
    acts.rule(actor, accepted=True)
    acts.issue(actor)
    assert "object_to_opinion" in actor.offers(HEAD)
    acts.sign(actor)
    assert len(inspecting.points_of(acts.visit(actor))) == 1


def test_five_working_days_to_object_then_silence_counts(
    college: Flask, worker: Flask, actor: Actor
) -> None:
    """SPEC §2.12: from Monday the 23rd to Monday the 30th; the day after it is deemed."""
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor)
    worker.extensions["portal.clock"] = college.extensions["portal.clock"]
    pass_days(college, 7)
    assert _clock(worker) == 0
    assert "object_to_opinion" in actor.offers(HEAD)
    pass_days(college, 1)
    said = _refused(set(), acts.contest, actor)
    assert said == "提出异议的期限已过。"
    assert _clock(worker) == 2, "deemed, and its point, due on the 26th, is overdue"
    assert _clock(worker) == 0
    visit = acts.visit(actor)
    assert (visit.state, visit.deemed) == ("rectifying", True)


def test_an_overdue_point_is_replied_to(college: Flask, worker: Flask, actor: Actor) -> None:
    """第十七条: from the day after its own; once."""
    acts.rectifying_now(actor)
    worker.extensions["portal.clock"] = college.extensions["portal.clock"]
    pass_days(college, 3)
    assert _clock(worker) == 0
    pass_days(college, 1)
    assert _clock(worker) == 1
    assert _clock(worker) == 0
    actor.viewer(OFFICE)
    assert acts.point(actor).state == "overdue"
    acts.reply(actor)
    assert acts.verify(actor).state == "verified"


def _clock(worker: Flask) -> int:
    with worker.app_context():
        return follow_rectifying()


def test_a_returned_plan_is_planned_anew_with_another_team(actor: Actor) -> None:
    acts.plan(actor)
    viewer, item = actor.item(OFFICE_LEADER)
    acts.commands.send_back(viewer, item, acts.visit(actor), acts.intent(None, acts.REASON))
    assert acts.visit(actor).state == "plan_draft"
    draft = acts.visit(actor)
    visit = acts.plan_again(actor, team=acts.TEAM[:2])
    assert (visit.id, visit.state) == (draft.id, "plan_pending")
    assert len(inspecting.team_of(visit)) == 3


def test_a_principal_approves_a_talk_with_the_head(actor: Actor) -> None:
    """lifecycle.json: 约谈 of a unit head, whatever the level."""
    acts.plan(actor, talks_to_head=True)
    assert "approve_inspection" not in actor.offers(OFFICE_LEADER)
    assert "approve_inspection" in actor.offers(PRESIDENT)


def test_the_team_reads_what_it_inspects_and_whoever_answers_for_a_point(actor: Actor) -> None:
    """第二十一条: 计财处 has nothing to do with the item before."""
    finance = actor.viewer(acts.FINANCE)
    acts.plan(actor)
    assert not _knows(actor, acts.FINANCE), "the plan is not approved yet"
    acts.approve(actor)
    assert _knows(actor, acts.FINANCE)
    assert finance.person_id in {-key for key in actor.item()[1].readers}


def _knows(actor: Actor, who: str) -> bool:
    actor.viewer(who)
    return bool(db.session.scalar(acts.select(acts.Item.id)))


def test_every_act_says_which_unit_it_is_of(actor: Actor) -> None:
    acts.rectifying_now(actor)
    said: list[Event] = [one for one in actor.events() if one.subject == "inspection"]
    assert [one.act for one in said] == [
        "inspect", "approve_inspection", "record_inspection", "conclude_inspection",
        "issue_opinion", "sign_opinion",
    ]  # fmt: skip
    assert {one.facts["inspected"] for one in said} == {"保卫处"}
