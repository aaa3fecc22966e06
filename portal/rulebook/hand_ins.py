"""The hand-in that is being judged, and when the unit's head handed it in (第十六条（六）)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.clock import shanghai_day, shanghai_instant
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Closure, Item
from portal.rulebook.chains import CHAINS

JUDGED = (*(step.state for step in CHAINS["closing"].steps[1:]), CHAINS["closing"].agreed)
"""Handed in by the head and waiting for others."""


def latest(item: Item) -> Closure:
    """The hand-in that is being judged."""
    return db.session.scalars(
        select(Closure).where(Closure.item_id == item.id).order_by(Closure.id.desc()).limit(1)
    ).one()


def handed_in_at(item: Item) -> datetime:
    """When the unit head confirmed the closing that runs or ran last; signed on paper, that day."""
    box = db.session.scalars(
        select(ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            Approval.chain == "closing",
            ApprovalSlot.step == "confirm_close",
            ApprovalSlot.decided_at.is_not(None),
        )
        .order_by(ApprovalSlot.id.desc())
        .limit(1)
    ).one()
    if box.decided_at is None:
        raise ValueError("the query asks for signed boxes")
    return shanghai_instant(box.paper_on) if box.paper_on else box.decided_at


def latest_day(item: Item) -> date:
    """The Shanghai day of the hand-in that is being judged, which has its time only from 销号 or
    退回 on; 简易办结 has that of the unit's reply."""
    return shanghai_day(latest(item).handed_in_at or handed_in_at(item))
