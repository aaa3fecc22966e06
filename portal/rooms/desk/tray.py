"""待办: the acts that wait for a person, each with its item, longest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.filters import as_day, remaining, short_date
from portal.frame import NavEntry
from portal.item import afterwards
from portal.item.lines import Line, lines, read_lines
from portal.item.offices import offices_of
from portal.item.wording import waited
from portal.models import Item
from portal.rulebook.offers import decisions, table
from portal.rulebook.scope import Viewer
from portal.rulebook.tray import Waiting, waiting

MADE_UP = frozenset({"sign", "review", "approve", "file_after", "enter_paper"})
"""What is made up of an item that was handed out first (第十五条)."""
REVIEW = "review_yearly"
EVERY_DAY = frozenset({"编号备案", "阅处反馈", "审核办结", "销号", "签收", "审核反馈", "办理"})


class Task(NamedTuple):
    """A row of 待办: the word of what is to be done, on which item, since when.

    Where the act has a last day of its own, `until` says it (「补签期限11月25日，余2天」); `late`:
    it has passed. `signs`: it is a signature, which has a page of its own.
    """

    word: str
    line: Line
    since: datetime
    waited: str
    until: str = ""
    late: bool = False
    signs: bool = False

    @property
    def href(self) -> str:
        """The page of the signature, or the item's."""
        page = "sign_off.page" if self.signs else "item.page"
        return url_for(page, public_id=self.line.public_id)


class Queue(NamedTuple):
    """A tile of the desk: a word, how many, and since when the oldest waits."""

    word: str
    waiting: int
    note: str
    href: str


def tasks_of(viewer: Viewer) -> list[Task]:
    """Everything that waits for this person, longest first."""
    today = viewer.moment.day
    rows = waiting(viewer)
    wanted = {row.item_id for row in rows}
    found = db.session.execute(lines(viewer).where(Item.id.in_(wanted))).all()
    by_id = {line.item_id: line for line in read_lines(found, today)}
    terms = _terms(viewer, rows, [row.Item for row in found])
    signing = decisions()
    tasks: dict[tuple[str, int], Task] = {}
    for row in rows:
        if row.item_id in by_id:  # one row an item and word, however many units it concerns
            tasks.setdefault(
                (row.word, row.item_id),
                Task(
                    row.word,
                    by_id[row.item_id],
                    row.since,
                    waited(row.since, today),
                    *terms.get((row.act, row.item_id), ("", False)),
                    row.act in signing,
                ),
            )
    return list(tasks.values())


def _terms(
    viewer: Viewer, rows: Iterable[Waiting], items: Collection[Item]
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


def words_of(viewer: Viewer) -> list[str]:
    """The words that can ever wait for this person's roles, in the order of the table."""
    offices = offices_of(viewer)
    return list(
        dict.fromkeys(
            word
            for rule in table()
            for word in (rule.waits, rule.reminds)
            if word and offices & set(rule.waits_for or rule.by)
        )
    )


def queues(viewer: Viewer, tasks: list[Task]) -> list[Queue]:
    """One tile a word that waits; of the words of every day zero stays."""
    waiting_now = {task.word for task in tasks}
    words = dict.fromkeys([*words_of(viewer), *(task.word for task in tasks)])
    return [
        _queue(word, tasks, viewer.moment.day)
        for word in words
        if word in waiting_now or word in EVERY_DAY
    ]


def _queue(word: str, tasks: list[Task], today: date) -> Queue:
    since = [as_day(task.since) for task in tasks if task.word == word]
    note = ""
    if since:
        oldest = min(since)
        note = "今天送达" if oldest == today else f"最早{short_date(oldest, today)}"
    return Queue(word, len(since), note, url_for("desk.todo", word=word))


def tabs(tasks: list[Task], chosen: str) -> list[NavEntry]:
    """全部, then one tab a word that waits."""
    counted = Counter(task.word for task in tasks)
    entries = [NavEntry("全部", "list", url_for("desk.todo"), len(tasks), active=not chosen)]
    entries += [
        NavEntry(word, "list", url_for("desk.todo", word=word), count, active=word == chosen)
        for word, count in counted.items()
    ]
    return entries
