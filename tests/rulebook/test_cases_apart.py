"""第二十五条: what those read of a case who may not know all of it, and what follows from
their acts (decision 0170)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.audit.verify import Verification
from portal.extensions import db
from portal.models import Appointment, Case, CaseAct, CaseGround
from portal.rulebook import cases, knowledge
from portal.rulebook.cases import Ground
from portal.rulebook.refusals import Unmet
from tests.rulebook import casework as work
from tests.steps.acting import CO_HEAD, HANDLER, HEAD, OFFICE, OFFICE_HEAD, OFFICE_LEADER

DISCIPLINE, HR = work.DISCIPLINE, work.HR
OWN = {"DZB": OFFICE_HEAD, "JWB": DISCIPLINE, "ZZRS": HR}
"""The offices that handle cases, by their units, and who heads each."""
UNTOLD = {"raise_clue", "check_clue", "propose_referral", "refer"}
"""Acts of a case that is referred which its unit is not told of."""


@pytest.mark.parametrize("code", OWN)
@pytest.mark.parametrize("who", [*OWN.values(), OFFICE_LEADER])
def test_an_office_reads_of_its_own_case_what_a_unit_reads(
    actor: work.Casework, code: str, who: str
) -> None:
    """Asked of the database itself: of 核实 and 移送 it tells the office concerned nothing."""
    public_id = work.raised(actor, code)
    checks = OFFICE_LEADER if code == "DZB" else OFFICE_HEAD
    target = "hr" if code == "JWB" else "discipline"
    for name in ("check_clue", "hear_unit", "lapse_statement", "propose_referral", "refer"):
        by = {"lapse_statement": "", "refer": OFFICE_LEADER}.get(name, checks)
        work.act(actor, name, public_id, who=by, referred_to=target)
    actor.viewer(who)
    read = set(db.session.scalars(select(CaseAct.act)))
    knows = work.seen(actor, who, public_id) is not None
    assert knows == (who != HR or code in ("JWB", "ZZRS"))
    whole = UNTOLD | {"hear_unit", "lapse_statement"}
    assert read == (whole - UNTOLD if OWN[code] == who else whole if knows else set())


def test_the_unit_writes_behind_what_it_does_not_read(actor: work.Casework) -> None:
    """A circumstance added while the unit is heard is not told to it; its statement is chained to
    it all the same."""
    public_id = work.bring(actor, "hearing")
    assert work.raised(actor, criterion="A25-1") == public_id
    actor.viewer(HEAD)
    assert "add_ground" not in set(db.session.scalars(select(CaseAct.act)))
    work.act(actor, "state_case", public_id)
    with actor.worker.app_context():
        assert [one for one in Verification().findings() if one.kind == "case"] == []


@pytest.mark.parametrize(
    ("who", "state", "told"),
    [
        (OFFICE_HEAD, "checking", True),
        (HEAD, "checking", False),
        (HEAD, "hearing", True),
        (DISCIPLINE, "hearing", False),
        (DISCIPLINE, "referred", True),
        (OFFICE, "referred", False),
        (HANDLER, "referred", False),
    ],
)
def test_the_last_seal_is_for_who_knows_of_the_case(
    actor: work.Casework, who: str, state: str, *, told: bool
) -> None:
    case = work.seen(actor, OFFICE_HEAD, work.bring(actor, state))
    assert case is not None
    wanted = case.id
    actor.viewer(who)
    found = db.session.scalar(text("SELECT last_link(:case)"), {"case": wanted})
    assert (found is not None) == told


def test_a_clue_beside_one_that_is_not_known(actor: work.Casework) -> None:
    """What 党政办 is checking 纪委办 is not told of, neither by a refusal nor by an error: its clue
    is a case of its own, and each goes on with what is added to it."""
    first = work.bring(actor, "checking")
    forms = [work.said(), work.said()]
    own = [work.entered(actor, DISCIPLINE, form) for form in forms]
    assert own[0] is not None
    second = own[0].public_id
    assert [case and case.public_id for case in own] == [second, second]
    assert second != first
    assert work.raised(actor, criterion="A25-1") == first, "the portal's go to the portal's"
    actor.viewer(OFFICE_HEAD)
    rows = db.session.execute(
        select(Case.public_id, CaseGround.criterion).join(CaseGround, CaseGround.case_id == Case.id)
    )
    found = sorted((row.public_id == second, row.criterion) for row in rows)
    assert found == [(False, "A23"), (False, "A25-1"), (True, "A25-2"), (True, "A25-2")]


def test_a_clue_is_added_to_one_that_is_known(actor: work.Casework) -> None:
    """党政办主任 knows of every one: what he enters goes to the one that runs, and so does what
    纪委办 enters once the case was referred to it."""
    first = work.entered(actor, DISCIPLINE, work.said())
    assert first is not None
    public_id = first.public_id
    found = work.entered(actor, OFFICE_HEAD, work.said())
    assert found is not None
    assert found.public_id == public_id
    assert work.raised(actor) == public_id


def test_two_of_one_office_do_not_know_of_one_another(
    actor: work.Casework,
) -> None:
    """A second person of 纪委办 enters a clue on the same unit."""
    viewer = actor.viewer(DISCIPLINE)
    with work.worker_of(actor):
        known = db.session.scalars(
            select(Appointment).where(Appointment.person_id == viewer.person_id)
        ).first()
        assert known is not None
        db.session.add(
            Appointment(
                person_id=work.person_id(CO_HEAD),
                role="discipline",
                unit_id=known.unit_id,
                post=known.post,
                valid_from=known.valid_from,
            )
        )
        db.session.commit()
    first = work.entered(actor, DISCIPLINE, work.said())
    assert first is not None
    public_id = first.public_id
    second = work.entered(actor, CO_HEAD, work.said())
    assert second is not None
    assert second.public_id != public_id


def test_the_same_form_again_after_it_was_answered(actor: work.Casework) -> None:
    """Sent twice, with 不予移送 in between: nothing new, and nothing of what became of it."""
    form = work.said()
    first = work.entered(actor, DISCIPLINE, form)
    assert first is not None
    public_id = first.public_id
    for name in ("check_clue", "drop_clue"):
        work.act(actor, name, public_id)
    assert work.entered(actor, DISCIPLINE, form) is None
    with work.worker_of(actor):
        assert len(db.session.scalars(select(Case)).all()) == 1


def test_whom_a_clue_names_may_know_of_the_item(college: Flask, worker: Flask) -> None:
    """Else the decision reached nobody, and nobody could appeal."""
    with work.in_secret(college, worker) as actor:
        viewer, item = actor.item(OFFICE_HEAD)
        listed = knowledge.listed(item)
        for who in (HEAD, CO_HEAD):
            named = work.person_id(who)
            form = work.said()
            ground = Ground("A25-2", f"entered/{form.key}")
            begin = ("raise_clue", item, work.unit_id(), ground, form)
            if named in listed:
                assert cases.begin(viewer, *begin, person_id=named) is not None
            else:
                with pytest.raises(Unmet) as refused:
                    cases.begin(viewer, *begin, person_id=named)
                assert set(refused.value.fields) == {"person"}
            db.session.rollback()
            viewer, item = actor.item(OFFICE_HEAD)
        assert len(listed & {work.person_id(who) for who in (HEAD, CO_HEAD)}) == 1
