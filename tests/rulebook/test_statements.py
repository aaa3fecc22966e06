"""第二十五条, SPEC §6.4, §8.4: 陈述申辩 within its days, on screen or on paper."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Case
from portal.rulebook import case_log, cases
from portal.rulebook.refusals import Unmet
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE_HEAD, OFFICE_LEADER, pass_days

DAY = timedelta(days=1)


def known(actor: work.Casework, public_id: uuid.UUID, who: str = OFFICE_HEAD) -> Case:
    """The case, which this person knows of."""
    case = work.seen(actor, who, public_id)
    assert case is not None
    return case


@pytest.mark.parametrize("silent", [False, True])
def test_what_came_in_time_is_a_statement(actor: work.Casework, *, silent: bool) -> None:
    """Also where the clock has noted silence before it was entered."""
    public_id = work.bring(actor, "hearing")
    if silent:
        work.act(actor, "lapse_statement", public_id)
        assert known(actor, public_id).silent
    today = actor.viewer(OFFICE_HEAD).moment.day
    work.act(actor, "enter_statement", public_id, who=OFFICE_HEAD, form=work.paper(today))
    case = known(actor, public_id)
    assert (case.state, case.silent, case.stated_on) == ("heard", False, today)
    assert case.stated_by_id is None
    row = case_log.acts_of(case)[-1]
    assert row.facts == {"received_on": today.isoformat(), "files": list(work.SCAN)}
    assert row.to_unit
    assert cases.offered(actor.viewer(HEAD), known(actor, public_id, HEAD)) == []
    assert "enter_statement" not in {
        rule.act for rule in cases.offered(actor.viewer(OFFICE_HEAD), known(actor, public_id))
    }


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
    actor: work.Casework, days: int | None, files: tuple[str, ...], fields: set[str]
) -> None:
    """A day to come, one before it was asked for, a statement without its paper."""
    public_id = work.bring(actor, "hearing")
    today = actor.viewer(OFFICE_HEAD).moment.day
    form = work.paper(None if days is None else today + days * DAY, files)
    with pytest.raises(Unmet) as refused:
        work.act(actor, "enter_statement", public_id, who=OFFICE_HEAD, form=form)
    assert set(refused.value.fields) == fields


def test_what_came_too_late(actor: work.Casework) -> None:
    """After the last of three working days nothing counts as a statement."""
    public_id = work.bring(actor, "hearing")
    case = known(actor, public_id)
    assert case.statement_by is not None
    today = actor.viewer(OFFICE_HEAD).moment.day
    form = work.paper(pass_days(actor.app, (case.statement_by - today + DAY).days))
    with pytest.raises(Unmet) as refused:
        work.act(actor, "enter_statement", public_id, who=OFFICE_HEAD, form=form)
    assert set(refused.value.fields) == {"received_on"}
    db.session.rollback()
    work.act(actor, "enter_statement", public_id, who=OFFICE_HEAD, form=work.paper(today))


def test_it_is_stated_once(actor: work.Casework) -> None:
    public_id = work.bring(actor, "heard")
    today = actor.viewer(OFFICE_HEAD).moment.day
    with pytest.raises(Unmet):
        work.act(actor, "enter_statement", public_id, who=OFFICE_HEAD, form=work.paper(today))


def test_it_is_the_offices_to_enter(actor: work.Casework) -> None:
    """Of 党政办's own case its leader's."""
    public_id = work.bring(actor, "hearing")
    today = actor.viewer(HEAD).moment.day
    for who in (HEAD, OFFICE_LEADER):
        with pytest.raises(NotOffered):
            work.act(actor, "enter_statement", public_id, who=who, form=work.paper(today))
        db.session.rollback()
