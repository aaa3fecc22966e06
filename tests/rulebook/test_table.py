"""The table of acts holds together: grounds, states, steps, conditions, and a way on from
everywhere (第十一至二十五条)."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable

import pytest

from portal.rulebook import guards, policy, text
from portal.rulebook.chains import CHAINS, Step
from portal.rulebook.machines import MACHINES
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.rules import BY_ACT, RULES, Rule
from tests.rulebook.lifecycle_beside import UNSEEN

STATES_OF = {
    "item": {state.id for state in policy.CURRENT.states},
    **{machine: set(words.states) for machine, words in MACHINES.items()},
}
ENDS = {
    "item": {"archived", "rejected", "exempted", "void"},
    "item_unit": {"handed_in"},
    "feedback": {"fb_merged"},
    "comment": {"replied"},
    "objection": {"accepted", "refused"},
    "attachment": {"removed"},
    "archive_record": set[str](),
    "approval_slot": {"merged"},
    "need_to_know": set[str](),
    "change": {"agreed", "refused", "withdrawn", "lapsed"},
    "urge": {"ug_met", "ug_unmet", "ug_void"},
    "urge_question": {"accepted", "refused", "unanswered"},
    "extension": {"approved", "rejected", "withdrawn", "lapsed"},
    "inspection": {"finished"},
    "rectification": {"verified", "withdrawn"},
    "phone_record": {"noted"},
    "loan": {"returned", "refused", "cancelled"},
    "handover": {"effective", "forced", "declined", "withdrawn"},
    "accountability": {"dropped", "closed"},
}
"""Where a machine comes to rest: nothing waits there any more."""
PASSED_AT_ONCE = {("rectification", "not_passed")}
"""Named by the life cycle, stored as the state it passes into."""
SIGNED_BY_TWO = {"ext_principal": {"approve_extension", "exempt"}}
"""第十九条: a principal extends or exempts; the request says which, both sign the same box."""
NOTED = {
    "assign_handler", "replace_handler", "plan", "coordinate", "answer_coordination",
    "attach_evidence", "keep_copy", "keep_ended_copy", "renew_copy",
    "enter_paper", "contest_paper", "answer_paper", "correct_paper", "end_knowledge",
    "contest_report", "answer_report", "correct_report",
    "comment", "object", "cover_instalments", "note_oral_extension",
    "note_urge_hr", "note_urge_discipline", "take_back", "add_ground",
    "conclude_inspection", "object_to_opinion", "replace_chief",
}  # fmt: skip
"""Acts on a part that leave its state as it is, or begin it in the one it starts from (the boxes
of an approval move by its chain)."""
BY_THE_CHAIN = {"approval_slot": {"open", "merged", "agreed", "refused", "waiting"}}
"""States that the signing of a chain gives, without a target of an act's own."""


def _steps() -> list[tuple[str, Step]]:
    return [(chain.name, step) for chain in CHAINS.values() for step in chain.steps]


def _states(rule: Rule) -> set[str]:
    return STATES_OF[rule.machine]


def _entered(machine: str) -> set[str]:
    """The states of a machine in which an act or a chain puts a row."""
    entered = {rule.target for rule in RULES if rule.machine == machine if rule.target}
    for chain in CHAINS.values():
        if chain.machine == machine:
            entered |= {chain.agreed, *(step.state for step in chain.steps)}
        if machine == "item":
            entered.add(chain.carries)
    for rule in RULES:
        carried = {"item": rule.carries, "item_unit": rule.shares}.get(machine, "")
        entered.add(carried)
        if rule.machine == machine and rule.decides in ("refuse", "withdraw"):
            entered.add(rule.target or "")
    return entered - {""} | BY_THE_CHAIN.get(machine, set())


def _leaves(rule: Rule, machine: str, state: str) -> bool:
    """Whether the act takes a row of the machine out of this state."""
    if machine == "item_unit" and rule.shares and rule.shares != state:
        return True
    if rule.machine != machine:
        return machine == "item" and bool(rule.carries) and state in rule.during
    if rule.decides == "transfer":
        return False
    moves = bool(rule.target or rule.chain or rule.step) or machine == "approval_slot"
    return moves and state in rule.source and rule.target != state


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.act)
def test_a_rule_names_what_there_is(rule: Rule) -> None:
    """Its article is in the rule-book, its states are its machine's, its roles have a name."""
    assert text.references(rule.article)
    assert rule.machine == "item" or rule.machine in MACHINES
    assert {*rule.source, *([rule.target] if rule.target else [])} <= STATES_OF[rule.machine]
    assert {*rule.during, *([rule.carries] if rule.carries else [])} <= STATES_OF["item"]
    assert {*([rule.shares] if rule.shares else [])} <= STATES_OF["item_unit"]
    assert rule.machine != "item" or not rule.during
    assert bool(rule.source) or rule.machine == "item" or rule.makes or not _states(rule)
    assert {*rule.by, *rule.tells, *rule.waits_for, *rule.instead} <= set(LABELS)
    assert rule.by
    assert set(rule.waits_for) <= {*rule.by, Role.PROPOSER}
    assert rule.waits or not rule.waits_for
    assert (rule.machine in PARTS or rule.machine == "item") >= bool(rule.only)


def test_an_act_is_named_once() -> None:
    assert [act for act, times in Counter(rule.act for rule in RULES).items() if times > 1] == []


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.chain or rule.step], ids=lambda rule: rule.act
)
def test_an_act_of_an_approval_fits_its_chain(rule: Rule) -> None:
    """It opens, signs or ends a chain over rows of its own machine."""
    assert not (rule.chain and rule.step)
    if rule.chain:
        chain = CHAINS[rule.chain]
        assert chain.machine == rule.machine
        assert not rule.begins or rule.begins in {step.step for step in chain.steps}
    elif rule.step == "*":
        assert rule.decides != "agree"
        states = {step.state for _, step in _steps() if CHAINS[_].machine == rule.machine}
        assert set(rule.source) <= states
    else:
        signed = [(name, step) for name, step in _steps() if step.step == rule.step]
        assert len(signed) == 1
        name, step = signed[0]
        assert CHAINS[name].machine == rule.machine
        assert rule.source == (step.state,)


@pytest.mark.parametrize(("chain", "step"), _steps(), ids=lambda value: getattr(value, "step", ""))
def test_a_step_is_signed_by_one_act_of_its_own_roles(chain: str, step: Step) -> None:
    """Every box has an act, every holder of a box may do it, and its state can be refused or
    returned as well."""
    acts = {rule.act for rule in RULES if rule.step == step.step}
    assert acts == SIGNED_BY_TWO.get(step.step, {step.act})
    assert BY_ACT[step.act].waits, "a signature waits in 待办"
    for act in acts:
        assert set(step.roles) <= set(BY_ACT[act].by)
    others = [
        rule for rule in RULES
        if rule.machine == CHAINS[chain].machine and step.state in rule.source
        and rule.decides in ("return", "refuse") and set(step.roles) & set(rule.by)
    ]  # fmt: skip
    assert others, f"{step.step} can only be agreed to"


def test_a_step_belongs_to_one_chain_and_a_chain_is_opened() -> None:
    assert len({step.step for _, step in _steps()}) == len(_steps())
    opened = {rule.chain for rule in RULES if rule.chain and rule.decides == "agree"}
    assert opened == set(CHAINS)
    for chain in CHAINS.values():
        assert text.references(chain.article)
        assert chain.agreed in STATES_OF[chain.machine]
        assert not chain.carries or chain.carries in STATES_OF["item"]


@pytest.mark.parametrize("machine", STATES_OF)
def test_every_waiting_state_can_be_left(machine: str) -> None:
    """By a person or the clock; and whatever can be left or rests is entered by some act."""
    assert ENDS[machine] <= STATES_OF[machine]
    stuck = {
        state for state in STATES_OF[machine] - ENDS[machine]
        if not any(_leaves(rule, machine, state) for rule in RULES)
    }  # fmt: skip
    assert stuck == {state for name, state in PASSED_AT_ONCE if name == machine}
    begun = {state for rule in RULES if rule.machine == machine and rule.makes
             for state in rule.source}  # fmt: skip
    assert STATES_OF[machine] - _entered(machine) - begun == BEGUN_ELSEWHERE.get(machine, stuck)


BEGUN_ELSEWHERE = {
    "change": {"lapsed"},
    "item_unit": {"named"},
    "attachment": {"kept"},
    "comment": {"given"},
    "objection": {"raised"},
    "urge_question": {"asked"},
    "rectification": {"not_passed"},
}
"""States in which another act's effect puts a new row: the form names the units, an upload keeps
its file, 批示 and 异议 are written to a report and a share, a change lapses with its item."""


def _waits_in(rule: Rule, machine: str) -> tuple[str, ...]:
    """The states of the machine in which 待办 shows the act. A change waits beside its item, a
    made-up number waits for some items only, an objection for the reports that have one, a box to
    be typed in anew for those that were objected to."""
    if rule.machine == machine:
        of_some = rule.act in ("file_after", "answer_report") or rule.waits_only is not None
        return () if of_some else rule.waits_in or rule.source
    return rule.during if machine == "item" and rule.machine != "change" else ()


@pytest.mark.parametrize("machine", STATES_OF)
def test_every_waiting_state_is_in_the_tray_of_somebody(machine: str) -> None:
    """件件有着落: 待办 holds a word for every state that has not come to rest, or it is said why
    not."""
    waiting = {state for rule in RULES if rule.waits for state in _waits_in(rule, machine)}
    unseen = {state for name, state in UNSEEN if name == machine}
    assert STATES_OF[machine] - ENDS[machine] - waiting == unseen


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.act)
def test_what_is_refused_withdrawn_or_returned_has_a_state(rule: Rule) -> None:
    """The state of a part is the act's target, else 「refused」 or 「withdrawn」."""
    ended = {"refuse": "refused", "withdraw": "withdrawn", "return": ""}
    if rule.decides == "transfer":
        assert rule.target is None, "the box stays as it is"
    elif rule.decides != "agree":
        assert (rule.target or ended[rule.decides]) in STATES_OF[rule.machine]
    elif not (rule.chain or rule.step or rule.shares or rule.machine == "item"):
        assert bool(rule.target) != (rule.act in NOTED), "an act moves its part, or notes only"


def test_every_condition_is_used() -> None:
    """A guard or a narrowing that no row names is a mistake in the table."""
    given = {
        name for name, condition in vars(guards).items()
        if inspect.isfunction(condition) and _is_condition(condition)
    }  # fmt: skip
    used = {guard.__name__ for rule in RULES for guard in rule.needs}
    narrowing = ("only", "waits_only", "reminds_only", "begins_if", "instead_if")
    used |= {only.__name__ for rule in RULES for name in narrowing if (only := getattr(rule, name))}
    used |= {guards.of_acting_unit.__name__ for rule in RULES if rule.by_unit}
    assert used == given


def _is_condition(function: Callable[..., object]) -> bool:
    """A guard takes a situation, a narrowing gives SQL; the package has helpers besides."""
    signature = inspect.signature(function)
    takes = [parameter.annotation for parameter in signature.parameters.values()]
    return takes == ["Situation"] or signature.return_annotation == "ColumnElement[bool]"
