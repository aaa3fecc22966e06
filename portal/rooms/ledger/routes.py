"""/ledger: the one list of items."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from portal.frame import NavEntry
from portal.item.lights import NOT_ISSUED, ORDER
from portal.item.offices import DRAFTS, OFFICE, offices_of
from portal.rooms.ledger import filters, queries
from portal.rulebook import policy
from portal.rulebook.roles import Role
from portal.web import settings, viewer

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def page() -> str:
    """The ledger under the filters of the address."""
    reader = viewer()
    wanted = filters.read(request.args)
    found = queries.find(reader, wanted, {settings().item_word})
    return render_template(
        "rooms/ledger/page.html",
        today=reader.moment.day,
        wanted=wanted,
        found=found,
        tabs=_tabs(wanted, found),
        choices=_choices() | queries.choices(reader),
        everything=sum(found.groups.values()),
        running=found.groups[filters.RUNNING],
        may_draft=bool(offices_of(reader) & DRAFTS),
        reminding=_reminding(wanted.unit),
        shades=ORDER,
        page_size=queries.PAGE,
        lights_words={row.id: row.word for row in policy.CURRENT.lights} | {"unissued": NOT_ISSUED},
        page_href=lambda number: wanted.href(page=number),
        sort_href=_sort_href(wanted),
    )


def _reminding(unit: str) -> str:
    """Where the text for a unit's group is: 党政办 by the unit filtered for, others their own's."""
    offices = offices_of(viewer())
    if offices & OFFICE:
        return url_for("group_notices.page", unit=unit) if unit else ""
    reminds = offices & {Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.LIAISON}
    return url_for("group_notices.page") if reminds else ""


def _sort_href(wanted: filters.Filters) -> str:
    """The address to which a column's head adds its own key."""
    plain = wanted.href(sort="light")
    return f"{plain}{'&' if '?' in plain else '?'}sort="


def _tabs(wanted: filters.Filters, found: queries.Found) -> list[NavEntry]:
    """全部 and the groups of states; counted over everything visible, not over the filters."""
    groups = [("", "全部", sum(found.groups.values()))]
    groups += [(group, label, found.groups[group]) for group, label in filters.GROUPS.items()]
    return [
        NavEntry(label, "list", wanted.href(state=group), count, active=wanted.state == group)
        for group, label, count in groups
    ]


def _choices() -> dict[str, list[tuple[str, str]]]:
    edition = policy.CURRENT
    return {
        "category": [(row.id, row.label) for row in edition.categories],
        "level": [(str(row.number), row.label) for row in edition.levels],
        "method": [(row.id, row.label) for row in edition.methods],
    }
