"""第十六条（四）: the day on which a notice of 催办 was obeyed, or nobody needs it any more."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Closure, Feedback, FeedbackPoint, Item, ItemUnit, UrgeNotice
from portal.rulebook import hand_ins
from portal.rulebook.roles import Moment
from portal.rulebook.urging import unreported


def done_on(item: Item, notice: UrgeNotice, moment: Moment) -> date | None:
    """The first Shanghai day on which the notice was obeyed or its cause gone; None: not yet.

    Handed in by the head; the reports named all sent on; the co-unit's part handed in. A day given
    anew that lies ahead, an item that ended otherwise or a unit relieved of it: today.
    """
    share = db.session.scalars(
        select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.unit_id == notice.unit_id)
    ).one_or_none()
    found = [_handed_in_on(item, notice, share)]
    if notice.ground == "reports":
        found.append(_reported_on(item, notice, moment))
    if _needless(item, notice, share, moment.day):
        found.append(moment.day)
    return min((day for day in found if day is not None), default=None)


def _needless(item: Item, notice: UrgeNotice, share: ItemUnit | None, today: date) -> bool:
    """Whether nobody waits any more for what was missed: the item ended, the unit is relieved of
    it, or the date that had passed was moved ahead or taken away."""
    if item.state not in ("issued", "in_progress", "closing_unit", "filed"):
        return True
    if share is None or share.role == "former":
        return True
    dates = {"overdue": item.due, "inner": share.inner_due}
    day = dates.get(notice.ground)
    return notice.ground in dates and (day is None or day >= today)


def _handed_in_on(item: Item, notice: UrgeNotice, share: ItemUnit | None) -> date | None:
    """The unit's own hand-in; the lead unit's while it is judged, and from then on."""
    if share is not None and share.role == "co":
        return shanghai_day(share.handed_in_at) if share.handed_in_at else None
    at = db.session.scalar(
        select(func.min(Closure.handed_in_at)).where(
            Closure.item_id == item.id, Closure.handed_in_at >= notice.drafted_at
        )
    )
    if at is not None:
        return shanghai_day(at)
    judged = share is not None and share.role == "lead" and item.state in hand_ins.JUDGED
    return hand_ins.latest_day(item) if judged else None


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
