"""批示 on reports and what the units did about them, as the item's page shows them (第四条)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.filters import as_day
from portal.item.people import named
from portal.models import Comment, Event, Item, Opinion
from portal.rulebook.scope import Viewer, visible


class Said(NamedTuple):
    """A 批示 on a report and what the unit did about it: words, who, when; no reply yet: empty."""

    words: str
    who: str
    day: date
    reply: str = ""
    by: str = ""
    replied_on: date | None = None


def said_on(viewer: Viewer, item: Item) -> dict[int, list[Said]]:
    """批示 and 落实批示 by report, in order. Their words stand with the acts that gave them."""
    rows = db.session.scalars(
        visible(viewer, Comment).where(Comment.item_id == item.id).order_by(Comment.id)
    ).all()
    if not rows:
        return {}
    events = db.session.execute(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(Event.item_id == item.id, Event.act.in_(("comment", "reply_comment")))
        .with_only_columns(
            Event.act, Event.facts["comment_id"].as_integer().label("of"), Opinion.body
        )
    )
    words = {(event.act, event.of): event.body for event in events}
    names = named(
        {id_ for row in rows for id_ in (row.given_by_id, row.replied_by_id)}, viewer.moment.day
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for row in rows:
        given = Said(
            words.get(("comment", row.id), ""), names[row.given_by_id].name, as_day(row.given_at)
        )
        if row.replied_by_id is not None and row.replied_at is not None:
            given = given._replace(
                reply=words.get(("reply_comment", row.id), ""),
                by=names[row.replied_by_id].name,
                replied_on=as_day(row.replied_at),
            )
        found[row.feedback_id or 0].append(given)
    return found
