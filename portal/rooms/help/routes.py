"""/help: the rule-book with an anchor at every article, and who may do what by it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.item.wording import ground_href
from portal.rulebook import policy, text, workflow
from portal.rulebook.roles import LABELS

blueprint = Blueprint("help", __name__)
MACHINES = {
    "item": "督办事项",
    "item_unit": "承办单位",
    "feedback": "反馈",
    "archive_record": "存档",
}
PART_STATES = {
    "issued": "已下达",
    "received": "已签收",
    "fb_draft": "草稿",
    "fb_unit": "待单位负责人审核",
    "fb_submitted": "待党政办阅处",
    "fb_read": "已阅",
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
    return render_template("rooms/help/rules.html", rows=[_row(rule) for rule in workflow.table()])


def _row(rule: workflow.Act) -> dict[str, object]:
    states = rule.source or rule.during
    return {
        "label": rule.label,
        "machine": MACHINES[rule.machine],
        "when": "、".join(_state(rule.machine, state) for state in states) or "随时",
        "then": _state(rule.machine, rule.target) if rule.target else "",
        "by": "、".join(LABELS[role] for role in rule.by),
        "tells": "、".join(LABELS[role] for role in rule.tells),
        "ground": text.ground_label(rule.article),
        "href": ground_href(rule.article),
    }


def _state(machine: str, state: str) -> str:
    """A state's label: a part's own where it has one, else the item's."""
    own = PART_STATES.get(state) if machine != "item" else None
    return own or policy.CURRENT.state(state).label
