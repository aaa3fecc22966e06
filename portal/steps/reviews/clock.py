"""The clock's rule of 年度评估 (SPEC §2.15): from 1 January on the review of a long-running item
waits for 党政办主任."""

from __future__ import annotations

import uuid
from datetime import date

from flask import current_app
from sqlalchemy import Select, func, select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook import policy, reviews, workflow
from portal.rulebook.scope import everything, view_as_clock
from portal.rulebook.workflow import Intent

_KEYS = uuid.UUID("0f6c2a1d-6d44-4b39-8c0e-5b1f0a7e21c4")


def open_reviews() -> int:
    """Let wait what is to be reviewed and was not yet; how many items it were.

    Each item in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="启动长期事项年度评估"):
        ids = db.session.scalars(_due(reviews.january(clock.today().year).opens)).all()
        for item_id in ids:
            _open(clock, item_id)
    return len(ids)


def _due(opens: date) -> Select[int]:
    """Level 4, handed out and last reviewed before this year, and no review waits."""
    return (
        select(Item.id)
        .where(
            Item.level == reviews.LONG_RUNNING,
            Item.state == "in_progress",
            Item.review_due.is_(None),
            Item.issued_on < opens,
            ~_reviews(Item.id).where(Event.day >= opens).exists(),
        )
        .order_by(Item.id)
    )


def _open(clock: Clock, item_id: int) -> None:
    viewer = view_as_clock(clock)
    item = db.session.get_one(Item, item_id)
    workflow.lock(viewer, item)
    since = _since(item)
    waits = reviews.window(
        since,
        open_ended=item.deadline_kind == "open",
        policy=policy.of(item.policy_version),
    )

    def effect() -> dict[str, str]:
        item.review_due = waits.due
        return {"review_due": waits.due.isoformat()}

    # Else somebody acted, or another round opened it, while this one was under way.
    runs = item.state == "in_progress" and item.level == reviews.LONG_RUNNING
    if runs and item.review_due is None and waits.opens <= viewer.moment.day:
        intent = Intent(None, uuid.uuid5(_KEYS, f"{item_id}/{since}"))
        workflow.perform(viewer, "open_review", item, intent, effect=effect)
    db.session.commit()


def _since(item: Item) -> date:
    """When the item was last decided on: handed out, or reviewed."""
    if item.issued_on is None:
        raise ValueError("an item in work was issued")
    reviewed = db.session.scalar(_reviews(item.id).with_only_columns(func.max(Event.day)))
    return max(item.issued_on, reviewed) if reviewed else item.issued_on


def _reviews(item_id: object) -> Select[Event]:
    return select(Event).where(Event.item_id == item_id, Event.act == "review_yearly")
