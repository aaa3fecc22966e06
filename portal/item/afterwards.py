"""先交办后补签 on an item's page and in 待办: what is to be made up, until when (第十五条)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.filters import remaining
from portal.models import Approval, ApprovalSlot, Item
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
    until, today = item.made_up_by, viewer.moment.day
    if until is None:
        raise ValueError("what is made up has a last day")
    missing = (*(label_of_box(run, box) for box in boxes), FILING)
    return MadeUp(until, remaining(until, today), until < today, missing)


def due_of(items: Collection[Item]) -> dict[int, date]:
    """By when each of these items is to be made up; those that are not are left out."""
    return {item.id: item.made_up_by for item in items if item.supplementary and item.made_up_by}
