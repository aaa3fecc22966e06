"""/search: 搜索 as a page, what the top bar suggests meanwhile, and who or which unit is meant."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, render_template, request

from portal.accounts import finding
from portal.accounts.unit_finding import find_units
from portal.rooms.search import asked as asking
from portal.rooms.search import besides, items
from portal.rooms.search.asked import Asked
from portal.rooms.search.marking import pieces
from portal.web import settings, viewer

blueprint = Blueprint("search", __name__)
A_PAGE, SUGGESTED = 20, 6
PLACES = 5
"""Of units, persons, articles and pages each."""


class Groups(NamedTuple):
    """What was found, group by group."""

    items: items.Found
    units: list[besides.Hit]
    people: list[besides.Hit]
    articles: list[besides.Hit]
    pages: list[besides.Hit]

    @property
    def beside(self) -> list[tuple[str, str, list[besides.Hit]]]:
        """The groups other than 事项 that hold something: an id, its name, its hits."""
        named = [
            ("units", "单位", self.units),
            ("people", "人员", self.people),
            ("articles", "办法条文", self.articles),
            ("pages", "页面", self.pages),
        ]
        return [group for group in named if group[2]]

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was found."""
        return not self.items.hits and not self.beside


@blueprint.get("/search")
def page() -> str:
    """Everything that was found, in groups; works without any script."""
    asked = _asked(request.args.get("q"))
    return render_template(
        "rooms/search/page.html",
        asked=asked,
        groups=_groups(asked, A_PAGE, A_PAGE, count=True),
        most=items.MOST_COUNTED,
        today=viewer().moment.day,
    )


@blueprint.get("/search/suggestions")
def suggestions() -> str:
    """The first of each group, for the list below the top bar's field."""
    asked = _asked(request.args.get("q"))
    return render_template(
        "rooms/search/_suggestions.html",
        asked=asked,
        groups=_groups(asked, SUGGESTED, PLACES, count=False),
    )


@blueprint.get("/people/suggestions")
def people() -> str:
    """Who may be meant by what is typed into a field for one person."""
    asked = _asked(_typed())
    day = viewer().moment.day
    options = [
        (one.value, pieces(one.name, asked.words), f"{one.post}　{one.emp_no}")
        for one in finding.suggest(asked.text, day)
    ]
    return render_template("rooms/search/_options.html", asked=asked, options=options)


@blueprint.get("/units/suggestions")
def units() -> str:
    """Which unit may be meant."""
    asked = _asked(_typed())
    options = [
        (
            unit.short_name,
            pieces(unit.short_name, asked.words),
            unit.name if unit.name != unit.short_name else "",
        )
        for unit in find_units(asked.text, viewer().moment.day)[: finding.SUGGESTED]
    ]
    return render_template("rooms/search/_options.html", asked=asked, options=options)


def _asked(typed: str | None) -> Asked:
    return asking.read(typed, {settings().item_word})


def _typed() -> str:
    """The one value that is sent: fields have names of their own."""
    return next(iter(request.args.values()), "")


def _groups(asked: Asked, of_items: int, of_places: int, *, count: bool) -> Groups:
    reader = viewer()
    day = reader.moment.day
    return Groups(
        items.find(reader, asked, of_items, count=count),
        besides.units(asked, day, of_places),
        besides.people(asked, day, of_places),
        besides.articles(asked, of_places),
        besides.pages(asked, of_places),
    )
