"""/help: the rule-book with an anchor at every article, and who may do what by it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.item.wording import ground_href
from portal.rulebook import offers, policy, text
from portal.rulebook.chains import CHAINS, step_of
from portal.rulebook.roles import LABELS

blueprint = Blueprint("help", __name__)
MACHINES = {
    "item": "督办事项",
    "item_unit": "承办单位",
    "feedback": "反馈",
    "archive_record": "存档",
    "attachment": "附件",
}
PART_STATES = {
    "issued": "已下达",
    "received": "已签收",
    "fb_draft": "草稿",
    "fb_unit": "待单位负责人审核",
    "fb_submitted": "待党政办阅处",
    "fb_read": "已阅",
    "kept": "已上传",
    "removed": "已移除",
}


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
    states = rule.source or rule.during
    return {
        "label": rule.label,
        "machine": MACHINES[rule.machine],
        "when": "、".join(_state(rule.machine, state) for state in states) or "随时",
        "then": _follows(rule),
        "by": "、".join(LABELS[role] for role in rule.by),
        "tells": "、".join(LABELS[role] for role in rule.tells),
        "ground": text.ground_label(rule.article),
        "href": ground_href(rule.article),
    }


def _follows(rule: offers.Act) -> str:
    """The state after the act; a chain goes from step to step, and its last one leads out."""
    if rule.target:
        return _state(rule.machine, rule.target)
    for chain in CHAINS.values():
        states = [step.state for step in chain.steps]
        if rule.chain == chain.name:
            first = step_of(chain.name, rule.begins).state if rule.begins else states[0]
            return _state(rule.machine, first)
        for place, step in enumerate(chain.steps, start=1):
            if step.act == rule.act:
                return _state(rule.machine, [*states, chain.agreed][place])
    return "不变"


def _state(machine: str, state: str) -> str:
    """A state's label: a part's own where it has one, else the item's."""
    own = PART_STATES.get(state) if machine != "item" else None
    return own or policy.CURRENT.state(state).label
