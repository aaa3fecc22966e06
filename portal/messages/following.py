"""关注 (SPEC §8.14, decision 0129): what an act tells anybody, it tells its item's followers too.

Written by the worker: whoever acts does not see who follows. Each time it asks which acts of the
last days have followers who were told nothing of them; told twice it is one row. Whoever may not
know of the item, or of the part that an act was about, is told nothing; of an inspection nobody is
told until its plan is approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import String, cast, exists, func, not_, select

from portal.clock import Clock
from portal.extensions import db
from portal.item.marks import FOLLOW
from portal.models import Event, Item, ItemMark, Message, Person
from portal.rulebook.inspecting import of_kept_plan
from portal.rulebook.keys import held_by
from portal.rulebook.posting import NOTED, post
from portal.rulebook.scope import everything, moment_of

BACK: Final = timedelta(days=7)
"""A worker that was away longer tells nothing older: it would be no news."""


def tell() -> int:
    """Tell the followers; how many messages were written."""
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="告知关注事项的人员"):
        rows = _untold(clock)
        keys = {person: held_by(person, moment_of(clock)).keys for person in _persons(rows)}
        told: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            held = keys[row.person_id]
            if held & set(row.of_item) and held & set(row.of_event):
                told[row.event_id].add(row.person_id)
        for event_id, persons in told.items():
            event = db.session.get_one(Event, event_id)
            item = db.session.get_one(Item, event.item_id)
            post(NOTED, persons, str(event.key), event.at, item=item, event=event)
        db.session.commit()
    return sum(len(persons) for persons in told.values())


def _persons(rows: Sequence[Any]) -> set[int]:
    return {row.person_id for row in rows}


def _untold(clock: Clock) -> Sequence[Any]:
    """Follower and act: the act told somebody, after the follower began to follow, and neither
    was done by the follower nor told to that person already."""
    heard = exists().where(
        Message.person_id == ItemMark.person_id,
        Message.kind == NOTED,
        Message.occasion == cast(Event.key, String),
    )
    return db.session.execute(
        select(
            ItemMark.person_id,
            Event.id.label("event_id"),
            Item.readers.label("of_item"),
            Event.readers.label("of_event"),
        )
        .join(Event, Event.item_id == ItemMark.item_id)
        .join(Item, Item.id == ItemMark.item_id)
        .join(Person, (Person.id == ItemMark.person_id) & Person.active)
        .where(
            ItemMark.kind == FOLLOW,
            Event.at > ItemMark.at,
            Event.day >= (clock.now() - BACK).date(),
            func.cardinality(Event.tells) > 0,
            Event.actor_id.is_distinct_from(ItemMark.person_id),
            ItemMark.person_id != func.all(Event.tells),
            ~heard,
            not_(of_kept_plan()),
        )
        .order_by(Event.id)
    ).all()
