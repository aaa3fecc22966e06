"""第十九条: asking in time or late, who signs, what a decision changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Closure, Delegation, FeedbackPoint
from portal.rulebook import policy
from portal.rulebook.refusals import Unmet
from portal.steps.closing import commands as closing
from portal.steps.extending.clock import expire_oral
from tests.people import draft
from tests.steps.acting import (
    CO_UNIT,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    Actor,
    intent,
)
from tests.steps.extending.asking import (
    agree,
    ask,
    call,
    evidence,
    latest,
    refuse,
    stand,
    withdraw,
    write,
)
from tests.steps.paper import sheet

LEVEL3 = {"level": 3, "deadline_kind": "days", "deadline_days": 30}
LEVEL2 = {"level": 2, "deadline_kind": "days", "deadline_days": 7}


def level_one(days: int) -> dict[str, Any]:
    return {"level": 1, "deadline_kind": "days", "deadline_days": days}


def named(day: date) -> dict[str, Any]:
    return {
        "level": 4, "deadline_kind": "date", "deadline_days": None, "deadline_date": day,
        "deadline_basis": "州教育局通知",
    }  # fmt: skip


@pytest.fixture
def item_at_work(college: Flask) -> Iterator[Any]:
    """An item in work since a Shanghai moment."""
    with college.app_context():

        def make(when: str, fields: dict[str, Any]) -> Actor:
            actor = Actor(college, draft(college, "A01", **fields))
            stand(actor, when)
            actor.to_work()
            return actor

        yield make


def _steps(actor: Actor) -> list[str]:
    run = select(Approval.id).order_by(Approval.id.desc()).limit(1).scalar_subquery()
    slots = select(ApprovalSlot.step).where(ApprovalSlot.approval_id == run)
    return list(db.session.scalars(slots.order_by(ApprovalSlot.position, ApprovalSlot.id)))


def test_e01_to_the_last_second_and_the_day_moves(item_at_work: Any) -> None:
    """E01, E10, V05: asked on 25 November 23:59:59 of 30 November; the plan goes on, judged by the
    new day."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    _viewer, item = actor.item()
    assert item.due_effective == date(2026, 11, 30)
    stand(actor, "2026-11-25 23:59:59")
    ask(actor, days=14)
    assert (latest(actor).timely, latest(actor).asked_due) == (True, date(2026, 12, 14))
    assert actor.item()[1].blue
    stand(actor, "2026-12-02 09:00:00")
    assert _steps(actor) == ["ext_unit", "ext_sign", "ext_check"]
    agree(actor, "agree_extension", LEADER)
    agree(actor, "check_extension", OFFICE_HEAD)
    _viewer, item = actor.item()
    assert latest(actor).state == "approved"
    assert (item.due, item.due_effective, item.due_original) == (
        date(2026, 12, 14), date(2026, 12, 14), date(2026, 11, 30),
    )  # fmt: skip
    assert not item.blue
    assert item.red_from == date(2026, 12, 15)
    assert actor.share(CO_UNIT).inner_due == date(2026, 12, 10)
    points = db.session.scalars(
        select(FeedbackPoint.due)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.due)
    ).all()
    assert points == [date(2026, 11, 10), date(2026, 11, 20), date(2026, 12, 10)]
    assert actor.events()[-1].facts["due"] == "2026-12-14"


def test_an_instalment_that_stays_is_the_same_one(item_at_work: Any) -> None:
    """Reported before its day it is not asked for again, and nobody is reminded of it twice."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    _viewer, item = actor.item()
    plan = select(FeedbackPoint).where(FeedbackPoint.item_id == item.id).order_by(FeedbackPoint.due)
    first, second = db.session.scalars(plan).all()
    actor.report(HEAD, point_id=first.id)
    ask(actor, days=14)
    agree(actor, "agree_extension", LEADER)
    agree(actor, "check_extension", OFFICE_HEAD)
    points = db.session.scalars(plan).all()
    assert [point.id for point in points[:2]] == [first.id, second.id]
    assert [point.due.day for point in points] == [10, 20, 30, 10]
    assert [point.seq for point in points] == [1, 2, 3, 4]


def test_e02_one_second_later_needs_force_majeure(item_at_work: Any) -> None:
    """E02: late at 00:00:00; only with the tick and evidence, and then one signature more."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    stand(actor, "2026-11-26 00:00:00")
    for given, field in (({}, "late_ground"), ({"late_ground": True}, "files")):
        with pytest.raises(Unmet) as refused:
            ask(actor, **given)
        db.session.rollback()
        assert field in refused.value.fields
    ask(actor, late_ground=True, files=evidence())
    assert not latest(actor).timely
    assert not actor.item()[1].blue
    assert _steps(actor) == ["ext_unit", "ext_sign", "ext_check", "ext_office_leader"]


@pytest.mark.parametrize(
    ("days", "issued", "applied", "timely"),
    [
        (3, "2026-11-16 09:00:00", "2026-11-18 20:00:00", True),  # E05
        (1, "2026-11-23 09:00:00", "2026-11-24 12:00:00", True),  # E06
        (1, "2026-11-23 09:00:00", "2026-11-24 12:00:01", False),  # E07
    ],
)
def test_level_one_has_its_own_rule(
    item_at_work: Any, days: int, issued: str, applied: str, timely: bool
) -> None:
    """E05–E07: the day before, or noon of the day; 党政办分管领导 and a principal sign as well."""
    actor = item_at_work(issued, level_one(days))
    stand(actor, applied)
    ask(actor, days=1, late_ground=not timely, files=evidence())
    assert latest(actor).timely == timely
    assert _steps(actor) == [
        "ext_unit", "ext_sign", "ext_check", "ext_office_leader", "ext_principal",
    ]  # fmt: skip


def test_v07_refused_the_old_day_stands(item_at_work: Any) -> None:
    """V07: blue while it waited; refused, lateness counts from the old day, and it may be asked
    again, now late."""
    actor = item_at_work("2026-11-10 09:00:00", LEVEL2)
    stand(actor, "2026-11-12 09:00:00")
    ask(actor, HANDLER)
    assert latest(actor).state == "ext_unit"
    agree(actor, "sign_extension", HEAD)
    agree(actor, "agree_extension", LEADER)
    stand(actor, "2026-11-19 09:00:00")
    assert actor.item()[1].blue
    refuse(actor, OFFICE_HEAD)
    _viewer, item = actor.item()
    assert (latest(actor).state, item.blue, item.due) == ("rejected", False, date(2026, 11, 17))
    actor.apply_close()
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    verdict = db.session.scalars(select(Closure).order_by(Closure.id.desc()).limit(1)).one()
    assert (verdict.on_time, verdict.on_time_original, verdict.overdue_days) == (False, False, 2)


def test_v05_handed_in_while_the_request_waits(item_at_work: Any) -> None:
    """V05, SPEC §3.7: approved after the old day, the gap is not overdue: handed in inside it is on
    time, but not by the original day."""
    actor = item_at_work("2026-11-10 09:00:00", LEVEL2)
    stand(actor, "2026-11-12 09:00:00")
    ask(actor, days=10)
    stand(actor, "2026-11-26 09:00:00")
    actor.apply_close()
    assert actor.item()[1].blue
    agree(actor, "agree_extension", LEADER)
    agree(actor, "check_extension", OFFICE_HEAD)
    agree(actor, "review_extension", OFFICE_LEADER)
    assert (actor.item()[1].blue, actor.item()[1].due) == (True, date(2026, 11, 27))
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    verdict = db.session.scalars(select(Closure).order_by(Closure.id.desc()).limit(1)).one()
    assert (verdict.on_time, verdict.on_time_original, verdict.overdue_days) == (True, False, 0)


def test_refused_while_the_closing_is_judged_the_light_goes_out(item_at_work: Any) -> None:
    """Handed in late while the request waited: with the refusal nobody waits in time any more."""
    actor = item_at_work("2026-11-10 09:00:00", LEVEL2)
    stand(actor, "2026-11-12 09:00:00")
    ask(actor)
    stand(actor, "2026-11-19 09:00:00")
    actor.apply_close()
    assert actor.item()[1].blue
    refuse(actor, LEADER)
    assert not actor.item()[1].blue


def test_a_second_one_goes_further_and_a_third_is_not_given(item_at_work: Any) -> None:
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    for number, further in ((1, ()), (2, (("review_extension", OFFICE_LEADER),))):
        ask(actor)
        for act, who in (
            ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD), *further,
        ):  # fmt: skip
            agree(actor, act, who)
        assert (latest(actor).state, latest(actor).seq) == ("approved", number)
    with pytest.raises(Unmet, match="已延期2次"):
        ask(actor)
    db.session.rollback()
    ask(actor, kind="exempt")
    assert latest(actor).state == "ext_sign"


def test_exempted_everything_else_ends(item_at_work: Any) -> None:
    """免于督办: the whole chain; then the item is 免于督办, and no signature waits any more."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor, kind="exempt")
    for act, who in (
        ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
        ("review_extension", OFFICE_LEADER),
    ):  # fmt: skip
        agree(actor, act, who)
    assert "approve_extension" not in actor.offers(PRESIDENT)
    agree(actor, "exempt", PRESIDENT)
    _viewer, item = actor.item()
    assert (item.state, item.lit, latest(actor).state) == ("exempted", False, "approved")
    assert db.session.scalars(select(Approval.id).where(Approval.state == "open")).all() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"days": 31}, "days"),
        ({"new_due": date(2026, 11, 30)}, "new_due"),
        ({"new_due": date(2027, 11, 30)}, "new_due"),
        ({"reason": " "}, "reason"),
        ({"progress": ""}, "progress"),
    ],
)
def test_what_cannot_be_asked(item_at_work: Any, given: dict[str, Any], field: str) -> None:
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    with pytest.raises(Unmet) as refused:
        ask(actor, **given)
    assert field in refused.value.fields


def test_a_superior_has_to_agree(item_at_work: Any) -> None:
    """第十八条（五）: of a named day it is said by whom; a superior's with proof."""
    actor = item_at_work("2026-10-31 09:00:00", named(date(2027, 6, 30)))
    for given, field in (({}, "named_by"), ({"named_by": "superior"}, "files")):
        with pytest.raises(Unmet) as refused:
            ask(actor, new_due=date(2027, 9, 30), **given)
        db.session.rollback()
        assert field in refused.value.fields
    ask(actor, new_due=date(2027, 9, 30), named_by="superior", files=evidence())
    assert latest(actor).of_superior


def test_longer_than_the_period_first_given(item_at_work: Any) -> None:
    actor = item_at_work("2026-11-10 09:00:00", LEVEL2)
    ask(actor, days=8)
    assert _steps(actor)[-1] == "ext_office_leader"


def test_one_at_a_time_and_withdrawn_again(item_at_work: Any) -> None:
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor, HANDLER)
    assert "extend" not in actor.offers(HEAD)
    with pytest.raises(Unmet, match="正在办理"):
        ask(actor)
    db.session.rollback()
    withdraw(actor)
    assert (latest(actor).state, actor.item()[1].blue) == ("withdrawn", False)
    ask(actor)
    assert latest(actor).seq == 2


def test_a_closed_item_is_asked_nothing(item_at_work: Any) -> None:
    """Bad input: not while a closing is judged, nor afterwards; what was pending lapses."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor)
    actor.apply_close()
    with pytest.raises(NotOffered):
        ask(actor)
    db.session.rollback()
    actor.to_closing_filing()
    viewer, item = actor.item()
    closing.close(viewer, item, intent(item))
    assert latest(actor).state == "lapsed"
    assert actor.events()[-1].facts["lapsed"] == ["extend"]
    with pytest.raises(NotOffered):
        ask(actor)


def test_a_clock_that_jumps(item_at_work: Any) -> None:
    """Bad input: past the day asked for nobody agrees to it, it can be refused; back before the
    request nothing breaks."""
    actor = item_at_work("2026-11-10 09:00:00", LEVEL2)
    ask(actor)
    stand(actor, "2026-12-24 09:00:00")
    with pytest.raises(Unmet, match="已过"):
        agree(actor, "agree_extension", LEADER)
    db.session.rollback()
    stand(actor, "2026-11-09 08:00:00")
    refuse(actor, LEADER)
    assert latest(actor).state == "rejected"


def test_nobody_of_the_unit_signs_for_the_leader(item_at_work: Any) -> None:
    """SPEC §1.5: a stand-in who belongs to the applicant unit does not sign for the leader."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor)
    viewer = actor.viewer(LEADER)
    db.session.add(
        Delegation(
            from_id=viewer.person_id,
            to_id=actor.viewer(HEAD).person_id,
            kind="AB角",
            scope="审签",
            reason="外出",
            created_by_id=viewer.person_id,
            roles=["responsible_leader"],
            starts_at=viewer.moment.instant - timedelta(days=1),
            ends_at=viewer.moment.instant + timedelta(days=9),
        )
    )
    db.session.commit()
    with pytest.raises(Unmet, match="本人签字"):
        agree(actor, "agree_extension", HEAD)
    db.session.rollback()
    agree(actor, "agree_extension", LEADER)


def test_asked_by_telephone_first(item_at_work: Any) -> None:
    """SPEC §2.9: level 1; the call counts if the written form follows within one working day."""
    actor = item_at_work("2026-11-16 09:00:00", level_one(3))
    stand(actor, "2026-11-18 22:00:00")
    viewer, _item = actor.item()
    call(actor, viewer.moment.instant, HEAD, LEADER)
    assert (latest(actor).state, actor.item()[1].blue) == ("ext_draft", True)
    stand(actor, "2026-11-19 17:00:00")
    write(actor, days=2)
    assert (latest(actor).state, latest(actor).timely) == ("ext_sign", True)


def test_a_call_alone_lapses(item_at_work: Any, worker: Flask) -> None:
    actor = item_at_work("2026-11-16 09:00:00", level_one(3))
    viewer, _item = actor.item()
    call(actor, viewer.moment.instant, HEAD, LEADER)
    worker.extensions["portal.clock"] = actor.app.extensions["portal.clock"]
    with worker.app_context():
        assert expire_oral() == 0
    stand(actor, "2026-11-18 00:00:00")
    worker.extensions["portal.clock"] = actor.app.extensions["portal.clock"]
    with worker.app_context():
        assert (expire_oral(), expire_oral()) == (1, 0)
    assert (latest(actor).state, actor.item()[1].blue) == ("lapsed", False)


def test_a_call_lapsed_while_the_closing_is_judged(item_at_work: Any, worker: Flask) -> None:
    """Handed in late while the written form was awaited: as with a refusal, the light goes out."""
    actor = item_at_work("2026-11-23 09:00:00", level_one(1))
    stand(actor, "2026-11-24 11:00:00")
    viewer, _item = actor.item()
    call(actor, viewer.moment.instant, HEAD, LEADER)
    stand(actor, "2026-11-25 09:00:00")
    actor.apply_close()
    assert (actor.item()[1].state, actor.item()[1].blue) == ("closing_sign", True)
    stand(actor, "2026-11-26 00:00:00")
    worker.extensions["portal.clock"] = actor.app.extensions["portal.clock"]
    with worker.app_context():
        assert expire_oral() == 1
    assert (latest(actor).state, actor.item()[1].blue) == ("lapsed", False)


def test_signed_on_paper_it_is_the_same(item_at_work: Any) -> None:
    """SPEC §8.4: the boxes of a request are typed in from its sheet, and the last one moves the
    day."""
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor)
    for step, signer in (("ext_sign", LEADER), ("ext_check", OFFICE_HEAD)):
        viewer, item = actor.item(OFFICE)
        entry = sheet.entry(item, step, signer, viewer.moment.day)
        sheet.enter(actor.app, viewer, item, entry)
    assert latest(actor).state == "approved"
    assert actor.item()[1].due == date(2026, 12, 7)  # the 5th is a Saturday
    assert (actor.item()[1].blue, actor.events()[-1].facts["due"]) == (False, "2026-12-07")


def test_the_further_signatures_can_be_switched_off(
    item_at_work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """第十九条 to the letter: the unit, the leader, 党政办."""
    off = ("extension_office_leader", "extension_principal")
    limits = tuple(row._replace(value=0) if row.id in off else row for row in policy.CURRENT.limits)
    literal = policy.CURRENT._replace(limits=limits)
    monkeypatch.setattr(policy, "EDITIONS", (literal,))
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor, kind="exempt")
    assert _steps(actor) == ["ext_unit", "ext_sign", "ext_check"]
    agree(actor, "agree_extension", LEADER)
    agree(actor, "check_extension", OFFICE_HEAD)
    assert actor.item()[1].state == "exempted"


def test_exemption_waits_while_the_closing_is_judged(item_at_work: Any) -> None:
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor, kind="exempt")
    actor.apply_close()
    with pytest.raises(Unmet, match="已申请办结"):
        agree(actor, "agree_extension", LEADER)


def test_nor_does_a_paper_exempt_what_was_handed_in(item_at_work: Any) -> None:
    actor = item_at_work("2026-10-31 09:00:00", LEVEL3)
    ask(actor, kind="exempt")
    for act, who in (
        ("agree_extension", LEADER), ("check_extension", OFFICE_HEAD),
        ("review_extension", OFFICE_LEADER),
    ):  # fmt: skip
        agree(actor, act, who)
    actor.apply_close()
    viewer, item = actor.item(OFFICE)
    entry = sheet.entry(item, "ext_principal", PRESIDENT, viewer.moment.day)
    with pytest.raises(Unmet, match="已申请办结"):
        sheet.enter(actor.app, viewer, item, entry)


def test_e10_a_new_day_on_a_holiday_moves_on(item_at_work: Any) -> None:
    """E10: ten days from 21 September end in National Day; the cut-off itself does not move."""
    fields = {"level": 3, "deadline_kind": "days", "deadline_days": 20}
    actor = item_at_work("2026-09-01 09:00:00", fields)
    stand(actor, "2026-09-16 10:00:00")
    ask(actor, days=10)
    request = latest(actor)
    assert (request.timely, request.due_before) == (True, date(2026, 9, 21))
    assert (request.asked_due, request.asked_days) == (date(2026, 10, 8), 10)
