"""/help: where help stands, the rule-book with its anchors, and who may do what by it."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask_login import current_user

from portal.guides import GUIDES
from portal.item.offices import offices_of
from portal.item.wording import ground_href
from portal.posts import posts_of
from portal.rooms.help.words import acts_at, follows, told, when
from portal.rulebook import offers, text
from portal.rulebook.machines import machine_label
from portal.rulebook.roles import LABELS
from portal.rulebook.scope import Viewer

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> str:
    """What there is to read: the guides of one's posts, the rule-book, the table of acts."""
    reader: Viewer | None = g.get("viewer")
    names = [post.name for post in posts_of(offices_of(reader))] if reader else [current_user.kind]
    return render_template(
        "rooms/help/index.html",
        guides=[GUIDES[name] for name in names],
        business=reader is not None,
    )


@blueprint.get("/help/rulebook")
def rulebook() -> str:
    """The text of the rule-book, with the acts that stand on each place."""
    return render_template("rooms/help/rulebook.html", book=text.rulebook(), acts=acts_at())


@blueprint.get("/help/rules")
def rules() -> str:
    """The table of acts: who, what, when, by which article; with `mine=1` one's own alone."""
    reader: Viewer | None = g.get("viewer")
    mine = reader is not None and request.args.get("mine") == "1"
    roles = reader.roles if reader is not None and mine else None
    shown = [rule for rule in offers.table() if roles is None or roles & {*rule.by, *rule.instead}]
    return render_template(
        "rooms/help/rules.html", rows=[_row(rule) for rule in shown], mine=mine, asked=bool(reader)
    )


def _whose(rule: offers.Act) -> str:
    by = "、".join(LABELS[role] for role in rule.by)
    instead = "、".join(LABELS[role] for role in rule.instead)
    return f"{by}（其为被督查单位人员的，{instead}）" if instead else by


def _row(rule: offers.Act) -> dict[str, object]:
    return {
        "act": rule.act,
        "label": rule.label,
        "machine": machine_label(rule.machine),
        "when": when(rule),
        "then": follows(rule),
        "by": _whose(rule),
        "tells": "、".join(told(rule)),
        "ground": text.ground_label(rule.article),
        "href": ground_href(rule.article),
    }
