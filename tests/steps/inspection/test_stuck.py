"""An inspection whose leader or unit is gone goes on; who is inspected does not judge
(第七、十七条, decision 0172)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Delegation, Event, Message, Person
from portal.rooms.organisation import units
from portal.rulebook import inspecting
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything
from portal.rulebook.tray import waiting
from portal.steps.inspection import commands, rectifying
from portal.steps.issuing import commands as issuing
from tests.rooms.organisation.keeping import TOMORROW, WHY, editor
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    Actor,
    at_work,
    intent,
    pass_days,
)
from tests.steps.changes.proposing import agree, propose
from tests.steps.inspection import acts

ANOTHER = "黄素芬"
"""Of 党政办, not of the team."""


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def _replace(actor: Actor, chief: str, who: str = OFFICE) -> None:
    viewer, item = actor.item(who)
    commands.replace_chief(
        viewer, item, acts.visit(actor), intent(None, REASON), chief_id=acts.person(chief)
    )


def _approved(actor: Actor) -> None:
    acts.plan(actor)
    acts.approve(actor)


def _leaves(database: Servers, name: str) -> None:
    """The person is of the college no more."""
    with connect(database.owner_url) as raw:
        raw.execute(
            "UPDATE appointment SET valid_to = '2026-11-22' WHERE person_id ="
            " (SELECT id FROM person WHERE name = %s)",
            (name,),
        )
        raw.execute("UPDATE person SET active = false WHERE name = %s", (name,))


def _post(database: Servers, name: str, code: str, role: str) -> None:
    """A post beside those the person has."""
    with connect(database.owner_url) as raw:
        raw.execute(
            "INSERT INTO appointment (public_id, person_id, unit_id, post, role, is_primary,"
            " acting_head, valid_from) SELECT gen_random_uuid(), p.id, u.id, '', %s, false, false,"
            " '2026-11-23' FROM person p, unit u WHERE p.name = %s AND u.code = %s",
            (role, name, code),
        )


def _told(worker: Flask, act: str) -> dict[str, str]:
    """Who got a message of the last such act, and of which kind."""
    with worker.app_context(), everything(because="测试"):
        rows = db.session.execute(
            select(Person.name, Message.kind)
            .join(Message, Message.person_id == Person.id)
            .join(Event, Event.id == Message.event_id)
            .where(Event.act == act)
        ).all()
    return {row.name: row.kind for row in rows}


@pytest.mark.parametrize("chief", [acts.DISCIPLINE, ANOTHER])
@pytest.mark.parametrize("who", [OFFICE, OFFICE_HEAD])
@pytest.mark.parametrize("begin", [_approved, acts.gone])
def test_a_team_gets_another_leader(
    database: Servers, actor: Actor, begin: Callable[[Actor], object], who: str, chief: str
) -> None:
    """Of the team or from elsewhere; who led before stays of it, and the way goes on."""
    begin(actor)
    _leaves(database, acts.CHIEF)
    _replace(actor, chief, who)
    team = inspecting.team_of(acts.visit(actor))
    leaders = [one.person_id for one in team if one.leads]
    assert leaders == [acts.person(chief)]
    assert acts.person(acts.CHIEF) in {one.person_id for one in team}
    if begin is _approved:
        acts.record(actor, chief)
    assert acts.conclude(actor, who=chief).concluded_by_id == acts.person(chief)
    assert not actor.offers(who) & {"replace_chief"}, "the conclusion is signed"


@pytest.mark.parametrize(
    ("begin", "kind"), [(_approved, "N00"), (acts.gone, "N01")], ids=["approved", "conducted"]
)
def test_both_leaders_hear_of_it(
    actor: Actor, worker: Flask, begin: Callable[[Actor], object], kind: str
) -> None:
    """The new one is asked to sign where that is next."""
    begin(actor)
    _replace(actor, ANOTHER)
    told = _told(worker, "replace_chief")
    assert (told[ANOTHER], told[acts.CHIEF]) == (kind, "N00")


def test_a_leader_who_came_into_the_inspected_unit_is_marked(
    database: Servers, actor: Actor
) -> None:
    """第七条: from then on the former leader may explain and no more."""
    acts.gone(actor)
    _post(database, acts.CHIEF, "BWC", "handler")
    with pytest.raises(Unmet):
        acts.conclude(actor)
    db.session.rollback()
    _replace(actor, acts.DISCIPLINE)
    actor.viewer(OFFICE)
    team = {one.person_id: one for one in inspecting.team_of(acts.visit(actor))}
    assert team[acts.person(acts.CHIEF)].inspected
    assert not actor.offers(acts.CHIEF) & {"record_inspection", "conclude_inspection"}
    acts.conclude(actor, who=acts.DISCIPLINE)


@pytest.mark.parametrize(
    ("chief", "said"),
    [
        (acts.CHIEF, "该人员现为组长，请选择其他人员。"),
        (HEAD, "请选择组长；组长不得为被督查单位人员，也不得为没有所在单位的人员。"),
        (HANDLER, "请选择组长；组长不得为被督查单位人员，也不得为没有所在单位的人员。"),
        (PRESIDENT, "请选择组长；组长不得为被督查单位人员，也不得为没有所在单位的人员。"),
    ],
)
def test_who_may_not_lead(actor: Actor, chief: str, said: str) -> None:
    acts.gone(actor)
    with pytest.raises(Unmet) as refused:
        _replace(actor, chief)
    assert refused.value.fields == {"chief": said}


def _reassign(actor: Actor, owner: str, code: str, days: int = 3, who: str = OFFICE_HEAD) -> None:
    viewer, item = actor.item(who)
    rectifying.reassign(
        viewer,
        item,
        acts.point(actor),
        intent(None, REASON),
        owner=(acts.unit(code), acts.person(owner)),
        due=viewer.moment.day + timedelta(days=days),
    )


def _take_back(actor: Actor, nth: int = 1, who: str = OFFICE_HEAD) -> None:
    viewer, item = actor.item(who)
    rectifying.take_back(viewer, item, acts.point(actor, nth), intent(None, REASON))


def _unit_gone(college: Flask, actor: Actor) -> None:
    """The inspected unit is relieved, then merged: nobody of it is left to reply."""
    acts.rectifying_now(actor)
    propose(college, actor.public_id, "reassign", lead="JWC", co=(CO_UNIT,))
    agree(college, actor.public_id, "agree_reassign", LEADER)
    agree(college, actor.public_id, "agree_reassign", "解学农")
    viewer, item = actor.item()
    issuing.issue(viewer, item, intent(item))
    units.end_unit(editor(college), "BWC", TOMORROW, CO_UNIT, WHY)
    pass_days(college, 2)


def test_a_point_whose_unit_is_gone_becomes_another_units(
    college: Flask, actor: Actor, worker: Flask
) -> None:
    """It is put right there, and the inspection ends; the paper names whom it was issued to."""
    _unit_gone(college, actor)
    actor.viewer(OFFICE)
    asked = acts.point(actor).owner_id
    assert {"reassign_point", "withdraw_point"} <= actor.offers(OFFICE_HEAD)
    assert "reply_point" not in actor.offers(CO_HEAD)
    _reassign(actor, CO_HEAD, CO_UNIT)
    assert _told(worker, "reassign_point")[CO_HEAD] == "N01"
    point = acts.point(actor)
    assert (point.unit_id, point.state) == (acts.unit(CO_UNIT), "open")
    assert point.asked_owner_id == asked
    acts.reply(actor, who=CO_HEAD)
    acts.verify(actor)
    assert acts.finish(actor).state == "finished"


def test_the_relieved_unit_hears_of_it_as_the_new_one_does(actor: Actor, worker: Flask) -> None:
    actor.receive(CO_HEAD, CO_UNIT)
    acts.rectifying_now(actor)
    _reassign(actor, CO_HEAD, CO_UNIT)
    told = _told(worker, "reassign_point")
    assert {CO_HEAD, HEAD, acts.CHIEF, acts.DISCIPLINE} <= set(told)
    assert (told[CO_HEAD], told[HEAD]) == ("N01", "N00")
    assert actor.events()[-1].facts["relieved"] == "保卫处"


@pytest.mark.parametrize(
    ("owner", "code", "days", "fields"),
    [
        (CO_HEAD, "BWC", 3, {"owner"}),
        ("解学农", "JWC", 3, {"owner"}),
        (HANDLER, "BWC", 3, {"owner"}),
        (CO_HEAD, CO_UNIT, -1, {"due"}),
    ],
    ids=["not of the unit", "not of the item", "no change", "past"],
)
def test_whose_a_point_cannot_become(
    actor: Actor, owner: str, code: str, days: int, fields: set[str]
) -> None:
    acts.rectifying_now(actor)
    with pytest.raises(Unmet) as refused:
        _reassign(actor, owner, code, days)
    assert set(refused.value.fields) == fields


def test_a_point_is_taken_back_and_blocks_nothing(actor: Actor, worker: Flask) -> None:
    """Of two one is verified and one taken back: the inspection may end, and the item too."""
    acts.rectifying_now(actor, acts.a_point(actor), acts.a_point(actor, HEAD))
    acts.reply(actor, 1)
    acts.verify(actor, 1)
    assert "finish_rectifying" not in actor.offers(OFFICE)
    _take_back(actor, 2)
    told = _told(worker, "withdraw_point")
    assert {HEAD, acts.CHIEF, acts.DISCIPLINE, OFFICE} <= set(told)
    visit = acts.visit(actor)
    assert [point.state for point in inspecting.issued_points(visit)] == ["verified", "withdrawn"]
    assert "确认整改完成" in {row.word for row in waiting(actor.viewer(OFFICE))}
    assert acts.finish(actor).state == "finished"
    actor.apply_close()


def test_what_was_replied_to_is_verified_first(actor: Actor, database: Servers) -> None:
    """Unless nobody is left who may verify it."""
    acts.rectifying_now(actor)
    acts.reply(actor)
    assert not actor.offers(OFFICE_HEAD) & {"reassign_point", "withdraw_point"}
    with pytest.raises(NotOffered):
        _take_back(actor)
    db.session.rollback()
    for name in (OFFICE, *_others(actor)):
        _post(database, name, "BWC", "handler")
    assert {"reassign_point", "withdraw_point"} <= actor.offers(OFFICE_HEAD)
    _take_back(actor)


def _others(actor: Actor) -> list[str]:
    """The team, and every other 督办专员."""
    actor.viewer(OFFICE)
    staff = acts.select(Person.name).where(
        Person.id.in_(
            select(inspecting.Appointment.person_id).where(
                inspecting.Appointment.role == "office_staff"
            )
        )
    )
    team = [acts.CHIEF, acts.DISCIPLINE, acts.HR, acts.FINANCE]
    return [*team, *(name for name in db.session.scalars(staff) if name != OFFICE)]


DECISIONS = {
    "uphold_opinion", "withdraw_opinion", "issue_opinion", "finish_inspection", "replace_chief",
    "reassign_point", "withdraw_point",
}  # fmt: skip
FROM_ELSEWHERE = {"chief": acts.DISCIPLINE, "team": (acts.HR, acts.FINANCE), "shortfall": "回避。"}


@pytest.fixture
def of_office(college: Flask) -> Iterator[Actor]:
    """An item on which 党政办 itself works; it is inspected by others."""
    with at_work(college, **acts.SECOND, co_units=["DZB"]) as found:
        found.receive(OFFICE_HEAD, "DZB")
        acts.plan(found, code="DZB", **FROM_ELSEWHERE)
        yield found


def _planned(_actor: Actor) -> None:
    """Nothing more than the plan and its approval."""


def _recorded(actor: Actor) -> None:
    acts.record(actor, acts.DISCIPLINE)


def _concluded(actor: Actor) -> None:
    _recorded(actor)
    acts.conclude(actor, "difficult", acts.DISCIPLINE)


def _issued(actor: Actor) -> None:
    _concluded(actor)
    acts.issue(actor, acts.a_point(actor, OFFICE_HEAD, code="DZB"), who=OFFICE_LEADER)


def _contested(actor: Actor) -> None:
    _issued(actor)
    acts.contest(actor, OFFICE_HEAD)


def _signed(actor: Actor) -> None:
    _issued(actor)
    acts.sign(actor, OFFICE_HEAD)


STAGES: dict[str, tuple[Callable[[Actor], None], set[str], str]] = {
    "approved": (_planned, {"replace_chief"}, ""),
    "conducted": (_recorded, {"replace_chief"}, ""),
    "concluded": (_concluded, {"issue_opinion", "finish_inspection"}, "下达整改意见"),
    "contested": (_contested, {"uphold_opinion", "withdraw_opinion"}, "答复督查异议"),
    "rectifying": (_signed, {"reassign_point", "withdraw_point"}, ""),
}


@pytest.mark.parametrize("stage", STAGES)
def test_the_office_does_not_judge_itself(of_office: Actor, stage: str) -> None:
    """Its leader does, is asked in 待办, and nobody else."""
    further, acts_of_it, word = STAGES[stage]
    acts.approve(of_office)
    further(of_office)
    people = (OFFICE, OFFICE_HEAD, OFFICE_LEADER)
    found = {who: of_office.offers(who) & DECISIONS for who in people}
    assert found == {OFFICE: set(), OFFICE_HEAD: set(), OFFICE_LEADER: acts_of_it}
    if word:
        asked = {
            who: word in {row.word for row in waiting(of_office.viewer(who))}
            for who in (OFFICE_HEAD, OFFICE_LEADER)
        }
        assert asked == {OFFICE_HEAD: False, OFFICE_LEADER: True}


def test_its_leader_is_told_and_only_in_that_case(of_office: Actor, worker: Flask) -> None:
    acts.approve(of_office)
    _contested(of_office)
    assert _told(worker, "conclude_inspection")[OFFICE_LEADER] == "N01"
    assert _told(worker, "object_to_opinion")[OFFICE_LEADER] == "N01"
    viewer, item = of_office.item(OFFICE_LEADER)
    rectifying.withdraw(viewer, item, acts.visit(of_office), intent(None, REASON))
    viewer, item = of_office.item(OFFICE_LEADER)
    commands.finish(viewer, item, acts.visit(of_office), "finish_inspection", intent(None))
    assert acts.visit(of_office).state == "finished"


def test_of_other_units_its_head_judges(actor: Actor, worker: Flask) -> None:
    acts.gone(actor)
    acts.conclude(actor)
    assert not actor.offers(OFFICE_LEADER) & DECISIONS
    assert "下达整改意见" not in {row.word for row in waiting(actor.viewer(OFFICE_LEADER))}
    assert OFFICE_LEADER not in _told(worker, "conclude_inspection")


def test_nor_does_a_head_with_a_post_in_the_inspected_unit(database: Servers, actor: Actor) -> None:
    """兼任 elsewhere: as if 党政办 itself were inspected."""
    acts.gone(actor)
    acts.conclude(actor)
    _post(database, OFFICE_HEAD, "BWC", "handler")
    assert not actor.offers(OFFICE_HEAD) & DECISIONS
    assert {"issue_opinion", "finish_inspection"} <= actor.offers(OFFICE_LEADER)


def test_nor_does_a_delegate_who_is_inspected(actor: Actor) -> None:
    """授权代办 gives the office, not the distance: the reason is said."""
    acts.gone(actor)
    acts.conclude(actor)
    now = actor.viewer(OFFICE_HEAD).moment.instant
    db.session.add(
        Delegation(
            from_id=acts.person(OFFICE_HEAD),
            to_id=acts.person(acts.DEPUTY),
            kind="主持工作",
            scope="全部",
            roles=["office_head"],
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=1),
            reason="出差。",
            created_by_id=acts.person(OFFICE_HEAD),
        )
    )
    db.session.commit()
    assert "issue_opinion" in actor.offers(acts.DEPUTY)
    with pytest.raises(Unmet, match="不能决定对本单位的督查和整改"):
        acts.issue(actor, who=acts.DEPUTY)
