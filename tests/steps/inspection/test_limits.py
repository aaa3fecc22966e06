"""Days, counts and who is asked around 实地督查 (第十七条, SPEC §2.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import SHANGHAI
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Event, Message, Person
from portal.rulebook import asking
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import everything
from portal.steps.closing import commands as closing
from tests.steps.acting import (
    CO_HEAD,
    CO_UNIT,
    HANDLER,
    HEAD,
    OFFICE,
    OFFICE_HEAD,
    Actor,
    at_work,
    intent,
)
from tests.steps.inspection import acts

DAY = timedelta(days=1)


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """An item of level 2 in work."""
    with at_work(college, **acts.SECOND) as found:
        yield found


def test_what_was_seen_was_not_seen_before_the_plan(actor: Actor) -> None:
    acts.plan(actor)
    acts.approve(actor)
    begun = datetime(2009, 1, 1, 9, tzinfo=SHANGHAI)
    with pytest.raises(Unmet) as refused:
        acts.record(actor, begun_at=begun, ended_at=begun + timedelta(hours=2))
    assert set(refused.value.fields) == {"begun_at"}


@pytest.mark.parametrize(("apart", "needs"), [(29, True), (30, True), (31, False)])
def test_thirty_days(actor: Actor, apart: int, *, needs: bool) -> None:
    """The thirtieth day is one of them (SPEC §3: the first is day 0)."""
    acts.gone(actor)
    acts.conclude(actor, "good")
    day = acts.visit(actor).planned_on + apart * DAY
    acts.finish(actor, "finish_inspection", OFFICE_HEAD)
    if not needs:
        acts.plan(actor, planned_on=day)
        return
    with pytest.raises(Unmet):
        acts.plan(actor, planned_on=day)


@pytest.mark.parametrize("approved", [False, True])
def test_what_was_cancelled_counts_nowhere(actor: Actor, *, approved: bool) -> None:
    """第十七条, decision 0135: nobody went, so the unit was asked for nothing."""
    acts.plan(actor)
    if approved:
        acts.approve(actor)
    acts.cancel(actor)
    viewer = actor.viewer(OFFICE)
    counts = asking.counts(viewer, viewer.moment.day - 5 * DAY, viewer.moment.day + 10 * DAY)
    assert not any("inspections" in one for one in counts.values())


def test_points_are_put_right_until_the_item_is_struck_off(actor: Actor) -> None:
    """待备案销号: open points block it, so they can be answered and verified."""
    acts.plan(actor)
    acts.approve(actor)
    actor.apply_close()
    acts.record(actor)
    acts.conclude(actor)
    acts.issue(actor)
    acts.sign(actor)
    actor.to_closing_filing()
    viewer, item = actor.item()
    with pytest.raises(Unmet):
        closing.close(viewer, item, intent(item))
    db.session.rollback()
    assert "reply_point" in actor.offers(HANDLER)
    acts.reply(actor)
    acts.verify(actor)
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    assert actor.item()[1].state == "closed"


def _asked(worker: Flask, act: str) -> set[str]:
    """Who is asked to do something by this act's messages."""
    with worker.app_context(), everything(because="测试"):
        rows = db.session.scalars(
            select(Person.name)
            .join(Message, Message.person_id == Person.id)
            .join(Event, Event.id == Message.event_id)
            .where(Event.act == act, Message.kind == "N01")
        )
        return set(rows)


def test_each_unit_is_asked_for_what_it_can_do(actor: Actor, worker: Flask) -> None:
    """The inspected unit signs the opinion, the units of the points put them right."""
    actor.receive(CO_HEAD, CO_UNIT)
    acts.gone(actor)
    acts.conclude(actor)
    acts.issue(actor, acts.a_point(actor, "杨初", code=CO_UNIT))
    assert "sign_opinion" in actor.offers(HEAD)
    assert "sign_opinion" not in actor.offers(CO_HEAD)
    acts.sign(actor)
    assert "reply_point" not in actor.offers(HEAD)
    assert HEAD in _asked(worker, "issue_opinion")
    assert CO_HEAD not in _asked(worker, "issue_opinion")
    assert HEAD not in _asked(worker, "sign_opinion")
    assert CO_HEAD in _asked(worker, "sign_opinion")


def test_nobody_verifies_his_own_reply(actor: Actor, database: Servers) -> None:
    """Who replied and has moved to 党政办 since."""
    acts.rectifying_now(actor)
    acts.reply(actor)
    with connect(database.owner_url) as raw:
        raw.execute(
            "INSERT INTO appointment (public_id, person_id, unit_id, post, role, is_primary,"
            " acting_head, valid_from) SELECT gen_random_uuid(), p.id, u.id, '督办专员',"
            " 'office_staff', false, false, '2026-11-23' FROM person p, unit u"
            " WHERE p.name = %s AND u.code = 'DZB'",
            (HANDLER,),
        )
        raw.execute(
            "UPDATE appointment SET valid_to = '2026-11-22' WHERE role <> 'office_staff'"
            " AND person_id = (SELECT id FROM person WHERE name = %s)",
            (HANDLER,),
        )
    with pytest.raises(Unmet) as refused:
        acts.verify(actor, who=HANDLER)
    assert "须由他人核实" in refused.value.reason
