"""校领导's cards: what is late or soon due in their fields, what became of their 批示 (第四条)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func

from portal.extensions import db
from portal.filters import as_day
from portal.item.lights import shows
from portal.item.lines import Line, lines, read_lines
from portal.item.people import Named, named
from portal.models import Comment, Event, Item, Opinion
from portal.rulebook.scope import Viewer, visible

URGENT: Final = 5
LATEST: Final = 4
MOST: Final = 100


class Instruction(NamedTuple):
    """A 批示 of this leader: on which item, its words, and what the unit answered ("": nothing
    yet), by whom. Of a sensitive item the words stand on its own page alone, where every look is
    noted (SPEC §7.6)."""

    title: str
    public_id: Any
    sensitive: bool
    words: str
    day: date
    reply: str
    by: Named | None
    replied_on: date | None


def urgent(viewer: Viewer) -> list[Line]:
    """What is late or soon due, the longest first."""
    today = viewer.moment.day
    query = (
        lines(viewer)
        .where(shows("red", today) | shows("yellow", today))
        .order_by(Item.due.nulls_last(), Item.id)
        .limit(URGENT)
    )
    return read_lines(db.session.execute(query), today)


def instructions(viewer: Viewer, most: int = LATEST) -> list[Instruction]:
    """This leader's 批示, those with the latest news first."""
    rows = db.session.execute(
        visible(viewer, Comment)
        .join(Item, Item.id == Comment.item_id)
        .add_columns(Item)
        .where(Comment.given_by_id == viewer.person_id)
        .order_by(func.coalesce(Comment.replied_at, Comment.given_at).desc(), Comment.id.desc())
        .limit(most)
    ).all()
    if not rows:
        return []
    words = _words(viewer, [row.Comment for row in rows])
    names = named([row.Comment.replied_by_id for row in rows], viewer.moment.day)
    return [_instruction(row.Comment, row.Item, words, names) for row in rows]


def _words(viewer: Viewer, comments: list[Comment]) -> dict[tuple[str, int], str]:
    """Their words stand with the acts that gave them."""
    of = Event.facts["comment_id"].as_integer()
    events = db.session.execute(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id.in_({comment.item_id for comment in comments}),
            Event.act.in_(("comment", "reply_comment")),
            of.in_([comment.id for comment in comments]),
        )
        .with_only_columns(Event.act, of.label("of"), Opinion.body)
    )
    return {(event.act, event.of): event.body for event in events}


def _instruction(
    comment: Comment, item: Item, words: dict[tuple[str, int], str], names: dict[int, Named]
) -> Instruction:
    sensitive = item.classification == "sensitive"
    return Instruction(
        item.title,
        item.public_id,
        sensitive,
        "" if sensitive else words.get(("comment", comment.id), ""),
        as_day(comment.given_at),
        "" if sensitive else words.get(("reply_comment", comment.id), ""),
        names.get(comment.replied_by_id or 0),
        as_day(comment.replied_at) if comment.replied_at else None,
    )
