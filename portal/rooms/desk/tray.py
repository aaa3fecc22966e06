"""待办: the acts that wait for a person, each with its item, longest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.filters import remaining, short_date
from portal.frame import NavEntry
from portal.item import afterwards
from portal.item.lines import Line, lines, read_lines
from portal.item.wording import waited
from portal.models import Item
from portal.rulebook.offers import decisions, table
from portal.rulebook.scope import Viewer
from portal.rulebook.tray import Waiting, waiting

MADE_UP = frozenset({"sign", "review", "approve", "file_after", "enter_paper"})
"""What is made up of an item that was handed out first (第十五条)."""
REVIEW = "review_yearly"
PAGE = 50


class Task(NamedTuple):
    """A row of 待办: the word of what is to be done, on which item, since when.

    Where the act has a last day of its own, `until` says it (「补签期限11月25日，余2天」); `late`:
    it has passed. `signs`: it is a signature, which has a page of its own; so has a case of 问责.
    """

    word: str
    line: Line
    since: datetime
    waited: str
    until: str = ""
    late: bool = False
    signs: bool = False
    of_case: bool = False

    @property
    def href(self) -> str:
        """The page of the signature, or the item's."""
        page = "sign_off.page" if self.signs else "item.page"
        return url_for(
            "accountability.of_item" if self.of_case else page, public_id=self.line.public_id
        )


class Key(NamedTuple):
    """What a row of 待办 is: a word on an item, since when, by which act."""

    word: str
    item_id: int
    since: datetime
    act: str

    @property
    def signs(self) -> bool:
        """Whether it is a signature, which has a page of its own."""
        return self.act in decisions()


def keys_of(viewer: Viewer) -> list[Key]:
    """Everything that waits for this person, longest first: one row an item and word, however many
    units it concerns."""
    found: dict[tuple[str, int], Key] = {}
    for row in waiting(viewer):
        found.setdefault((row.word, row.item_id), key_of(row))
    return list(found.values())


def key_of(row: Waiting) -> Key:
    """What a row of 待办 is."""
    return Key(row.word, row.item_id, row.since, row.act)


def tasks_of(viewer: Viewer, keys: Sequence[Key]) -> list[Task]:
    """These rows of 待办, each with its item."""
    today = viewer.moment.day
    wanted = {key.item_id for key in keys}
    found = db.session.execute(lines(viewer).where(Item.id.in_(wanted))).all()
    by_id = {line.item_id: line for line in read_lines(found, today)}
    terms = _terms(viewer, keys, [row.Item for row in found])
    return [
        Task(
            key.word,
            by_id[key.item_id],
            key.since,
            waited(key.since, today),
            *terms.get((key.act, key.item_id), ("", False)),
            key.signs,
            key.act in of_cases(),
        )
        for key in keys
        if key.item_id in by_id
    ]


def _terms(
    viewer: Viewer, rows: Iterable[Key], items: Collection[Item]
) -> dict[tuple[str, int], tuple[str, bool]]:
    """The acts among these that have a last day of their own: in words, and whether it is over."""
    today = viewer.moment.day
    made_up = afterwards.due_of(items)
    reviews = {item.id: item.review_due for item in items if item.review_due}
    days = {
        (row.act, row.item_id): ("补签期限", made_up[row.item_id])
        for row in rows
        if row.act in MADE_UP and row.item_id in made_up
    }
    days |= {
        (row.act, row.item_id): ("评估期限", reviews[row.item_id])
        for row in rows
        if row.act == REVIEW and row.item_id in reviews
    }
    return {
        key: (f"{word}{short_date(day, today)}，{remaining(day, today)}", day < today)
        for key, (word, day) in days.items()
    }


@cache
def of_cases() -> frozenset[str]:
    """The acts on a case of 问责, which is no part of its item's page."""
    return frozenset(rule.act for rule in table() if rule.machine == "accountability")


@cache
def words() -> frozenset[str]:
    """Every word that can wait for anybody."""
    return frozenset(word for rule in table() for word in (rule.waits, rule.reminds) if word)


def tabs(keys: Sequence[Key], chosen: Sequence[str]) -> list[NavEntry]:
    """全部, then one tab a word that waits; of a tile with several words none is the chosen one."""
    counted = Counter(key.word for key in keys)
    entries = [NavEntry("全部", "list", url_for("desk.todo"), len(keys), active=not chosen)]
    entries += [
        NavEntry(word, "list", url_for("desk.todo", word=word), count, active=[word] == [*chosen])
        for word, count in counted.items()
    ]
    return entries
