"""Questions about the boxes of an approval, for those who move them and for those who check."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item
from portal.rulebook.chains import CHAINS


def turn_of(item: Item) -> ApprovalSlot | None:
    """The box of the item's own run that waits for a signature now, the first of several; None if
    none does. Signatures made up beside and consents to a change are other runs."""
    return db.session.scalars(
        select(ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.state == "open",
            Approval.state == "open",
            Approval.subject_id.is_(None),
            ~Approval.beside,
        )
        .order_by(ApprovalSlot.id)
        .limit(1)
    ).one_or_none()


def offices_asked(item: Item, part: Any = None) -> list[tuple[str, int | None]]:
    """Whose signatures the approval of this part waits for (None: of the item itself), role and
    unit of each open box."""
    machine = "item" if part is None else part.__tablename__
    names = [chain.name for chain in CHAINS.values() if chain.machine == machine]
    rows = db.session.execute(
        select(ApprovalSlot.role, ApprovalSlot.unit_id)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.state == "open",
            Approval.state == "open",
            Approval.chain.in_(names),
            Approval.subject_id.is_not_distinct_from(None if part is None else part.id),
        )
        .distinct()
    )
    return [(row.role, row.unit_id) for row in rows]


def signed_before(slot: ApprovalSlot) -> int | None:
    """The place of the last signed step before this box; None if there is none, as where a later
    box came on paper first."""
    return db.session.scalar(
        select(func.max(ApprovalSlot.position)).where(
            ApprovalSlot.approval_id == slot.approval_id,
            ApprovalSlot.state == "agreed",
            ApprovalSlot.position < slot.position,
        )
    )


def signed_beside(slot: ApprovalSlot) -> bool:
    """Whether somebody has signed another box of the same step."""
    other = select(ApprovalSlot.id).where(
        ApprovalSlot.approval_id == slot.approval_id,
        ApprovalSlot.state == "agreed",
        ApprovalSlot.position == slot.position,
    )
    return db.session.scalar(other.limit(1)) is not None
