"""第二十一条, 第二十五条: a case goes to nobody who cannot know of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Appointment, NeedToKnow, Person
from portal.rulebook.refusals import Unmet
from portal.steps.knowledge import commands as knowledge
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE_HEAD, OFFICE_LEADER, intent

HR, DISCIPLINE = work.HR, work.DISCIPLINE


def take_off(actor: work.Casework, who: str) -> None:
    """移出知悉范围 by 党政办主任."""
    viewer, item = actor.item(OFFICE_HEAD)
    mine = (NeedToKnow.person_id == work.person_id(who), NeedToKnow.to_at.is_(None))
    entry = db.session.scalars(select(NeedToKnow).where(*mine)).one()
    knowledge.end(viewer, item, entry, intent(item))


@pytest.mark.parametrize(
    ("target", "enlisted", "said"),
    [
        ("hr", (), "组织人事部尚无可以办理的人员，请先增加知悉人"),
        ("hr", (DISCIPLINE,), "组织人事部尚无可以办理的人员，请先增加知悉人"),
        ("both", (HR,), "纪委办尚无可以办理的人员，请先增加知悉人"),
        ("hr", (HR,), ""),
        ("both", (HR, DISCIPLINE), ""),
    ],
)
def test_an_office_of_which_nobody_knows(
    college: Flask, worker: Flask, target: str, enlisted: Sequence[str], said: str
) -> None:
    with work.in_secret(college, worker) as actor:
        public_id = work.bring(actor, "heard")
        work.enlist(actor, *enlisted)
        form = work.said(referred_to=target)
        if said:
            with pytest.raises(Unmet, match=said) as refused:
                work.act(actor, "propose_referral", public_id, form=form)
            assert set(refused.value.fields) == {"referred_to"}
        else:
            work.act(actor, "propose_referral", public_id, form=form)


@pytest.mark.parametrize(
    ("who", "act", "said"),
    [
        (HEAD, "hear_unit", "被核实单位尚无可以陈述申辩的负责人，请先增加知悉人"),
        (OFFICE_LEADER, "propose_referral", "党政办分管领导尚无可以办理的人员，请先增加知悉人"),
    ],
)
def test_who_is_asked_was_taken_off_the_list(
    college: Flask, worker: Flask, who: str, act: str, said: str
) -> None:
    """And is put back first."""
    with work.in_secret(college, worker) as actor:
        public_id = work.bring(actor, "checking" if act == "hear_unit" else "heard")
        work.enlist(actor, HR)
        take_off(actor, who)
        with pytest.raises(Unmet, match=said):
            work.act(actor, act, public_id)
        db.session.rollback()
        work.enlist(actor, who)
        work.act(actor, act, public_id)


def test_an_office_all_of_whose_people_are_of_the_unit(actor: work.Casework) -> None:
    public_id = work.bring(actor, "heard")
    actor.viewer(OFFICE_HEAD)
    whose = select(Person.name).join(Appointment, Appointment.person_id == Person.id)
    people = db.session.scalars(whose.where(Appointment.role == "hr")).all()
    for who in people[:-1]:
        work.appoint(actor, who, "unit_deputy")
    work.act(actor, "propose_referral", public_id)
    work.act(actor, "return_referral", public_id)
    work.appoint(actor, people[-1], "unit_deputy")
    with pytest.raises(Unmet, match="组织人事部尚无可以办理的人员，请先核对任职"):
        work.act(actor, "propose_referral", public_id)
    db.session.rollback()
    work.act(actor, "propose_referral", public_id, referred_to="discipline")
