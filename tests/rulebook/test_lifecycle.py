"""第十一至二十五条: every row of the life cycle is in the table of acts, and every act in a row."""

from __future__ import annotations

import re
from typing import Any

import pytest

from portal.rulebook import guards
from portal.rulebook.chains import CHAINS, Chain
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import MADE_UP, READ_LATER
from portal.rulebook.rules import BY_ACT, RULES, Rule
from tests.rulebook import lifecycle as table
from tests.rulebook import lifecycle_beside as beside
from tests.rulebook.lifecycle import LIFECYCLE, ROLES

TRANSITIONS = {row["id"]: row for row in LIFECYCLE["transitions"]}
ARTICLE = re.compile(r"annex (\d)|(\d+)((?:（[一二三四五六七八九]）|\([一二三四五六七八九]\))*)")
FIGURES = {figure: str(number) for number, figure in enumerate("一二三四五六七八九", start=1)}
STRONG, BY_DELEGATION, RECORDS = set("AUPO"), "D", "R"
SUB_ROWS = [
    (machine, *row) for machine, part in LIFECYCLE["sub_machines"].items()
    for row in part["transitions"]
]  # fmt: skip
ROWS_OF_ACTS = [(row, act) for row, acts in table.TRANSITIONS.items() for act in acts]
Sub = tuple[str, str, str, str, str]


def _chain_of(rule: Rule) -> Chain | None:
    """The approval that the act opens or signs."""
    if rule.chain:
        return CHAINS[rule.chain] if rule.decides == "agree" else None
    found = (c for c in CHAINS.values() if rule.step in {step.step for step in c.steps})
    return next(found, None)


def _after(rule: Rule, chain: Chain) -> list[str]:
    """The states of the chain's machine to which this act may lead, the usual one first."""
    states = [step.state for step in chain.steps]
    names = [step.step for step in chain.steps]
    if rule.chain:
        return states[names.index(rule.begins) if rule.begins else 0 :]
    return [*states[names.index(rule.step) + 1 :], chain.agreed]


def _item_after(rule: Rule) -> str:
    """The state an act gives the item; empty if none."""
    chain = _chain_of(rule)
    if chain is None or rule.beside:
        return (rule.target or "") if rule.machine == "item" else rule.carries
    if chain.machine == "item":
        return _after(rule, chain)[0]
    return rule.carries or chain.carries


def _open_in(rule: Rule) -> tuple[str, ...]:
    """The states of the item in which an act is open."""
    return rule.source if rule.machine == "item" else rule.during


def _article(text: str) -> set[str]:
    """「16(二)(三)」 as {"16(2)", "16(3)"}, 「annex 3」 as {"A3"}."""
    found = set()
    for annex, number, clauses in ARTICLE.findall(text):
        named = re.findall(r"[一二三四五六七八九]", clauses)
        found |= {f"{number}({FIGURES[clause]})" for clause in named} or {number or f"A{annex}"}
    return found


def _holders(state: str) -> set[str]:
    """Whoever holds the step of this state: the roles of its box, or of the office that files."""
    boxes = {
        str(role) for chain in CHAINS.values() if chain.machine == "item"
        for step in chain.steps if step.state == state for role in step.roles
    }  # fmt: skip
    files = {"pending_filing": "file", "closing_filing": "close"}
    return boxes or {str(role) for role in BY_ACT[files[state]].by}


def _named(act: str) -> set[str]:
    """The roles of an act as roles.json calls them."""
    return {table.SAME_ROLE.get(role, str(role)) for role in BY_ACT[act].by}


def _granted(act: str) -> set[str]:
    """The roles to which roles.json grants an action that this act is part of."""
    return {
        role for action in ROLES["actions"] if act in table.GRANTS.get(action["id"], ())
        for role, mark in action["grants"].items() if mark in STRONG
    }  # fmt: skip


def _lent(act: str) -> set[str]:
    """Roles that have the act by delegation or 主持工作 only, or prepare it for others."""
    return {
        role for action in ROLES["actions"] if act in table.GRANTS.get(action["id"], ())
        for role, mark in action["grants"].items() if mark in (BY_DELEGATION, RECORDS)
    } - _named(act)  # fmt: skip


def _who(row: dict[str, Any], act: str) -> set[str]:
    """The roles a transition names for one of its acts."""
    if row["who"] == ["current_approver"]:
        states = set(row["from"]) & set(BY_ACT[act].source)
        return set().union(*(_holders(state) for state in states))
    who = {words.split(" (")[0] for words in row["who"]}
    return who & _named(act) if row["id"] in table.SHARED_OUT else who


def _assert_roles(act: str, who: set[str]) -> None:
    """Whom the row names may act, and nobody to whom neither it nor roles.json gives the act."""
    assert who - _lent(act) <= _named(act), f"{act}: too few"
    assert _named(act) <= who | _granted(act), f"{act}: too many"


def test_every_row_and_every_act_is_named() -> None:
    """T01 to T41, the sub-machines and the grants on one side, the table of acts on the other."""
    assert set(table.TRANSITIONS) == set(TRANSITIONS)
    assert set(beside.SUB_MACHINES) == {sub[:3] for sub in SUB_ROWS}
    assert set(table.GRANTS) | set(table.NO_ACTS) == {row["id"] for row in ROLES["actions"]}
    places = (table.TRANSITIONS, beside.SUB_MACHINES, table.CONSENTS)
    named = [act for place in places for acts in place.values() for act in acts]
    assert {*named, *table.PROSE} == set(BY_ACT)
    granted = [act for acts in table.GRANTS.values() for act in acts]
    assert {*granted, *table.RECORDED.values()} <= set(BY_ACT)


@pytest.mark.parametrize(("number", "act"), ROWS_OF_ACTS)
def test_a_transition_is_in_the_table(number: str, act: str) -> None:
    """Label, target, article and roles. Labels of the life cycle win; where `who` and roles.json
    differ, roles.json wins."""
    row, rule = TRANSITIONS[number], BY_ACT[act]
    assert rule.label == row["label"]
    own = table.OWN_GROUND.get(act, table.OWN_GROUND.get(number, ""))
    assert rule.article in ({own} if own else _article(row["article"]))
    assert _open_in(rule)
    reached = {"(no change)": "", "(deleted)": ""}.get(row["to"], row["to"].split(" (")[0])
    stays = row["to"] in row["from"] and rule.target is None and not _chain_of(rule)
    assert _item_after(rule) == ("" if stays else reached)
    _assert_roles(act, _who(row, act))


@pytest.mark.parametrize("number", TRANSITIONS)
def test_a_transition_is_open_in_its_states_and_no_others(number: str) -> None:
    """The states an act starts from, together with those of its sister acts."""
    rules = [BY_ACT[act] for act in table.TRANSITIONS[number]]
    states = {state for rule in rules for state in _open_in(rule)}
    wider = {state for row, state in table.WIDER if row == number}
    assert states == set(TRANSITIONS[number]["from"]) | wider


@pytest.mark.parametrize("number", table.CONSENTS)
def test_what_a_transition_asks_of_others(number: str) -> None:
    """The approvals behind T18, T33, T36, T37, T38: open in the states of their act at most."""
    ground = BY_ACT[table.TRANSITIONS[number][0]].article
    for act, roles in table.CONSENTS[number].items():
        assert _named(act) == set(roles.split())
        assert BY_ACT[act].article == table.OWN_GROUND.get(act, ground)
        if BY_ACT[act].step:
            from_states = TRANSITIONS[number]["from"] if number != "T33" else ["in_progress"]
            wider = {state for row, state in table.WIDER if row == number}
            assert set(BY_ACT[act].during) == set(from_states) | wider


@pytest.mark.parametrize("row", SUB_ROWS, ids=lambda row: "-".join(row[:3]))
def test_a_row_of_a_sub_machine_is_in_the_table(row: Sub) -> None:
    """From, to, who and the article of the machines beside the item."""
    machine, source, verb, who, target = row
    states = LIFECYCLE["sub_machines"][machine]["states"]
    for act in beside.SUB_MACHINES[machine, source, verb]:
        rule = BY_ACT[act]
        assert (rule.machine, rule.article in beside.GROUNDS[machine]) == (machine, True)
        agreed_from = beside.BOTH_SIGN.get(act, (act, ""))[1]
        assert ({agreed_from} if agreed_from else set(_sources(machine, source))) <= set(
            rule.source
        )
        named = re.findall("|".join(sorted(states, key=len, reverse=True)), target)
        passed = beside.STORED_AS.get((machine, source, verb))
        chain = _chain_of(rule)
        possible = {rule.target} if chain is None else set(_after(rule, chain))
        assert ({passed} if passed else set(named)) <= possible
        whose = set(beside.WHO.get(who + ", each" if agreed_from else who, {who}))
        _assert_roles(act, whose & _named(act) if act in beside.SHARED_OUT else whose)
        assert set(rule.during) == _under_way(act)


def _under_way(act: str) -> set[str]:
    found = (states for states, acts in beside.UNDER_WAY.items() if act in acts)
    return set(next(found, "").split())


def _sources(machine: str, source: str) -> list[str]:
    states = list(LIFECYCLE["sub_machines"][machine]["states"])
    if source == "*":
        chain = CHAINS[machine]
        return [step.state for step in chain.steps]
    if ".." in source:
        first, last = source.split("..")
        return states[states.index(first) : states.index(last) + 1]
    return source.split("|")


@pytest.mark.parametrize("machine", LIFECYCLE["sub_machines"])
def test_a_sub_machine_has_no_other_acts(machine: str) -> None:
    """No act of the table starts where the life cycle has no row for it."""
    rows: dict[str, set[str]] = {}
    for name, source, verb, *_rest in SUB_ROWS:
        for act in beside.SUB_MACHINES[name, source, verb]:
            rows.setdefault(act, set()).update(_sources(name, source))
    wider = {
        (rule.act, state) for rule in RULES if rule.machine == machine
        for state in rule.source if state not in rows.get(rule.act, set())
    }  # fmt: skip
    assert wider == {pair for pair in beside.BESIDE_SUB_ROWS if BY_ACT[pair[0]].machine == machine}
    assert {rule.article for rule in RULES if rule.machine == machine} == beside.GROUNDS[machine]


@pytest.mark.parametrize("action", table.GRANTS)
def test_an_action_is_granted_to_exactly_these_roles(action: str) -> None:
    """roles.json wins: A, U, P and O may act; D acts as the head (授权代办、主持工作); R is an act
    of its own or none."""
    grants = next(row["grants"] for row in ROLES["actions"] if row["id"] == action)
    acts = table.GRANTS[action]
    may = {role for role, mark in grants.items() if mark in STRONG}
    recorded = {role for role, mark in grants.items() if mark == RECORDS}
    may |= {role for role in recorded if table.RECORDED.get((action, role)) in acts}
    assert set().union(*map(_named, acts)) - {Role.SYSTEM} == may
    for role in recorded:
        act = table.RECORDED.get((action, role))
        assert (act is None) == ((action, role) in table.PREPARED)
        assert act is None or role in BY_ACT[act].by
    if BY_DELEGATION in grants.values():
        assert {role for role, mark in grants.items() if mark == BY_DELEGATION} == {"unit_deputy"}
        assert Role.UNIT_HEAD in may


@pytest.mark.parametrize("act", table.PROSE)
def test_an_act_that_prose_gives(act: str) -> None:
    """What lifecycle.json leaves to the articles and to SPEC."""
    rule, prose = BY_ACT[act], table.PROSE[act]
    assert _named(act) == set(prose.by.split())
    assert rule.article == prose.article
    assert set(_open_in(rule)) == set(prose.states.split())


def test_what_is_handed_out_first_is_signed_afterwards() -> None:
    """第十五条, T40: the units have their notice, 审签 comes first, one number at the end."""
    first, last = BY_ACT["issue_first"], BY_ACT["file_after"]
    assert (first.chain, first.begins, first.beside) == ("initiation", "sign", True)
    assert first.shares == "received"
    assert last.source == MADE_UP
    assert last.only is guards.made_up_unnumbered
    made_up = [rule.act for rule in RULES if rule.afterwards == MADE_UP]
    assert made_up == ["sign", "review", "approve"]
    assert guards.numbered in BY_ACT["close"].needs


def test_what_ends_by_telephone_is_read_afterwards() -> None:
    """第十五条, T41: 书记 and 院长 read it in their weekly list, while 销号 goes on."""
    rule = BY_ACT["close_simple"]
    assert (rule.chain, rule.begins, rule.beside) == ("closing", "read_close", True)
    assert [rule.act for rule in RULES if rule.afterwards == READ_LATER] == ["read_close"]
    assert READ_LATER == ("closing_filing", "closed", "archived")


def test_what_two_must_want_is_noted() -> None:
    """「office_head + office_leader」."""
    for act in beside.WITH_CONSENT:
        assert guards.office_leader_agreed in BY_ACT[act].needs
