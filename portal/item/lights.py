"""The light of an item (SPEC §3.5) from its stored dates: in Python for a row, in SQL for lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, not_

from portal.frame import Light, LightName
from portal.models import Item
from portal.rulebook import policy
from portal.rulebook.lights import LightDates, light, light_word
from portal.rulebook.rule_shapes import CLOSING, MADE_UP

ENDED = frozenset(
    state.id
    for state in policy.CURRENT.states
    if state.colour == "grey" and state.id not in ("draft", "returned")
)
"""States in which nothing more is done on an item, except its filing away."""
DONE = frozenset({"closed", "archived"})
"""Ended by 销号; what ended otherwise says how."""
HANDED_IN = frozenset({*CLOSING[1:], "closing_filing"})
NOT_ISSUED = "未交办"
OPEN_ENDED = "长期"
Shade = LightName | Literal["unissued"]
"""A light as lists tell them apart: grey without 「未交办」, which is a shade of its own."""
ORDER: tuple[Shade, ...] = ("red", "yellow", "blue", "green", "unissued", "grey")
"""As the ledger sorts them: what is late first."""
LIT: tuple[LightName, ...] = ("red", "yellow", "blue", "green")


def handed_in(item: Item) -> bool:
    """Whether the unit's head has handed in and others are to act: its days stand still."""
    return item.state in HANDED_IN


def light_of(item: Item, today: date) -> Light:
    """The item's light on a Shanghai day, with the word beside it."""
    dates = None
    if item.yellow_from is not None and item.red_from is not None:
        dates = LightDates(item.due, item.yellow_from, item.red_from)
    shown = light(dates, today, lit=item.lit, waiting=item.blue)
    if shown == "grey":
        return Light("grey", _grey_word(item))
    return Light(shown, light_word(shown, item.due, today))


def _grey_word(item: Item) -> str:
    """Grey is what has ended, what was not issued yet, and what runs without an end (长期)."""
    if item.state in DONE:
        return policy.CURRENT.light("grey").word
    if item.state in ENDED:
        return policy.CURRENT.state(item.state).label
    return OPEN_ENDED if item.state in MADE_UP else NOT_ISSUED


def shows(name: Shade, today: date) -> ColumnElement[bool]:
    """The same as SQL: the items whose light has this colour on a Shanghai day."""
    return _clauses(today)[name]


def rank(today: date) -> ColumnElement[int]:
    """The place of an item's light in `ORDER`, for sorting."""
    clauses = _clauses(today)
    return case(*((clauses[name], place) for place, name in enumerate(ORDER)))


def _clauses(today: date) -> Mapping[Shade, ColumnElement[bool]]:
    lit = and_(Item.lit, Item.yellow_from.is_not(None), Item.red_from.is_not(None))
    free = and_(lit, not_(Item.blue))
    waiting = and_(Item.state.not_in(MADE_UP), Item.state.not_in(ENDED))
    red = Item.red_from <= today
    yellow = Item.yellow_from <= today
    return {
        "red": and_(free, red),
        "yellow": and_(free, not_(red), yellow),
        "blue": and_(lit, Item.blue),
        "green": and_(free, not_(red), not_(yellow)),
        "unissued": and_(not_(lit), waiting),
        "grey": and_(not_(lit), not_(waiting)),
    }
