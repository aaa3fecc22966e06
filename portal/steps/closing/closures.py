"""The hand-ins of an item: which one counts, how each ended (第十六条（六）, SPEC §2.10, §3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Closure, Item
from portal.rulebook import verdicts


def latest(item: Item) -> Closure:
    """The hand-in that is being judged."""
    return db.session.scalars(
        select(Closure).where(Closure.item_id == item.id).order_by(Closure.id.desc()).limit(1)
    ).one()


def rounds_of(item: Item) -> Sequence[Closure]:
    """The hand-ins since the work was last taken up: none before 不符合要求 or 撤回 counts."""
    rows = db.session.scalars(
        select(Closure).where(Closure.item_id == item.id).order_by(Closure.id)
    ).all()
    begins = max(
        (number for number, row in enumerate(rows, 1) if row.outcome in ("not_met", "withdrawn")),
        default=0,
    )
    for row in rows[begins:]:
        if row.handed_in_at is None:
            row.handed_in_at = handed_in_at(item)
    return rows[begins:]


def handed_in_at(item: Item) -> datetime:
    """When the unit head confirmed the closing that runs or ran last."""
    found = db.session.scalars(
        select(ApprovalSlot.decided_at)
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
    if found is None:
        raise ValueError("the query asks for signed boxes")
    return found


def completed(rounds: Sequence[Closure]) -> date:
    """The Shanghai day that counts: the first hand-in, as long as each supplement came in time."""
    first, *again = rounds
    day, until = _day(first), first.supplement_due
    for row in again:
        day = verdicts.completed_on(day, _day(row), until)
        until = row.supplement_due
    return day


def _day(row: Closure) -> date:
    if row.handed_in_at is None:
        raise ValueError("a hand-in has its time")
    return shanghai_day(row.handed_in_at)
