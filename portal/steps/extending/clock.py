"""口头延期申请失效 (SPEC §2.9): whose written form did not come in time is asked for no more."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Extension, Item
from portal.rulebook import closures, extending, workflow
from portal.rulebook.scope import everything, view_as_clock
from portal.rulebook.workflow import Intent

_KEYS = uuid.UUID("8f2d7c16-4a0e-4b5f-9e51-7d3b6a9c0e44")


def expire_oral() -> int:
    """End what was asked by word and never written; how many requests it were.

    Each in a transaction of its own, under a key of its own: twice or late changes nothing.
    """
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="口头延期申请逾期未补书面"):
        over = db.session.execute(
            select(Extension.id, Extension.item_id)
            .where(Extension.state == "ext_draft", Extension.written_until < clock.now())
            .order_by(Extension.id)
        ).all()
        for extension_id, item_id in over:
            _expire(clock, item_id, extension_id)
    return len(over)


def _expire(clock: Clock, item_id: int, extension_id: int) -> None:
    viewer = view_as_clock(clock)
    item = db.session.get_one(Item, item_id)
    extension = db.session.get_one(Extension, extension_id)

    def effect() -> dict[str, Any]:
        extending.ended(extension, viewer.moment)
        closures.judge_waiting(item)
        return {}

    workflow.lock(viewer, item)
    db.session.refresh(extension, with_for_update=True)
    if extension.state == "ext_draft":  # else it was written while this round was under way
        intent = Intent(None, uuid.uuid5(_KEYS, str(extension_id)))
        workflow.perform(
            viewer, "expire_oral_extension", item, intent, subject=extension, effect=effect
        )
    db.session.commit()
