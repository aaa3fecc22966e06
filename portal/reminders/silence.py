"""第十二条, SPEC §2.3: whose signature is awaited for more than two working days (level 1: two
office hours) is reminded once. How long leaders let wait is never published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import String, cast, func, literal, select

from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item
from portal.reminders.occasions import Occasion, Span
from portal.reminders.queries import COLUMNS, is_new, longest
from portal.rulebook import on_paper, policy
from portal.rulebook.guards import box_pending
from portal.rulebook.roles import Role
from portal.rulebook.two_clocks import is_silent
from portal.rulebook.workdays import DAY


def silent(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """Boxes that may be signed now and have been open for too long.

    What ends by telephone is read in a weekly list (批量阅知), which waits for its day.
    """
    key = literal("box:") + cast(ApprovalSlot.id, String) + ":" + cast(
        func.extract("epoch", ApprovalSlot.opened_at), String
    )  # fmt: skip
    rows = (
        select(
            *COLUMNS,
            ApprovalSlot.id.label("slot_id"),
            ApprovalSlot.role,
            func.coalesce(ApprovalSlot.unit_id, Item.lead_unit_id).label("asked_unit_id"),
            ApprovalSlot.opened_at,
            key.label("key"),
        )
        .join(Item, Item.id == ApprovalSlot.item_id)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.state == "open",
            ApprovalSlot.opened_at.between(
                shanghai_instant(span.since - longest("silent_looked_back") * DAY),
                span.moment.instant,
            ),
            box_pending(ApprovalSlot),
            ~((Approval.chain == "closing") & Approval.beside),
            is_new(kind, key),
        )
    )
    for row in db.session.execute(rows):
        if _long(row, span):
            yield Occasion(
                kind, row.key, {"action": _word(row.slot_id)}, row.item_id, row.asked_unit_id,
                (Role(row.role),), row.sensitive, row.level == 1,
            )  # fmt: skip


def _word(slot_id: int) -> str:
    """「审签」: what the box asks, as in 待办."""
    slot = db.session.get_one(ApprovalSlot, slot_id)
    return on_paper.signs(db.session.get_one(Approval, slot.approval_id), slot).waits


def _long(row: Any, span: Span) -> bool:
    edition = policy.of(row.policy_version)
    return is_silent(row.level, row.opened_at, span.moment.instant, span.calendar, edition)
