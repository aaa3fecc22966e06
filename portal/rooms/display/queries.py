"""What a screen on a wall shows: numbers of what is not sensitive, titles of what is public alone
(第二十一条, SPEC §8.7); units are not compared.

Which items are counted and by which day is the ledger's own definition (portal/item/counted.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import case, func, or_, select

from portal.extensions import db
from portal.frame import LightName
from portal.item import counted
from portal.item.counts import light_counts
from portal.item.lights import LIT, shows
from portal.models import Item
from portal.rulebook import policy
from portal.rulebook.scope import Viewer

LATEST: Final = 6
"""How many of the last 销号 are shown."""
WEEK: Final = timedelta(days=6)
PUBLIC: Final = "public"


class Bar(NamedTuple):
    """A line of a table with its bar: label, number, length in per cent of the longest."""

    label: str
    n: int
    width: float


class Ended(NamedTuple):
    """One of the last 销号: the day, and the title of a public item or the number of another."""

    day: date
    words: str


class Board(NamedTuple):
    """The screen: `filed` and `closed` are this year's, `due` and `done` this week's."""

    lights: dict[LightName, int]
    filed: int
    closed: int
    due: int
    done: int
    categories: list[Bar]
    levels: list[Bar]
    ended: list[Ended]

    @property
    def running(self) -> int:
        """在办, by whatever light."""
        return sum(self.lights.values())


def board(viewer: Viewer) -> Board:
    """The numbers of this moment."""
    today = viewer.moment.day
    year = (date(today.year, 1, 1), date(today.year, 12, 31))
    monday = today - timedelta(days=today.weekday())
    week = (monday, monday + WEEK)
    lights = light_counts(viewer)
    return Board(
        lights={name: lights[name] for name in LIT},
        filed=_count(viewer, counted.filed(*year)),
        closed=_count(viewer, counted.closed(*year)),
        due=_count(viewer, counted.within(counted.DUE, *week), _running(today)),
        done=_count(viewer, counted.closed(*week)),
        categories=_bars(viewer, Item.category, _labels(policy.CURRENT.categories, "id")),
        levels=_bars(viewer, Item.level, _labels(policy.CURRENT.levels, "number")),
        ended=_ended(viewer),
    )


def _running(today: date) -> Any:
    return or_(*(shows(name, today) for name in LIT))


def _labels(rows: Sequence[Any], key: str) -> list[tuple[Any, str]]:
    return [(getattr(row, key), row.label) for row in rows]


def _count(viewer: Viewer, *clauses: Any) -> int:
    rows = counted.listed(viewer).where(*clauses).with_only_columns(Item.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _bars(viewer: Viewer, column: Any, values: list[tuple[Any, str]]) -> list[Bar]:
    """在办 by a column, in the rule-book's order."""
    running = counted.listed(viewer).where(_running(viewer.moment.day))
    rows = running.with_only_columns(column.label("value")).subquery()
    query = select(rows.c.value, func.count().label("n")).group_by(rows.c.value)
    found = {row.value: row.n for row in db.session.execute(query)}
    most = max(found.values(), default=1)
    return [
        Bar(label, found.get(value, 0), 100 * found.get(value, 0) / most) for value, label in values
    ]


def _ended(viewer: Viewer) -> list[Ended]:
    """The last 销号. The title of what is not public does not leave the database."""
    words = case(
        (Item.classification == PUBLIC, Item.title),
        else_=func.format("%s〔%s〕%s号", Item.doc_word, Item.doc_year, Item.doc_seq),
    )
    rows = (
        counted.listed(viewer)
        .where(counted.closed(None, viewer.moment.day))
        .order_by(Item.closed_on.desc(), Item.id.desc())
        .limit(LATEST)
        .with_only_columns(Item.closed_on, words.label("words"))
    )
    return [Ended(row.closed_on, row.words) for row in db.session.execute(rows)]
