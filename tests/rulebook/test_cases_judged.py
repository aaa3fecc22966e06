"""第二十五条: nobody judges a unit that he has a post in (decision 0175): 待办, messages, page and
database say the same."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.embedded import connect
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import CaseAct, Message
from portal.rulebook import cases, tray
from tests.rulebook import casework as work
from tests.steps.acting import HEAD, OFFICE_HEAD, OFFICE_LEADER

HR, DISCIPLINE = work.HR, work.DISCIPLINE
STEPS = ("check_clue", "hear_unit", "state_case", "propose_referral", "refer", "suggest",
         "decide_case")  # fmt: skip


def offers(actor: work.Casework, who: str, public_id: uuid.UUID) -> set[str]:
    """What this person may do on the case."""
    case = work.seen(actor, who, public_id)
    return set() if case is None else {rule.act for rule in cases.offered(actor.viewer(who), case)}


def waits(actor: work.Casework, who: str) -> set[str]:
    """What of 问责 waits for this person."""
    known = {rule.act for rule in cases.CASE_RULES}
    return {row.act for row in tray.waiting(actor.viewer(who)) if row.act in known}


def told(actor: work.Casework, who: str) -> int:
    """How many messages of cases this person has."""
    with work.worker_of(actor):
        mine = (Message.person_id == work.person_id(who), Message.kind.like("N4%"))
        return len(db.session.scalars(select(Message).where(*mine)).all())


@pytest.mark.parametrize("who", [HR, DISCIPLINE])
@pytest.mark.parametrize("role", ["unit_deputy", "liaison", "handler", "unit_head"])
def test_who_decides_has_no_post_in_the_unit(actor: work.Casework, role: str, who: str) -> None:
    """组织人事部 and 纪委办: the other of the two decides; who heads the unit answers for it."""
    public_id = work.bring(actor, "referring", referred_to="both")
    work.appoint(actor, who, role)
    work.act(actor, "refer", public_id)
    other = DISCIPLINE if who == HR else HR
    assert (offers(actor, who, public_id), waits(actor, who), told(actor, who)) == (set(), set(), 0)
    assert offers(actor, other, public_id) == waits(actor, other) == {"suggest"}
    with pytest.raises(NotOffered):
        work.act(actor, "suggest", public_id, who=who)
    db.session.rollback()
    work.act(actor, "suggest", public_id, who=other)
    work.act(actor, "decide_case", public_id, who=other)
    assert offers(actor, who, public_id) == ({"appeal"} if role == "unit_head" else set())


def test_a_post_that_ended_binds_nobody(actor: work.Casework) -> None:
    public_id = work.bring(actor, "referred")
    work.appoint(actor, HR, "unit_deputy")
    assert offers(actor, HR, public_id) == set()
    with connect(actor.app.config["PORTAL_OWNER_URL"]) as raw:
        raw.execute("UPDATE appointment SET valid_from = '2026-09-01', valid_to = '2026-11-22'"
                    " WHERE post = '兼任'")  # fmt: skip
    assert offers(actor, HR, public_id) == {"suggest"}


@pytest.mark.parametrize("role", ["unit_deputy", "unit_head"])
@pytest.mark.parametrize(
    ("concerned", "other"), [(OFFICE_HEAD, OFFICE_LEADER), (OFFICE_LEADER, OFFICE_HEAD)]
)
@pytest.mark.parametrize("since", ["before", "meanwhile"])
def test_of_two_who_refer_the_other_acts(
    actor: work.Casework, role: str, concerned: str, other: str, since: str
) -> None:
    """党政办主任 or 党政办分管领导 has a post in the unit, at once or later: the other acts
    for both, and the first reads no more than the unit does."""
    if since == "before":
        work.appoint(actor, concerned, role)
    public_id = work.raised(actor)
    if since == "meanwhile":
        work.appoint(actor, concerned, role)
    heads = concerned if role == "unit_head" else HEAD
    for name in STEPS:
        if name == "hear_unit":
            before = work.seen(actor, concerned, public_id)
            assert before is None, "the database tells nothing of what is checked"
        by = heads if name == "state_case" else HR if name in STEPS[-2:] else other
        if by == other:
            assert name in offers(actor, other, public_id)
            assert offers(actor, concerned, public_id) == set()
            assert waits(actor, concerned) == set()
        if name in ("check_clue", "refer"):
            assert name in waits(actor, other)
        work.act(actor, name, public_id, who=by)
    actor.viewer(concerned)
    read = set(db.session.scalars(select(CaseAct.act)))
    apart = {"raise_clue"} if since == "meanwhile" else set()
    assert read - apart == {"hear_unit", "state_case", "decide_case"}


@pytest.mark.parametrize(
    ("concerned", "other"), [(OFFICE_HEAD, OFFICE_LEADER), (OFFICE_LEADER, OFFICE_HEAD)]
)
def test_what_is_dropped_is_known_to_who_dropped_it(
    actor: work.Casework, concerned: str, other: str
) -> None:
    work.appoint(actor, concerned, "unit_deputy")
    public_id = work.raised(actor)
    for name in ("check_clue", "drop_clue"):
        work.act(actor, name, public_id, who=other)
    knows = {who for who in (concerned, other, HEAD) if work.seen(actor, who, public_id)}
    assert knows == {other}
    assert told(actor, concerned) == 0
