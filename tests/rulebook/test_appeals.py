"""第二十五条, SPEC §6.4, §8.4: 申诉 on paper, entered by the office that handles the case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.errors import NotOffered
from portal.extensions import db
from portal.rulebook import case_log
from portal.rulebook.refusals import Unmet
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE_HEAD, pass_days

DAY = timedelta(days=1)
EITHER = pytest.mark.parametrize("state", ["decided", "executed"])


@EITHER
def test_it_is_an_appeal(actor: work.Casework, state: str) -> None:
    """Its day and scan are in the log that the unit reads; 复核 decides on it as on any other."""
    public_id = work.bring(actor, state)
    today = actor.viewer(work.HR).moment.day
    work.act(actor, "enter_appeal", public_id, who=work.HR, form=work.paper(today))
    case = work.seen(actor, HEAD, public_id)
    assert case is not None
    assert case.state == "appeal"
    row = case_log.acts_of(case)[-1]
    came = {"appellant": "unit", "received_on": today.isoformat(), "files": list(work.SCAN)}
    assert row.facts == came
    assert row.to_unit
    work.act(actor, "resolve_appeal", public_id)
    case = work.seen(actor, work.HR, public_id)
    assert case is not None
    assert case.state == "decided"


@EITHER
@pytest.mark.parametrize(
    ("days", "files", "fields"),
    [
        (None, work.SCAN, {"received_on"}),
        (1, work.SCAN, {"received_on"}),
        (-1, work.SCAN, {"received_on"}),
        (0, (), {"files"}),
        (1, (), {"received_on", "files"}),
    ],
)
def test_what_is_refused(
    actor: work.Casework, state: str, days: int | None, files: tuple[str, ...], fields: set[str]
) -> None:
    """A day to come, one before the decision, an appeal without its paper."""
    public_id = work.bring(actor, state)
    today = actor.viewer(work.HR).moment.day
    form = work.paper(None if days is None else today + days * DAY, files)
    with pytest.raises(Unmet) as refused:
        work.act(actor, "enter_appeal", public_id, who=work.HR, form=form)
    assert set(refused.value.fields) == fields


def test_it_is_the_deciding_offices_to_enter(actor: work.Casework) -> None:
    """Neither 党政办 nor the unit enters one, nor the office it was not referred to."""
    public_id = work.bring(actor, "decided")
    today = actor.viewer(HEAD).moment.day
    for who in (HEAD, OFFICE_HEAD, work.DISCIPLINE):
        with pytest.raises(NotOffered):
            work.act(actor, "enter_appeal", public_id, who=who, form=work.paper(today))
        db.session.rollback()


def test_a_paper_that_came_while_another_appeal_was_looked_into(actor: work.Casework) -> None:
    """Its day lies before 复核, which decided anew: it is about the first decision all the same."""
    public_id = work.bring(actor, "appeal")
    came = actor.viewer(work.HR).moment.day
    pass_days(actor.app, 3)
    work.act(actor, "resolve_appeal", public_id)
    work.act(actor, "enter_appeal", public_id, who=work.HR, form=work.paper(came))
    case = work.seen(actor, work.HR, public_id)
    assert case is not None
    assert case.state == "appeal"


@pytest.mark.parametrize(
    ("appellant", "named", "taken"),
    [
        ("unit", False, True),
        ("unit", True, True),
        ("concerned", True, True),
        ("concerned", False, False),
        ("", True, False),
        ("office", True, False),
    ],
)
def test_whose_appeal_it_is(
    actor: work.Casework, appellant: str, *, named: bool, taken: bool
) -> None:
    """The unit's, or that of whom the case names."""
    person = work.person_id(HEAD) if named else None
    found = work.entered(actor, OFFICE_HEAD, work.said(), person_id=person)
    assert found is not None
    public_id = found.public_id
    for name in work.TO["decided"]:
        work.act(actor, name, public_id)
    form = work.paper(actor.viewer(work.HR).moment.day, appellant=appellant)
    if not taken:
        with pytest.raises(Unmet) as refused:
            work.act(actor, "enter_appeal", public_id, who=work.HR, form=form)
        assert set(refused.value.fields) == {"appellant"}
        return
    work.act(actor, "enter_appeal", public_id, who=work.HR, form=form)
    case = work.seen(actor, work.HR, public_id)
    assert case is not None
    assert case_log.acts_of(case)[-1].facts["appellant"] == appellant
