"""补正期满 (SPEC §3.7): once the days of a supplement are over, the item waits for nobody."""

from __future__ import annotations

import uuid

from flask import current_app
from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Item
from portal.rulebook import workflow
from portal.rulebook.scope import everything, view_as_clock
from portal.rulebook.workflow import Intent

_KEYS = uuid.UUID("c2b7d9f4-3f0e-4a57-9a83-1d6c5e0b7f92")
WITH_THE_UNIT = ("in_progress", "closing_unit")
"""Not handed in anew: also while its head has yet to confirm."""


def end_supplements() -> int:
    """Put out the blue light of what was to be supplemented by yesterday or before and has not
    come back; how many items it were.

    Each item in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="补正期满的待审灯"):
        ids = db.session.scalars(
            select(Item.id)
            .where(Item.blue, Item.state.in_(WITH_THE_UNIT), Item.supplement_due < clock.today())
            .order_by(Item.id)
        ).all()
        for item_id in ids:
            _end(clock, item_id)
    return len(ids)


def _end(clock: Clock, item_id: int) -> None:
    viewer = view_as_clock(clock)
    item = db.session.get_one(Item, item_id)
    workflow.lock(viewer, item)
    until = item.supplement_due
    over = until is not None and until < viewer.moment.day
    if item.blue and item.state in WITH_THE_UNIT and over:  # else it came back meanwhile
        intent = Intent(None, uuid.uuid5(_KEYS, f"{item_id}/{until}"))
        workflow.perform(viewer, "end_supplement", item, intent)
    db.session.commit()
