"""第十六条（四）: the day on which a notice of 催办 was obeyed, or nobody needs it any more."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day, shanghai_instant
from portal.extensions import db
from portal.models import ApprovalSlot, Closure, Feedback, FeedbackPoint, Item, ItemUnit, UrgeNotice
from portal.rulebook import hand_ins
from portal.rulebook.roles import Moment
from portal.rulebook.urging import unreported

AT_WORK = ("issued", "in_progress", "closing_unit", "filed")
"""States in which somebody waits for what a unit missed."""


def done_on(item: Item, notice: UrgeNotice, moment: Moment) -> date | None:
    """The first Shanghai day on which the notice was obeyed or its cause gone; None: not yet.

    Handed in by the head; the reports named all sent on; the co-unit's part handed in. Of an item
    that goes on without it, the day on which that began. A day given anew that lies ahead, or a
    unit relieved of it: today.
    """
    share = db.session.scalars(
        select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.unit_id == notice.unit_id)
    ).one_or_none()
    found = [_handed_in_on(item, notice, share), _needless_on(item, notice, share, moment.day)]
    if notice.ground == "reports":
        found.append(_reported_on(item, notice, moment))
    return min((day for day in found if day is not None), default=None)


def _needless_on(
    item: Item, notice: UrgeNotice, share: ItemUnit | None, today: date
) -> date | None:
    """Since when nobody waits any more for what was missed: the lead unit handed in without it, the
    item ended, the unit is relieved of it, or the date that had passed was moved ahead or taken
    away. However late the clock looks, what counts is when it was so, if that is known."""
    if item.state not in AT_WORK:
        return _lead_handed_in_on(item, notice) or shanghai_day(item.state_since)
    if share is None or share.role == "former":
        return today
    dates = {"overdue": item.due, "inner": share.inner_due}
    day = dates.get(notice.ground)
    moved = notice.ground in dates and (day is None or day >= today)
    return today if moved else None


def _handed_in_on(item: Item, notice: UrgeNotice, share: ItemUnit | None) -> date | None:
    """The unit's own hand-in."""
    if share is not None and share.role == "co":
        return shanghai_day(share.handed_in_at) if share.handed_in_at else None
    return _lead_handed_in_on(item, notice)


def _lead_handed_in_on(item: Item, notice: UrgeNotice) -> date | None:
    """The lead unit's hand-in after the notice was drafted, while it is judged and from then on. A
    paper bears its day and no hour: of the notice's own day, it came after if it was entered
    after."""
    entered_since = exists().where(
        ApprovalSlot.item_id == Closure.item_id,
        ApprovalSlot.step == "confirm_close",
        ApprovalSlot.decided_at >= notice.drafted_at,
        ApprovalSlot.paper_on == shanghai_day(notice.drafted_at),
    )
    on_that_day = Closure.handed_in_at == shanghai_instant(shanghai_day(notice.drafted_at))
    at = db.session.scalar(
        select(func.min(Closure.handed_in_at)).where(
            Closure.item_id == item.id,
            or_(Closure.handed_in_at >= notice.drafted_at, on_that_day & entered_since),
        )
    )
    if at is not None:
        return shanghai_day(at)
    return hand_ins.latest_day(item) if item.state in hand_ins.JUDGED else None


def _reported_on(item: Item, notice: UrgeNotice, moment: Moment) -> date | None:
    """A report answers an instalment of its own and those merged into it; one that is asked for no
    more (the plan was changed) is done today."""
    if any(point.seq in notice.points for point in unreported(item)):
        return None
    merged = aliased(FeedbackPoint)
    last = db.session.scalar(
        select(func.max(Feedback.confirmed_at))
        .join(FeedbackPoint, FeedbackPoint.item_id == Feedback.item_id)
        .join(merged, merged.id == func.coalesce(FeedbackPoint.merged_into_id, FeedbackPoint.id))
        .where(
            Feedback.item_id == item.id,
            Feedback.point_id == merged.id,
            FeedbackPoint.seq.in_(notice.points),
        )
    )
    return shanghai_day(last) if last else moment.day
