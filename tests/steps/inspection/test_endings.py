"""What becomes of a visit whose item ends: 办结 waits for it, 作废 and 免于督办 end it (第十七条,
SPEC T25, §2.12, decision 0172)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.extensions import db
from portal.rooms.inspections import queries as room
from portal.rulebook import inspecting
from portal.rulebook.refusals import Unmet
from portal.rulebook.tray import waiting
from portal.steps.closing import commands as closing
from tests.people import draft
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    Actor,
    at_work,
    intent,
)
from tests.steps.changes.proposing import agree, propose
from tests.steps.closing import simple
from tests.steps.extending import asking
from tests.steps.inspection import acts

PAGE = "（见本页“实地督查”）。"
UNSIGNED = "请先由督查组组长签署督查结论"
POOR = "督查结论为“落实不到位”，请先由党政办下达整改意见书"
FAIR = "请先由党政办办理“督查结束”，需要整改的下达整改意见书"
CONCERNED = (
    OFFICE, OFFICE_HEAD, OFFICE_LEADER, acts.CHIEF, acts.DISCIPLINE, acts.HR, HEAD, HANDLER,
)  # fmt: skip
WORDS = {
    "登记督查记录", "签署督查结论", "下达整改意见", "签收整改意见", "答复督查异议", "报送整改",
    "核实整改", "确认整改完成",
}  # fmt: skip


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def _withdrawn(actor: Actor) -> None:
    """Poor, but what was to be put right was withdrawn on an objection."""
    acts.conclude(actor)
    acts.issue(actor)
    acts.contest(actor)
    acts.rule(actor, accepted=True)


def _nothing_more(_actor: Actor) -> None:
    """Nobody has signed a conclusion."""


CONDUCTED: dict[str, tuple[Callable[[Actor], object], str]] = {
    "no conclusion yet": (_nothing_more, UNSIGNED),
    "poor": (acts.conclude, POOR),
    "good": (lambda actor: acts.conclude(actor, "good"), FAIR),
    "fair": (lambda actor: acts.conclude(actor, "fair"), FAIR),
    "objection accepted": (_withdrawn, FAIR),
}


@pytest.mark.parametrize("case", CONDUCTED)
def test_nobody_applies_while_a_visit_is_undecided(actor: Actor, case: str) -> None:
    """申请办结 says who has to do what first; done, it goes on."""
    further, said = CONDUCTED[case]
    acts.gone(actor)
    further(actor)
    with pytest.raises(Unmet) as refused:
        actor.apply_close()
    db.session.rollback()
    assert refused.value.reason == f"实地督查（保卫处）尚未结束，{said}{PAGE}"
    if said == FAIR:
        acts.finish(actor, "finish_inspection", OFFICE_HEAD)
        actor.apply_close()


@pytest.mark.parametrize("case", CONDUCTED)
def test_nor_is_an_item_struck_off(actor: Actor, case: str) -> None:
    """The visit was made while 办结 was being judged."""
    further, said = CONDUCTED[case]
    acts.plan(actor)
    acts.approve(actor)
    actor.apply_close()
    actor.to_closing_filing()
    acts.record(actor)
    further(actor)
    viewer, item = actor.item()
    with pytest.raises(Unmet) as refused:
        closing.close(viewer, item, intent(item))
    db.session.rollback()
    assert refused.value.reason == f"实地督查（保卫处）尚未结束，{said}{PAGE}"
    if said == FAIR:
        acts.finish(actor, "finish_inspection", OFFICE_HEAD)
        viewer, item = actor.item()
        closing.close(viewer, item, intent(item))
        assert actor.item()[1].state == "closed"


def test_nor_closed_the_simple_way(college: Flask) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01", method="phone", **acts.SECOND))
        actor.to_work()
        acts.gone(actor)
        with pytest.raises(Unmet) as refused:
            simple.close(actor)
        assert refused.value.reason == f"实地督查（保卫处）尚未结束，{UNSIGNED}{PAGE}"


def _issued(actor: Actor) -> None:
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor)


def _half_put_right(actor: Actor) -> None:
    """One point verified, one replied to, one open."""
    acts.rectifying_now(actor, *(acts.a_point(actor, days=day) for day in (3, 4, 5)))
    acts.reply(actor, 1)
    acts.verify(actor, 1)
    acts.reply(actor, 2)


HALF_DONE: dict[str, tuple[Callable[[Actor], object], list[str]]] = {
    "conducted": (acts.gone, []),
    "opinion issued": (_issued, ["withdrawn"]),
    "rectifying": (_half_put_right, ["verified", "withdrawn", "withdrawn"]),
}


def _void(college: Flask, actor: Actor) -> None:
    propose(college, actor.public_id, "void")
    agree(college, actor.public_id, "agree_void", OFFICE_LEADER)


def _exempt(_college: Flask, actor: Actor) -> None:
    asking.ask(actor, kind="exempt")
    for act, who in (
        ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
        ("review_extension", OFFICE_LEADER), ("exempt", PRESIDENT),
    ):  # fmt: skip
        asking.agree(actor, act, who)


@pytest.mark.parametrize("end", [_void, _exempt])
@pytest.mark.parametrize("case", HALF_DONE)
def test_a_visit_ends_with_an_item_that_goes_no_further(
    college: Flask, actor: Actor, case: str, end: Callable[[Flask, Actor], None]
) -> None:
    """Nothing waits for anybody, it is not 整改中, the event says so; the paper keeps all."""
    begin, states = HALF_DONE[case]
    begin(actor)
    end(college, actor)
    actor.viewer(OFFICE)
    visit = acts.visit(actor)
    assert visit.state == "finished"
    assert [point.state for point in inspecting.issued_points(visit)] == states
    assert [point.state for point in inspecting.points_of(visit)] == states[
        : states.count("verified")
    ]
    assert actor.events()[-1].facts["lapsed"] == ["visit"]
    for who in CONCERNED:
        viewer = actor.viewer(who)
        assert not WORDS & {row.word for row in waiting(viewer)}, who
        assert not actor.offers(who) & {
            "conclude_inspection", "issue_opinion", "finish_inspection", "sign_opinion",
            "reply_point", "verify_point", "finish_rectifying",
        }  # fmt: skip
    counts = {tab.label: tab.total for tab in room.tabs(actor.viewer(OFFICE), "")}
    assert (counts["整改中"], counts["有逾期整改"]) == (0, 0)


def test_it_does_not_end_with_an_adjustment(college: Flask, actor: Actor) -> None:
    """调整承办单位: what was found is put right all the same."""
    acts.rectifying_now(actor)
    propose(college, actor.public_id, "reassign", lead="JWC", co=("BWC",))
    agree(college, actor.public_id, "agree_reassign", LEADER)
    agree(college, actor.public_id, "agree_reassign", "解学农")
    actor.viewer(OFFICE)
    assert (acts.visit(actor).state, acts.point(actor).state) == ("rectifying", "open")
