"""Deciding over which channels a message goes, and from when on: once a message, in a worker.

Which kind may take which channel, `notifications.json` says; of those the settings switch on some,
and the person chooses. A person's address is looked up when it is sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.clock import Clock
from portal.config import Settings
from portal.extensions import db
from portal.messages import choices
from portal.messages.channels import WAYS, configured
from portal.messages.quiet import next_time
from portal.models import Delivery, Item, Message
from portal.rulebook import working_calendar
from portal.rulebook.posting import kinds
from portal.rulebook.scope import everything

ROUND: Final = 500
STALE_AFTER: Final = timedelta(days=2)
"""A message this old is not news: whoever switches a channel on later floods nobody."""
ALWAYS: Final = frozenset({"N17"})
"""机要阅办 does not wait for morning (SPEC §8.10), nor does an item of level 1."""


class Unplanned(NamedTuple):
    """A message nobody has decided about, and what its item is."""

    id: int
    person_id: int
    kind: str
    at: datetime
    level: int | None
    classification: str | None


def plan() -> int:
    """Decide for every message that was not decided about; how many went on their way.

    Each round is one transaction; two workers at once take different messages.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    settings: Settings = current_app.extensions["portal.settings"]
    names, now, made = list(configured(settings)), clock.now(), 0
    with everything(because="安排消息的发送"):
        while rows := _unplanned():
            made += _insert(_deliveries(rows, names, now))
            planned = update(Message).where(Message.id.in_([row.id for row in rows]))
            db.session.execute(planned.values(planned_at=now))
            db.session.commit()
    return made


def _unplanned() -> list[Unplanned]:
    rows = db.session.execute(
        select(
            Message.id, Message.person_id, Message.kind, Message.at, Item.level, Item.classification
        )
        .outerjoin(Item, Item.id == Message.item_id)
        .where(Message.planned_at.is_(None))
        .order_by(Message.id)
        .limit(ROUND)
        .with_for_update(of=Message, skip_locked=True)
    )
    return [Unplanned(*row) for row in rows]


def _deliveries(
    rows: Sequence[Unplanned], names: Collection[str], now: datetime
) -> list[dict[str, Any]]:
    """A row a message and channel, each with the moment from which it may leave."""
    fresh = [row for row in rows if now - row.at < STALE_AFTER] if names else []
    chosen = choices.of_persons({row.person_id for row in fresh})
    calendar, found = working_calendar.current(), []
    for row in fresh:
        kind, choice = kinds()[row.kind], chosen.get(row.person_id, choices.UNCHOSEN)
        urgent = row.level == 1 or row.kind in ALWAYS or not choice.quiet
        leaves = next_time(now, calendar, urgent=urgent)
        ways = choices.open_to(kind, names, row.level or 0)
        if row.classification == "sensitive":  # that there is something is not for a group either
            ways = [name for name in ways if not WAYS[name].shared]
        for channel in choice.wanted(kind, ways):
            found.append(
                {
                    "public_id": uuid.uuid4(),
                    "message_id": row.id,
                    "person_id": row.person_id,
                    "kind": row.kind,
                    "channel": channel,
                    "urgent": urgent,
                    "state": "planned",
                    "made_at": now,
                    "next_at": leaves,
                }
            )
    return found


def _insert(rows: Sequence[dict[str, Any]]) -> int:
    """Planned twice is planned once: a message has one row a channel."""
    if not rows:
        return 0
    db.session.execute(insert(Delivery).values(rows).on_conflict_do_nothing())
    return len(rows)
