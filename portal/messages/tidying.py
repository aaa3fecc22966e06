"""What nobody needs of the messages any more is thrown away (decision 0095), once a day.

The inbox keeps what was not read, and everything about an item until long after its end. Who was
told of an act the event says, which stays. Running it twice or from two workers changes nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, Select, delete, exists, or_, select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Delivery, Item, Message, Person
from portal.rulebook import policy
from portal.rulebook.scope import everything

log = logging.getLogger(__name__)

OVER: Final = ("archived", "rejected", "exempted", "void")
"""States in which nothing more is done on an item."""
ENDED: Final = ("sent", "given_up", "skipped")
BATCH: Final = 2000
"""Rows of one transaction."""


def tidy() -> None:
    """Delete the deliveries and messages whose time is over."""
    clock: Clock = current_app.extensions["portal.clock"]
    now, edition = clock.now(), policy.CURRENT
    with everything(because="清理过期的消息"):
        sent = _delete(Delivery, _deliveries(now - _days(edition, "deliveries_kept")))
        read = _delete(Message, _messages(now - _days(edition, "messages_kept")))
    if sent or read:
        log.info("%d deliveries and %d messages thrown away", sent, read)


def _days(edition: policy.Policy, name: str) -> timedelta:
    return timedelta(days=edition.limit(name))


def _deliveries(before: datetime) -> Select[int]:
    return select(Delivery.id).where(Delivery.state.in_(ENDED), Delivery.ended_at < before)


def _messages(before: datetime) -> Select[int]:
    """Read, or of somebody who left; of an item that ended before, or of none and as old."""
    ended = exists().where(
        Item.id == Message.item_id, Item.state.in_(OVER), Item.state_since < before
    )
    gone = exists().where(Person.id == Message.person_id, ~Person.active)
    old: ColumnElement[bool] = or_(ended, Message.item_id.is_(None))
    return select(Message.id).where(
        Message.at < before, old, or_(Message.read_at.is_not(None), gone)
    )


def _delete(table: type[Delivery] | type[Message], which: Select[int]) -> int:
    total = 0
    while True:
        done = db.session.execute(
            delete(table)
            .where(table.id.in_(which.limit(BATCH)))
            .returning(table.id)
            .execution_options(synchronize_session=False)
        ).all()
        db.session.commit()
        total += len(done)
        if len(done) < BATCH:
            return total
