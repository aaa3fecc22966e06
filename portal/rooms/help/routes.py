"""/help: the rule-book with an anchor at every article, and who may do what by it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.item.wording import ground_href
from portal.rooms.help.words import follows, told, when
from portal.rulebook import offers, text
from portal.rulebook.machines import machine_label
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
        "when": when(rule),
        "then": follows(rule),
        "by": "、".join(LABELS[role] for role in rule.by),
        "tells": "、".join(told(rule)),
        "ground": text.ground_label(rule.article),
        "href": ground_href(rule.article),
    }
