"""第二十二至二十五条: who knows of a case and who acts on it, by its state; its log; once each."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.audit.verify import Finding, Verification
from portal.embedded import connect
from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import CaseAct, CaseGround, Event, Message
from portal.rulebook import case_log, cases, knowledge, tray
from portal.rulebook.cases import CASE_RULES, Ground, Said
from portal.rulebook.keys import HEADS_KEYS, OFFICE_KEYS
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role
from portal.rulebook.rules import BY_ACT
from tests.rulebook import casework as work
from tests.steps.acting import (
    CO_HEAD,
    HANDLER,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    SECRETARY,
)

HR, DISCIPLINE = work.HR, work.DISCIPLINE
EARLY = {OFFICE_HEAD, OFFICE_LEADER}
HANDLING = {*EARLY, SECRETARY, PRESIDENT, DISCIPLINE, HR}
SEES: dict[str, set[str]] = {
    "clue": EARLY,
    "checking": EARLY,
    "hearing": {*EARLY, HEAD},
    "heard": {*EARLY, HEAD},
    "referring": {*EARLY, HEAD},
    "dropped": {OFFICE_HEAD},
    "referred": {*HANDLING, HEAD},
    "suggested": {*HANDLING, HEAD},
    "decided": {*HANDLING, HEAD},
    "executed": {*HANDLING, HEAD},
    "appeal": {*HANDLING, HEAD},
    "closed": {*HANDLING, HEAD},
}
"""Who knows of a case referred to 组织人事部, in each state (SPEC §6.3, §6.4)."""
DOES: dict[str, dict[str, set[str]]] = {
    "clue": {OFFICE_HEAD: {"add_ground", "check_clue"}},
    "checking": {OFFICE_HEAD: {"add_ground", "hear_unit", "drop_clue"}},
    "hearing": {OFFICE_HEAD: {"add_ground", "enter_statement"}, HEAD: {"state_case"}},
    "heard": {OFFICE_HEAD: {"add_ground", "drop_clue", "propose_referral"}},
    "referring": {OFFICE_HEAD: {"add_ground"}, OFFICE_LEADER: {"refer", "return_referral"}},
    "dropped": {},
    "referred": {OFFICE_HEAD: {"add_ground"}, HR: {"suggest"}},
    "suggested": {OFFICE_HEAD: {"add_ground"}, HR: {"decide_case"}},
    "decided": {HR: {"execute_case", "enter_appeal"}, HEAD: {"appeal"}},
    "executed": {HR: {"close_case", "enter_appeal"}, HEAD: {"appeal"}},
    "appeal": {HR: {"resolve_appeal"}},
    "closed": {},
}
"""Who may do what in each state; whoever is not named may do nothing."""
EVERYBODY = sorted({*HANDLING, HEAD, OFFICE, LEADER, HANDLER, CO_HEAD, "周慎之", "杨初"})


@pytest.mark.parametrize("end", ["closed", "appeal", "dropped"])
def test_who_knows_and_who_acts(actor: work.Casework, end: str) -> None:
    """Exhaustively: everybody of the sample who could stand to it somehow, in every state on the
    way to this end."""
    public_id, met = work.raised(actor), {"clue"}
    _stands(actor, public_id, "clue")
    for name in work.TO[end]:
        work.act(actor, name, public_id)
        state = BY_ACT[name].target
        assert state is not None
        if state in ("dropped", "appeal") or end == "closed":
            _stands(actor, public_id, state)
        met.add(state)
    assert end in met
    assert end != "closed" or met == SEES.keys() - {"dropped", "appeal"}


def _stands(actor: work.Casework, public_id: uuid.UUID, state: str) -> None:
    knows, does = set(), {}
    for who in EVERYBODY:
        case = work.seen(actor, who, public_id)
        if case is None:
            continue
        knows.add(who)
        acts = {rule.act for rule in cases.offered(actor.viewer(who), case)}
        does |= {who: acts} if acts else {}
    assert knows == SEES[state], state
    assert does == DOES[state], state


def test_every_act_is_somebodys() -> None:
    """The table above and the rules name the same acts, but for those that begin or the clock's."""
    named = {act for acts in DOES.values() for whose in acts.values() for act in whose}
    apart = {"raise_clue", "report_clue", "lapse_statement"}
    assert {rule.act for rule in CASE_RULES} == named | apart


@pytest.mark.parametrize("target", ["discipline", "both"])
def test_who_it_is_referred_to(actor: work.Casework, target: str) -> None:
    """组织人事部 knows of what is referred to 纪委办 alone once it is decided; 纪委办 reads all."""
    public_id = work.bring(actor, "referred", referred_to=target)
    assert (work.seen(actor, HR, public_id) is not None) == (target == "both")
    form = work.said(measures=["circular"])
    work.act(actor, "suggest", public_id, who=DISCIPLINE, form=form)
    form = work.said(decided=work.decided(actor))
    work.act(actor, "decide_case", public_id, who=DISCIPLINE, form=form)
    case = work.seen(actor, HR, public_id)
    assert case is not None
    if target == "discipline":
        assert cases.offered(actor.viewer(HR), case) == []


def test_the_database_hides_it_from_whoever_asks(actor: work.Casework) -> None:
    """No scope of the program's is needed: raw rows, counts and the parts of a case are empty."""
    work.bring(actor, "referred")
    for who in (OFFICE, LEADER, HANDLER, CO_HEAD):
        actor.viewer(who)
        for table in ("accountability", "accountability_ground", "accountability_act"):
            counted = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of the line above
            assert db.session.scalar(counted) == 0, (who, table)


def test_the_unit_reads_what_is_said_to_it(actor: work.Casework) -> None:
    """核实, 移送 and 处理建议 are for who handles the case."""
    work.bring(actor, "decided")
    actor.viewer(HEAD)
    read = set(db.session.scalars(select(CaseAct.act)))
    assert read == {"hear_unit", "state_case", "decide_case"}
    actor.viewer(HR)
    assert set(db.session.scalars(select(CaseAct.act))) == {"raise_clue", *work.TO["decided"]}


def test_nothing_of_it_stands_in_the_items_events(actor: work.Casework) -> None:
    before = len(actor.events())
    work.bring(actor, "closed")
    assert len(actor.events()) == before
    actor.viewer(OFFICE_HEAD)
    assert not db.session.scalars(select(Event).where(Event.subject == "accountability")).all()


def test_the_log_is_chained(actor: work.Casework) -> None:
    """An erased text leaves it whole, another word does not."""
    public_id = work.bring(actor, "heard")
    case = work.seen(actor, OFFICE_HEAD, public_id)
    assert case is not None
    rows = case_log.acts_of(case)
    assert [row.act for row in rows] == ["raise_clue", *work.TO["heard"]]
    assert case_log.holds(rows)
    db.session.expunge_all()
    rows[2].body = "改过的话"
    assert not case_log.holds(rows)
    rows[2].body = ""
    assert case_log.holds(rows)
    rows[1].acting_as = "hr"
    assert not case_log.holds(rows)
    assert not case_log.holds(rows[1:])


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        ("UPDATE accountability_act SET body = '', salt = '' WHERE case_id = {0}", False),
        ("UPDATE accountability_act SET acting_as = 'hr' WHERE case_id = {0}", True),
        (
            "UPDATE accountability_act SET body = '改过的话' WHERE case_id = {0} AND body <> ''",
            True,
        ),
        ("DELETE FROM accountability_act WHERE case_id = {0} AND act = 'raise_clue'", True),
        ("DELETE FROM accountability_act WHERE case_id = {0}", True),
    ],
)
def test_the_check_of_all_logs_reads_those_of_cases(
    actor: work.Casework, statement: str, *, is_found: bool
) -> None:
    """Which case, as its id: who checks the log may not know that an item has one."""
    case = work.seen(actor, OFFICE_HEAD, work.bring(actor, "heard"))
    assert case is not None
    wanted = case.id
    work.raised(actor, "ZZRS")
    db.session.rollback()
    with connect(actor.app.config["PORTAL_OWNER_URL"]) as raw:
        raw.execute("ALTER TABLE accountability_act DISABLE TRIGGER USER")
        raw.execute(statement.format(wanted).encode())
        raw.execute("ALTER TABLE accountability_act ENABLE TRIGGER USER")
    with actor.worker.app_context():
        found = [one for one in Verification().findings() if one.kind == "case"]
    assert found == ([Finding("case", wanted)] if is_found else [])


def test_the_database_keeps_acts(actor: work.Casework) -> None:
    work.bring(actor, "checking")
    actor.viewer(OFFICE_HEAD)
    for statement in ("UPDATE accountability_act SET act = 'x'", "DELETE FROM accountability_act"):
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text(statement))
        db.session.rollback()
    with pytest.raises(Exception, match="permission denied"):
        db.session.execute(text("DELETE FROM accountability"))
    db.session.rollback()


def test_the_same_fact_is_one_clue(actor: work.Casework) -> None:
    first = work.raised(actor)
    assert work.raised(actor) == first
    second = work.raised(actor, criterion="A25-1")
    assert second == first, "both codes stand on the one case that runs (P19)"
    case = work.seen(actor, OFFICE_HEAD, first)
    assert case is not None
    assert [ground.criterion for ground in cases.grounds_of(case)] == ["A23", "A25-1"]
    for name in ("check_clue", "drop_clue"):
        work.act(actor, name, first)
    assert work.raised(actor) == first, "what was dropped is not raised again"


@pytest.mark.parametrize("state", ["decided", "executed", "appeal"])
def test_what_comes_to_light_after_a_decision_is_a_case_of_its_own(
    actor: work.Casework, state: str
) -> None:
    """A decision answers what it was taken on; what came later would never be dealt with there."""
    first = work.bring(actor, state)
    second = work.raised(actor, criterion="A25-1")
    assert second != first
    assert work.raised(actor, criterion="A25-1") == second
    found = {}
    for public_id in (first, second):
        case = work.seen(actor, OFFICE_HEAD, public_id)
        assert case is not None
        found[case.state] = [ground.criterion for ground in cases.grounds_of(case)]
    assert found == {state: ["A23"], "clue": ["A25-1"]}


def test_the_same_form_twice_is_one_act(actor: work.Casework) -> None:
    public_id = work.bring(actor, "checking")
    form = work.said()
    for _ in range(2):
        work.act(actor, "hear_unit", public_id, form=form)
    case = work.seen(actor, OFFICE_HEAD, public_id)
    assert case is not None
    assert [row.act for row in case_log.acts_of(case)].count("hear_unit") == 1
    with pytest.raises(NotOffered):
        work.act(actor, "drop_clue", public_id, form=form)


def test_entered_by_people(actor: work.Casework) -> None:
    """党政办主任 and 纪委办 enter what dates do not show, and who did reads it."""
    case = work.entered(actor, DISCIPLINE, work.said(), criterion="A25-3")
    assert case is not None
    public_id = case.public_id
    assert work.seen(actor, DISCIPLINE, public_id) is not None
    assert work.seen(actor, HR, public_id) is None
    for name in ("check_clue", "drop_clue"):
        work.act(actor, name, public_id)
    assert work.seen(actor, DISCIPLINE, public_id) is None


@pytest.mark.parametrize(
    ("who", "act", "criterion", "words", "refused"),
    [
        (OFFICE_HEAD, "raise_clue", "A23", work.WORDS, Unmet),
        (OFFICE_HEAD, "raise_clue", "", work.WORDS, Unmet),
        (OFFICE_HEAD, "raise_clue", "A25-2", "短", Unmet),
        (OFFICE, "raise_clue", "A25-2", work.WORDS, NotOffered),
        (OFFICE, "report_clue", "A25-2", work.WORDS, NotOffered),
        (HEAD, "report_clue", "A25-2", work.WORDS, NotOffered),
    ],
)
def test_what_is_not_entered(
    actor: work.Casework, who: str, act: str, criterion: str, words: str, refused: type[Exception]
) -> None:
    viewer, item = actor.item(who)
    form = Said(uuid.uuid4(), words, values={"declared": True})
    with pytest.raises(refused):
        cases.begin(viewer, act, item, work.unit_id(), Ground(criterion, "x"), form)


def test_a_referral_needs_two(actor: work.Casework) -> None:
    """党政办主任 proposes, 党政办分管领导 agrees or sends it back; neither does both."""
    public_id = work.bring(actor, "referring")
    with pytest.raises(NotOffered):
        work.act(actor, "refer", public_id, who=OFFICE_HEAD)
    db.session.rollback()
    work.act(actor, "return_referral", public_id)
    case = work.seen(actor, OFFICE_LEADER, public_id)
    assert case is not None
    assert case.state == "heard"


def test_nobody_judges_the_own_office(actor: work.Casework) -> None:
    """A case of 组织人事部 goes to 纪委办; of 党政办 its leader checks it instead of its head."""
    public_id = work.raised(actor, "ZZRS")
    for name in ("check_clue", "hear_unit"):
        work.act(actor, name, public_id)
    work.act(actor, "lapse_statement", public_id)
    for target in ("hr", "both"):
        with pytest.raises(Unmet):
            work.act(actor, "propose_referral", public_id, form=work.said(referred_to=target))
        db.session.rollback()
    work.act(actor, "propose_referral", public_id, form=work.said(referred_to="discipline"))


OF_THE_OFFICE = {
    "clue": {OFFICE_LEADER},
    "checking": {OFFICE_LEADER},
    "hearing": {OFFICE_LEADER, OFFICE_HEAD},
    "heard": {OFFICE_LEADER, OFFICE_HEAD},
    "dropped": {OFFICE_LEADER},
    "referred": HANDLING,
    "decided": HANDLING,
}
"""Who knows of a case of 党政办 itself: its head is the head of the unit concerned (0151, 0168)."""


@pytest.mark.parametrize("state", OF_THE_OFFICE)
def test_a_case_of_the_office_is_its_leaders(actor: work.Casework, state: str) -> None:
    """Asked of the database itself, for the pages are narrower still."""
    public_id = work.raised(actor, "DZB")
    steps = ("check_clue", "hear_unit", "lapse_statement", "propose_referral", "refer", "suggest",
             "decide_case")  # fmt: skip
    for name in ("check_clue", "drop_clue") if state == "dropped" else steps:
        case = work.seen(actor, OFFICE_LEADER, public_id)
        assert case is not None
        if case.state == state:
            break
        by = HR if name in ("suggest", "decide_case") else OFFICE_LEADER
        work.act(actor, name, public_id, who="" if name == "lapse_statement" else by)
    knows = {who for who in EVERYBODY if work.seen(actor, who, public_id) is not None}
    assert knows == OF_THE_OFFICE[state]


def test_a_decision_says_who_when_and_what(actor: work.Casework) -> None:
    public_id = work.bring(actor, "suggested")
    wrong = work.decided(actor, body="", minutes_no="", on=None, measures=[], grade="", text="")
    with pytest.raises(Unmet) as refused:
        work.act(actor, "decide_case", public_id, form=work.said(decided=wrong))
    assert set(refused.value.fields) == {
        "body", "minutes_no", "decided_on", "measures", "decision",
    }  # fmt: skip
    db.session.rollback()
    for values in ({"measures": ["none", "circular"], "grade": ""}, {"grade": ""}):
        form = work.said(decided=work.decided(actor, **values))
        with pytest.raises(Unmet):
            work.act(actor, "decide_case", public_id, form=form)
        db.session.rollback()


def test_what_was_decided_against_a_unit(actor: work.Casework) -> None:
    """For a 通报: whoever drafts it knows that and what was decided, of the case nothing else."""
    public_id = work.bring(actor, "suggested")
    actor.viewer(OFFICE)
    assert cases.decided_against(work.unit_id()) == []
    work.act(actor, "decide_case", public_id)
    for who, told in ((OFFICE, True), (HR, True), (HEAD, False), (HANDLER, False)):
        actor.viewer(who)
        found = cases.decided_against(work.unit_id())
        assert bool(found) == told, who
        assert all(one.measures == ["circular", "grade"] for one in found)
        assert cases.decided_against(work.unit_id("HGC")) == []
    work.act(actor, "appeal", public_id)
    actor.viewer(OFFICE)
    assert cases.decided_against(work.unit_id()) == [], "not while an appeal is looked into"


def test_who_is_told(actor: work.Casework) -> None:
    """Nothing of criterion or person leaves in a message; the unit of a dropped clue hears that."""
    public_id = work.bring(actor, "heard")
    work.act(actor, "drop_clue", public_id)
    with work.worker_of(actor):
        rows = db.session.scalars(select(Message).where(Message.kind.like("N4%"))).all()
        told = {(row.kind, row.person_id) for row in rows}
        assert all(set(row.facts) <= {"action", "date"} for row in rows)
    head, boss = work.person_id(HEAD), work.person_id(OFFICE_HEAD)
    assert {("N41", boss), ("N43", head), ("N44", head)} <= told
    assert {person for _kind, person in told} == {head, boss}


def test_keys_of_offices_are_not_lent(actor: work.Casework) -> None:
    """A delegate acts for a leader on items, and reads no case; who is in charge of a unit does."""
    leader = actor.viewer(OFFICE_LEADER)
    assert OFFICE_KEYS[Role.OFFICE_LEADER.value] in leader.keys
    delegates = [
        who for who in EVERYBODY
        if who != OFFICE_LEADER
        and OFFICE_KEYS[Role.OFFICE_LEADER.value] in actor.viewer(who).keys
    ]  # fmt: skip
    assert delegates == []
    assert HEADS_KEYS + work.unit_id("HGC") in actor.viewer(CO_HEAD).keys


def test_one_who_may_not_know_cannot_act(actor: work.Casework) -> None:
    public_id = work.bring(actor, "checking")
    case = work.seen(actor, OFFICE_HEAD, public_id)
    assert case is not None
    db.session.expunge(case)
    viewer = actor.viewer(HEAD)
    with pytest.raises(NotFound):
        cases.perform(viewer, "drop_clue", case, work.said())


def test_grounds_follow_the_case(actor: work.Casework) -> None:
    """The unit reads why, once it is asked."""
    public_id = work.bring(actor, "checking")
    actor.viewer(HEAD)
    assert db.session.scalars(select(CaseGround)).all() == []
    work.act(actor, "hear_unit", public_id)
    actor.viewer(HEAD)
    assert [row.criterion for row in db.session.scalars(select(CaseGround))] == ["A23"]


def test_a_sensitive_items_case(college: Flask, worker: Flask) -> None:
    """第二十一条: an office opens the case of a sensitive item to those on its list alone."""
    with work.in_secret(college, worker) as actor:
        public_id = work.raised(actor)
        work.enlist(actor, HR)
        for name in work.TO["referred"]:
            work.act(actor, name, public_id)
        knows = {who for who in EVERYBODY if work.seen(actor, who, public_id) is not None}
        _viewer, item = actor.item(OFFICE_HEAD)
        listed = knowledge.listed(item)
        assert knows == {who for who in SEES["referred"] if work.person_id(who) in listed}
        assert SEES["referred"] - knows == {DISCIPLINE}
        for who, waits in ((HR, ["suggest"]), (DISCIPLINE, [])):
            assert [row.act for row in tray.waiting(actor.viewer(who))] == waits
        with work.worker_of(actor):
            told = db.session.scalars(
                select(Message.person_id).where(Message.kind.like("N4%"))
            ).all()
        assert set(told) <= listed
        actor.viewer(OFFICE)
        assert cases.decided_against(work.unit_id()) == []
