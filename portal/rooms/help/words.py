"""A row of the table of acts in words: when, what follows, who hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from portal.rulebook import offers
from portal.rulebook.chains import CHAINS, Chain, step_of
from portal.rulebook.machines import state_word
from portal.rulebook.roles import LABELS
from portal.rulebook.text import ground_anchor

TELLS_TOO = {
    "units": "各承办单位",
    "signers": "已签批人",
    "asked": "待签批人",
    "co_leaders": "协办单位分管校领导",
    "parties": "移交人、接手人",
    "team": "督查组",
    "borrower": "借阅人",
    "relieved": "原责任单位",
}


class Named(NamedTuple):
    """An act by its identifier and its label."""

    act: str
    label: str


@cache
def acts_at() -> Mapping[str, tuple[Named, ...]]:
    """The acts that stand on each place of the rule-book, by its anchor."""
    found: dict[str, list[Named]] = {}
    for rule in offers.table():
        found.setdefault(ground_anchor(rule.article), []).append(Named(rule.act, rule.label))
    return {anchor: tuple(acts) for anchor, acts in found.items()}


def told(rule: offers.Act) -> list[str]:
    """Who hears of it, in words."""
    words = [LABELS[role] for role in rule.tells]
    words += [TELLS_TOO[who] for who in rule.tells_too]
    return [*words, "下一环节签批人"] if _signs_on(rule) else words


def _signs_on(rule: offers.Act) -> bool:
    """Whether somebody else is asked to sign because of it."""
    if rule.step in ("", "*"):
        return bool(rule.chain) and rule.decides == "agree"
    chain = next(chain for chain in CHAINS.values() if rule.step in _steps(chain))
    return rule.step != _steps(chain)[-1] or len(chain.steps[-1].roles) > 1


def _steps(chain: Chain) -> list[str]:
    return [step.step for step in chain.steps]


def when(rule: offers.Act) -> str:
    """The states in which the act is open: of what it moves, else of the item."""
    if rule.source and not rule.makes:
        return "、".join(state_word(rule.machine, state) for state in rule.source)
    return "、".join(state_word("item", state) for state in rule.during) or "随时"


def follows(rule: offers.Act) -> str:
    """The state after the act; a chain goes from step to step, and its last one leads out."""
    if rule.carries:
        return state_word("item", rule.carries)
    if rule.target:
        return state_word(rule.machine, rule.target)
    if rule.chain and rule.decides == "agree":
        chain = CHAINS[rule.chain]
        first = step_of(chain.name, rule.begins) if rule.begins else chain.steps[0]
        return state_word(chain.machine, first.state)
    for chain in CHAINS.values():
        acts = [step.act for step in chain.steps]
        if rule.act in acts:
            if rule.act == acts[-1] and chain.carries:
                return state_word("item", chain.carries)
            after = [*(step.state for step in chain.steps), chain.agreed][acts.index(rule.act) + 1]
            return state_word(chain.machine, after)
    return "不变"
