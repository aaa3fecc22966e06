"""退回补正 and 重新确定期限 第十六条（六）, SPEC §2.10, §3.7: two refusals with two verdicts."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.documents.filling import annexes
from portal.extensions import db
from portal.models import Change, Closure
from portal.rulebook.refusals import Unmet
from portal.steps.closing import commands, returns
from tests.steps.acting import (
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    SECRETARY,
    Actor,
    at_work,
    intent,
    pass_days,
)

CHAIN = (
    (LEADER, "sign_close"),
    (OFFICE_HEAD, "check_close"),
    (OFFICE_LEADER, "review_close"),
    (SECRETARY, "read_close"),
)


def _signed(actor: Actor, count: int) -> None:
    for who, act in CHAIN[:count]:
        actor.sign(who, act)


def _closed(actor: Actor) -> Closure:
    viewer, item = actor.item(OFFICE)
    commands.close(viewer, item, intent(item))
    actor.item()
    return db.session.scalars(select(Closure).order_by(Closure.id.desc()).limit(1)).one()


@pytest.mark.parametrize("signed", range(4))
def test_whoever_holds_the_step_may_ask_for_more(college: Flask, signed: int) -> None:
    """退回补正 from every step of annex 3; the work goes on, the light is blue until the date."""
    with at_work(college) as actor:
        actor.apply_close()
        _signed(actor, signed)
        who = CHAIN[signed][0]
        viewer, item = actor.item(who)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
        _viewer, item = actor.item()
        assert (item.state, item.supplement_due) == ("in_progress", date(2026, 11, 25))
        assert item.blue


@pytest.mark.parametrize("days", [None, 0, 4])
def test_a_supplement_has_one_to_three_working_days(college: Flask, days: int | None) -> None:
    with at_work(college) as actor:
        actor.apply_close()
        viewer, item = actor.item(LEADER)
        with pytest.raises(Unmet, match="1至3个工作日"):
            returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), days)


@pytest.mark.parametrize(
    ("again_after", "completed", "on_time"),
    # handed in on the due day 26 November; supplement until 30 November
    [(2, date(2026, 11, 26), True), (5, date(2026, 12, 1), False)],
)
def test_a_supplement_in_time_keeps_the_first_day(
    college: Flask, again_after: int, completed: date, on_time: bool
) -> None:
    """V09 and its like: level 1 of three days, issued 23 November."""
    with at_work(college) as actor:
        pass_days(college, 3)
        actor.apply_close()
        viewer, item = actor.item(LEADER)
        returns.ask_supplement(viewer, item, "return_supplement", intent(item, REASON), 2)
        pass_days(college, again_after)
        actor.apply_close()
        actor.to_closing_filing()
        closure = _closed(actor)
        assert (closure.completed_on, closure.on_time) == (completed, on_time)


@pytest.mark.parametrize(
    ("who", "signed"), [(OFFICE_HEAD, 1), (OFFICE_LEADER, 2), (SECRETARY, 3), (PRESIDENT, 3)]
)
def test_not_met_takes_a_new_date_once_the_office_leader_agrees(
    college: Flask, who: str, signed: int
) -> None:
    """重新确定期限: counted; refused before the due day, the new date is the one that holds."""
    new_due = date(2026, 12, 10)
    with at_work(college) as actor:
        actor.apply_close()
        _signed(actor, signed)
        viewer, item = actor.item(who)
        returns.judge_not_met(viewer, item, "not_met", intent(item, REASON), new_due)
        _viewer, item = actor.item()
        assert (item.state, item.reset_count) == ("in_progress", 1)
        change = db.session.scalars(select(Change)).one()
        if who == OFFICE_LEADER:
            assert (change.state, item.due, item.due_effective) == ("agreed", new_due, new_due)
        else:
            assert (change.state, item.due_reset) == ("open", None)
            assert item.due_effective == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("refused_after", "again_after", "completed", "on_time"),
    [
        (0, 8, date(2026, 12, 1), True),
        (3, 14, date(2026, 12, 10), True),
        (3, 15, date(2026, 12, 11), False),
        (4, 4, date(2026, 12, 1), False),
    ],
)
def test_what_was_not_met_is_judged_by_the_last_hand_in(
    college: Flask, refused_after: int, again_after: int, completed: date, on_time: bool
) -> None:
    """SPEC §2.10: refused by the due day (26 November) the new date judges; refused later, the old
    one does."""
    with at_work(college) as actor:
        actor.apply_close()
        _signed(actor, 2)
        pass_days(college, refused_after)
        viewer, item = actor.item(OFFICE_LEADER)
        returns.judge_not_met(viewer, item, "not_met", intent(item, REASON), date(2026, 12, 10))
        pass_days(college, again_after)
        actor.apply_close()
        actor.to_closing_filing()
        closure = _closed(actor)
        assert (closure.completed_on, closure.on_time) == (completed, on_time)
        assert [
            row.outcome for row in db.session.scalars(select(Closure).order_by(Closure.id))
        ] == ["not_met", "accepted"]


def test_the_head_takes_the_hand_in_back(college: Flask) -> None:
    """撤回办结申请 until the next one has acted."""
    with at_work(college) as actor:
        actor.apply_close()
        viewer, item = actor.item(HEAD)
        returns.withdraw(viewer, item, intent(item))
        assert actor.item()[1].state == "in_progress"
        actor.apply_close()
        actor.sign(LEADER, "sign_close")
        assert "withdraw_close" in actor.offers(HEAD)
        actor.sign(OFFICE_HEAD, "check_close")
        assert "withdraw_close" not in actor.offers(HEAD)


@pytest.mark.parametrize(("who", "noted"), [("冉静", ("", "冉静")), ("毛明军", ("毛明军", ""))])
def test_discipline_and_personnel_note_and_never_delay(
    college: Flask, who: str, noted: tuple[str, str]
) -> None:
    """组织、纪委备案 on delivery, each on its line of 附件 3; 销号 does not wait for it."""
    with at_work(college) as actor:
        actor.apply_close()
        actor.to_closing_filing()
        assert "note_filing" in actor.offers(who)
        assert "close" in actor.offers(OFFICE)
        viewer, item = actor.item(who)
        returns.note(viewer, item, intent(item))
        assert actor.events()[-1].act == "note_filing"
        viewer, item = actor.item(OFFICE)
        annex = annexes.closing(viewer, item, actor.events()[-1].id, "阿坝职业学院")
        assert (annex.hr.name, annex.discipline.name) == noted
