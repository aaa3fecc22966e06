"""A change of the item, a request for more time, or a plan to inspect, that nobody can agree to any
more lapses (SPEC §2.2 T18, T23, T36–T38).

作废 proposed before the form went back, a new date proposed before 销号: left open it would hold
up every later one. While the item is being closed a change waits, and goes on if work does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    Change,
    Inspection,
    Item,
    ItemUnit,
    UrgeNotice,
)
from portal.rulebook import approvals, extending, inspecting
from portal.rulebook.chains import CHAINS, RUNNING
from portal.rulebook.roles import Moment
from portal.rulebook.rule_shapes import CLOSING
from portal.rulebook.rules_urging import NOT_HANDED_IN, SIGNING

WAITS = (*CLOSING, "closing_filing")
OVER = ("void", "exempted")
"""What is voided or exempted goes no further: nothing of it is put right, nor followed."""
GONE_TO = ("conducted", "opinion_issued", "rectifying")
"""States of a visit that somebody went on and that is not over."""


def lapse(item: Item, moment: Moment, kind: str = "") -> list[str]:
    """End the open changes that the item's state leaves without a way, or all of one kind; what
    lapsed."""
    found = []
    open_ones = select(Change).where(Change.item_id == item.id, Change.state == "open")
    for change in db.session.scalars(open_ones):
        waits = item.state in (*CHAINS[change.kind].during, *WAITS)
        if change.kind == kind if kind else not waits:
            _end(item, change, moment)
            found.append(change.kind)
    if not kind and item.state not in ("in_progress", *WAITS):
        found += _lapse_request(item, moment)
    if not kind and item.state not in (*RUNNING, *WAITS):
        found += _lapse_plans(item, moment)
    if not kind and item.state in OVER:
        found += _end_visits(item)
    return found


def _lapse_plans(item: Item, moment: Moment) -> list[str]:
    """第十七条: what has ended, or is handed out anew, is not gone to; as where the office cancels
    it, no record is left, and it counts nowhere. A plan nobody approved ends in the database, for
    whoever acts may not know of it; the act, which the unit reads, does not tell of it."""
    plans = db.session.scalars(
        select(Inspection).where(Inspection.item_id == item.id, Inspection.state == "plan_approved")
    ).all()
    for plan in plans:
        plan.state = "finished"
    db.session.flush()
    db.session.execute(select(func.lapse_plans(item.id, moment.instant)))
    for row in list(db.session.identity_map.values()):
        if isinstance(row, (Inspection, Approval, ApprovalSlot)) and row.item_id == item.id:
            db.session.expire(row)
    return ["inspection"] * len(plans)


def _end_visits(item: Item) -> list[str]:
    """第十七条: with the item its visit is over, and what was to be put right is taken back; what
    was found put right stays so. 销号 needs no such end: it waits until all of that is decided."""
    visits = db.session.scalars(
        select(Inspection).where(Inspection.item_id == item.id, Inspection.state.in_(GONE_TO))
    ).all()
    for visit in visits:
        visit.state = "finished"
        for point in inspecting.points_of(visit):
            if point.state != "verified":
                point.state, point.withdrawn = "withdrawn", True
    db.session.flush()
    return ["visit"] * len(visits)


def _lapse_request(item: Item, moment: Moment) -> list[str]:
    """第十九条: closed, handed out anew or voided, the item needs no more time."""
    pending = extending.pending_of(item)
    if pending is None:
        return []
    run = approvals.latest(item, "extension", pending)
    if run is not None and run.state == "open":
        approvals.end(run, "withdrawn", moment)
    pending.state = "lapsed"
    extending.ended(pending, moment)
    db.session.flush()
    return [pending.kind]


def cancel_urges(item: Item, moment: Moment, facts: dict[str, Any]) -> None:
    """SPEC §2.8: what was drafted to urge a unit ends when the unit hands in, and when the item
    goes no further or the unit works on it no more; no number is used. `facts` keeps the ids."""
    drafts = db.session.execute(
        select(UrgeNotice, ItemUnit)
        .join(
            ItemUnit,
            (ItemUnit.item_id == UrgeNotice.item_id) & (ItemUnit.unit_id == UrgeNotice.unit_id),
        )
        .where(UrgeNotice.item_id == item.id, UrgeNotice.state.in_((*SIGNING, "ug_filing")))
        .order_by(UrgeNotice.id)
    ).all()
    for notice, share in drafts:
        works = share.role != "former" and share.state != "handed_in"
        if item.state in NOT_HANDED_IN and works:
            continue
        run = approvals.latest(item, "urge", notice)
        if run is not None and run.state == "open":
            approvals.end(run, "withdrawn", moment)
        notice.state, notice.ended_at = "ug_void", moment.instant
        facts.setdefault("urges_cancelled", []).append(notice.id)
    if "urges_cancelled" in facts:
        db.session.flush()


def _end(item: Item, change: Change, moment: Moment) -> None:
    run = approvals.latest(item, change.kind, change)
    if run is not None and run.state == "open":
        approvals.end(run, "withdrawn", moment)
    change.state, change.ended_at = "lapsed", moment.instant
    db.session.flush()
