"""/ledger: the one list of items, its columns, the quick look below a row."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.frame import NavEntry
from portal.item.counts import releases_waiting
from portal.item.lights import ORDER
from portal.item.offices import DRAFTS, OFFICE, offices_of
from portal.rooms.ledger import columns, filters, glances, queries, views
from portal.rooms.ledger.exports.rights import reach_of
from portal.rooms.ledger.periods import TERMS
from portal.rooms.ledger.views import View
from portal.rooms.ledger.wording import chips, light_words, options, order_words
from portal.rulebook.item_texts import limit_text
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer
from portal.steps.registration.copying import may_copy, of_last_year
from portal.web import item_or_404, settings, viewer

blueprint = Blueprint("ledger", __name__)
PART = "HX-Request"
RARE = (
    "due", "closed", "source", "method", "co", "urged", "extended", "owed", "classification",
    "mark",
)  # fmt: skip
"""Filters behind 更多条件, which stands open while one of them is set."""


@blueprint.get("/ledger")
def page() -> str | Response:
    """The ledger under the filters of the address; without any, under the person's own view."""
    reader = viewer()
    kept = views.views_of(reader)
    if not request.args:
        own = views.default_of(reader, kept)
        if own is not None and own.query:
            return redirect(own.href)
    wanted = filters.read(request.args)
    found = queries.find(reader, wanted, {settings().item_word}, [view.wanted for view in kept])
    return render_template("rooms/ledger/page.html", **_shown(reader, wanted, found, kept))


@blueprint.get("/ledger/columns")
def choose() -> str | Response:
    """列: which are shown, in which order; chosen ones lead back to the ledger."""
    wanted = filters.read(request.args)
    if "chosen" in request.args:
        chosen = columns.written(_in_order(request.args.getlist("column")))
        return redirect(wanted.href(columns=chosen))
    template = "_columns" if request.headers.get(PART) else "columns"
    keys = [column.key for column in columns.shown(wanted.columns)]
    rest = [column.key for column in columns.COLUMNS if column.key not in keys]
    return render_template(
        f"rooms/ledger/{template}.html",
        wanted=wanted,
        chosen=keys,
        columns=[columns.BY_KEY[key] for key in (*keys, *rest)],
    )


@blueprint.get("/ledger/items/<uuid:item_id>")
def glance(item_id: uuid.UUID) -> str | Response:
    """Quick look: the row's part alone; opened by itself it leads to the item's page."""
    item = item_or_404(item_id)
    if not request.headers.get(PART):
        return redirect(f"/items/{item_id}")
    reader = viewer()
    return render_template(
        "rooms/ledger/_glance.html",
        look=glances.glance_at(reader, item),
        item=item,
        may_copy=may_copy(reader, item),
        of_last_year=of_last_year(item, reader.moment.day),
    )


def _in_order(chosen: list[str]) -> list[str]:
    """The ticked columns by the places typed beside them; equal ones as they stood."""
    places = {key: _place(request.args.get(f"place-{key}")) for key in chosen}
    return sorted((key for key in chosen if key in columns.BY_KEY), key=places.__getitem__)


def _place(given: str | None) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 4 else 999


def _shown(
    reader: Viewer, wanted: filters.Filters, found: queries.Found, kept: list[View]
) -> dict[str, Any]:
    reach = reach_of(reader)
    shown = columns.shown(wanted.columns)
    return {
        "today": reader.moment.day,
        "wanted": wanted,
        "found": found,
        "columns": shown,
        "every_column": columns.COLUMNS,
        "tabs": _tabs(wanted, found),
        "terms": _terms(wanted, found),
        "views": [
            _view(view, count, wanted) for view, count in zip(kept, found.views, strict=True)
        ],
        "chips": chips(wanted),
        "order": order_words(wanted),
        "choices": options() | queries.choices(reader),
        "may_draft": bool(offices_of(reader) & DRAFTS),
        "reminding": _reminding(reader, wanted.unit),
        "reach": reach,
        "releases_waiting": releases_waiting(reader),
        "clear_href": filters.Filters(columns=wanted.columns, sort=wanted.sort).href(),
        "rare": RARE,
        "limit": limit_text,
        "shades": ORDER,
        "page_size": queries.page_size(wanted),
        "lights_words": light_words(),
        "page_href": lambda number: wanted.href(page=number),
        "sort_href": _sort_href(wanted),
    }


def _sort_href(wanted: filters.Filters) -> str:
    """The address to which a column's head adds its own key."""
    plain = wanted.href(sort="light").removesuffix(f"?{filters.UNASKED}")
    return f"{plain}{'&' if '?' in plain else '?'}sort="


def _tabs(wanted: filters.Filters, found: queries.Found) -> list[NavEntry]:
    """全部 and the groups of states."""
    labels = {"": "全部", **filters.GROUPS}
    return [
        NavEntry(
            label,
            "list",
            wanted.href(state=group),
            found.groups[group],
            active=wanted.state == group,
        )
        for group, label in labels.items()
    ]


def _terms(wanted: filters.Filters, found: queries.Found) -> list[NavEntry]:
    """本学期, 上学期, 本年度; a click on the chosen one takes it away."""
    found_terms = []
    for name, count in found.terms.items():
        active = wanted.term == name
        href = wanted.without("term") if active else wanted.href(term=name, since="", until="")
        found_terms.append(NavEntry(TERMS[name], "calendar3", href, count, active=active))
    return found_terms


def _view(view: View, count: int, wanted: filters.Filters) -> NavEntry:
    active = view.query == wanted.query
    return NavEntry(view.name, "star", view.href, count, active=active)


def _reminding(reader: Viewer, unit: str) -> str:
    """Where the text for a unit's group is: 党政办 by the unit filtered for, others their own's."""
    offices = offices_of(reader)
    if offices & OFFICE:
        return url_for("group_notices.page", unit=unit) if unit else ""
    reminds = offices & {Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON}
    return url_for("group_notices.page") if reminds else ""
