"""视同签收 (SPEC §2.5): who has not signed in time counts as having received."""

from __future__ import annotations

import uuid

from flask import current_app
from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Item, ItemUnit
from portal.rulebook import workflow
from portal.rulebook.chains import RUNNING
from portal.rulebook.scope import everything, view_as_clock
from portal.rulebook.workflow import Intent

_KEYS = uuid.UUID("5a3c5b5e-0f0d-4a0b-9d2f-53b3a6d2c7a1")


def deem_receipts() -> int:
    """Deem received what was not signed for in time; how many shares it were.

    Each share in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="超时未签收的视同签收"):
        due = db.session.execute(
            select(ItemUnit.id, ItemUnit.item_id)
            .join(Item, Item.id == ItemUnit.item_id)
            .where(
                ItemUnit.state == "issued",
                ItemUnit.receipt_by <= clock.now(),
                Item.state.in_(RUNNING),
            )
            .order_by(ItemUnit.id)
        ).all()
        for share_id, item_id in due:
            _deem(clock, item_id, share_id)
    return len(due)


def _deem(clock: Clock, item_id: int, share_id: int) -> None:
    viewer = view_as_clock(clock)
    item = db.session.get_one(Item, item_id)
    share = db.session.get_one(ItemUnit, share_id)

    def effect() -> None:
        share.deemed, share.received_at = True, viewer.moment.instant

    workflow.lock(viewer, item)
    db.session.refresh(share, with_for_update=True)
    if share.state == "issued":  # else somebody signed while this round was under way
        intent = Intent(None, uuid.uuid5(_KEYS, f"{share_id}/{share.receipt_by}"))
        workflow.perform(viewer, "deem_receipt", item, intent, subject=share, effect=effect)
    db.session.commit()
