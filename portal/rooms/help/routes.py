"""/help: the rule-book with an anchor at every article, and who may do what by it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.item.wording import ground_href
from portal.rulebook import offers, text
from portal.rulebook.chains import CHAINS, step_of
from portal.rulebook.machines import machine_label, state_word
from portal.rulebook.roles import LABELS

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> Response:
    """The rule-book is the help that answers most questions."""
    return redirect(url_for("help.rulebook"), 303)


@blueprint.get("/help/rulebook")
def rulebook() -> str:
    """The text of the rule-book."""
    return render_template("rooms/help/rulebook.html", book=text.rulebook())


@blueprint.get("/help/rules")
def rules() -> str:
    """The table of acts: who, what, when, by which article."""
    return render_template("rooms/help/rules.html", rows=[_row(rule) for rule in offers.table()])


def _row(rule: offers.Act) -> dict[str, object]:
    return {
        "label": rule.label,
        "machine": machine_label(rule.machine),
        "when": _when(rule),
        "then": _follows(rule),
        "by": "、".join(LABELS[role] for role in rule.by),
        "tells": "、".join(LABELS[role] for role in rule.tells),
        "ground": text.ground_label(rule.article),
        "href": ground_href(rule.article),
    }


def _when(rule: offers.Act) -> str:
    """The states in which the act is open: of what it moves, else of the item."""
    if rule.source and not rule.makes:
        return "、".join(state_word(rule.machine, state) for state in rule.source)
    return "、".join(state_word("item", state) for state in rule.during) or "随时"


def _follows(rule: offers.Act) -> str:
    """The state after the act; a chain goes from step to step, and its last one leads out."""
    if rule.target:
        return state_word(rule.machine, rule.target)
    if rule.chain and rule.decides == "agree":
        chain = CHAINS[rule.chain]
        first = step_of(chain.name, rule.begins) if rule.begins else chain.steps[0]
        return state_word(chain.machine, first.state)
    for chain in CHAINS.values():
        acts = [step.act for step in chain.steps]
        if rule.act in acts:
            after = [*(step.state for step in chain.steps), chain.agreed][acts.index(rule.act) + 1]
            return state_word(chain.machine, after)
    return "不变"
