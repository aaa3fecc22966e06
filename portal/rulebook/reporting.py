"""第十六条（五）、第十八条: what a report answers, and what follows once it is sent on.

Used by the slice of reports and by the signature that hands in a closing with the last report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemUnit
from portal.rulebook import stored_lights, verdicts, workflow
from portal.rulebook.machines import COUNTED
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def open_points(item: Item) -> Sequence[FeedbackPoint]:
    """The instalments no report holds yet and none was merged into, earliest first."""
    held = select(Feedback.point_id).where(
        Feedback.item_id == item.id,
        Feedback.point_id.is_not(None),
        Feedback.state.in_(COUNTED),
    )
    return db.session.scalars(
        select(FeedbackPoint)
        .where(
            FeedbackPoint.item_id == item.id,
            FeedbackPoint.due >= _since(item),
            FeedbackPoint.merged_into_id.is_(None),
            FeedbackPoint.id.not_in(held),
        )
        .order_by(FeedbackPoint.due, FeedbackPoint.seq)
    ).all()


def proposed_point(item: Item, viewer: Viewer) -> FeedbackPoint | None:
    """The earliest open instalment whose window has begun (SPEC §3.4); None: an extra report."""
    points = db.session.scalars(
        select(FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= _since(item))
        .order_by(FeedbackPoint.due, FeedbackPoint.seq)
    ).all()
    free = {point.due: point for point in open_points(item)}
    if item.issued_on is None:
        return None
    held = {point.due for point in points} - free.keys()
    day = verdicts.proposed_point(
        _since(item), [point.due for point in points], held, viewer.moment.day
    )
    return None if day is None else free[day]


def _since(item: Item) -> date:
    """Instalments before it belong to another unit's time, or to what was closed."""
    return stored_lights.counts_from(item) if item.issued_on else date.min


def confirm(viewer: Viewer, item: Item, report: Feedback, intent: Intent) -> None:
    """第六条: the head sends a report on, in the caller's transaction."""
    lead = report.unit_id == item.lead_unit_id
    act = "confirm_feedback" if lead else "confirm_to_lead"
    workflow.perform(
        viewer, act, item, intent, subject=report, effect=lambda: confirmed(viewer, item, report)
    )
    if report.final and not lead:
        hand_in(viewer, item, report.unit_id, intent.also("hand_in"))


def hand_in(viewer: Viewer, item: Item, unit_id: int, intent: Intent, act: str = "hand_in") -> None:
    """第八条: a co-unit's part is done; `act` enter_hand_in: so says its report on paper."""
    share = db.session.scalars(
        select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.unit_id == unit_id)
    ).one()

    def effect() -> None:
        share.handed_in_at = viewer.moment.instant

    workflow.perform(viewer, act, item, intent, subject=share, effect=effect)


def confirmed(viewer: Viewer, item: Item, report: Feedback, at: datetime | None = None) -> None:
    """The first version's time stands, also when a later one follows (SPEC, feedback); `at` is
    when it was sent on, of a report on paper its day (None: now)."""
    if report.confirmed_at is None:
        report.confirmed_at = at or viewer.moment.instant
    report.supplement_due = None
    db.session.flush()
    follow(item, report)


def follow(item: Item, report: Feedback) -> None:
    """Lights follow from the lead unit's reports alone; a co-unit's answers no instalment, and its
    writer may not be the one to read the others (SPEC §7.5 (14))."""
    if report.unit_id == item.lead_unit_id:
        stored_lights.refresh(item)


def waiting_for_head(item: Item) -> Sequence[Feedback]:
    """The lead unit's reports that its head has not sent on."""
    return _of_lead(item, "fb_unit")


def unread(item: Item) -> Sequence[Feedback]:
    """The lead unit's reports that 党政办 has not opened."""
    return _of_lead(item, "fb_submitted")


def _of_lead(item: Item, state: str) -> Sequence[Feedback]:
    return db.session.scalars(
        select(Feedback)
        .where(
            Feedback.item_id == item.id,
            Feedback.unit_id == item.lead_unit_id,
            Feedback.state == state,
        )
        .order_by(Feedback.id)
    ).all()


def facts_of(report: Feedback) -> dict[str, Any]:
    """What the event keeps of a report besides its digest."""
    return {"seq": report.seq, "percent": report.percent}
