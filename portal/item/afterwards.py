"""先交办后补签 on an item's page and in 待办: what is to be made up, until when (第十五条)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.filters import as_day, remaining
from portal.models import Approval, ApprovalSlot, Item
from portal.rulebook import policy, receipts, working_calendar
from portal.rulebook.approvals import label_of_box
from portal.rulebook.scope import Viewer, visible

FILING = "编号备案"


class MadeUp(NamedTuple):
    """The last day, how far off it is in words, and the boxes that are still empty."""

    until: date
    left: str
    late: bool
    missing: tuple[str, ...]


def made_up_of(viewer: Viewer, item: Item) -> MadeUp | None:
    """What is to be made up of this item; None: nothing is, or nothing any more."""
    if not item.supplementary:
        return None
    run = db.session.scalars(
        visible(viewer, Approval).where(
            Approval.item_id == item.id, Approval.chain == "initiation", Approval.beside
        )
    ).one()
    boxes = db.session.scalars(
        visible(viewer, ApprovalSlot)
        .where(
            ApprovalSlot.approval_id == run.id,
            ApprovalSlot.state.in_(("open", "waiting")),
        )
        .order_by(ApprovalSlot.position, ApprovalSlot.id)
    ).all()
    until, today = _until(item, as_day(run.opened_at)), viewer.moment.day
    missing = (*(label_of_box(run, box) for box in boxes), FILING)
    return MadeUp(until, remaining(until, today), until < today, missing)


def due_of(viewer: Viewer, items: Collection[Item]) -> dict[int, date]:
    """By when each of these items is to be made up; those that are not are left out."""
    waiting = {item.id: item for item in items if item.supplementary}
    if not waiting:
        return {}
    opened = db.session.execute(
        visible(viewer, Approval)
        .where(Approval.item_id.in_(waiting), Approval.chain == "initiation", Approval.beside)
        .with_only_columns(Approval.item_id, Approval.opened_at)
    )
    return {item_id: _until(waiting[item_id], as_day(at)) for item_id, at in opened}


def _until(item: Item, handed_out: date) -> date:
    edition = policy.of(item.policy_version)
    return receipts.made_up_by(handed_out, working_calendar.current(), policy=edition)
