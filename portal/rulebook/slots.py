"""Questions about the boxes of an approval, for those who move them and for those who check."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item


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
