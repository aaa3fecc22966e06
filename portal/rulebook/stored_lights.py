"""The item's light dates, stored when an act changes what they follow from (SPEC §3.5)."""

from __future__ import annotations

from datetime import date
from itertools import islice

from sqlalchemy import select

from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item
from portal.rulebook import deadlines, lights, policy, workdays

POINTS_AHEAD = 2


def plan_of(item: Item, base: date) -> deadlines.Plan:
    """The plan of the item as issued on `base`, by the policy it was filed under.

    Raises DeadlineError.
    """
    edition = policy.of(item.policy_version)
    return deadlines.plan(
        edition.level(item.level),
        base,
        workdays.built_in(),
        days=item.deadline_days,
        explicit=item.deadline_date,
        open_ended=item.deadline_kind == "open",
        policy=edition,
    )


def refresh(item: Item) -> None:
    """Set `due`, `yellow_from` and `red_from` from the plan and the confirmed reports.

    An open-ended item (长期) gets its next two instalments as rows on the way.
    """
    if item.issued_on is None:
        return
    edition = policy.of(item.policy_version)
    plan = _present(item, item.issued_on)
    if plan.due is None:
        _grow(item, edition.level(item.level))
    else:
        _go_on(item, plan)
    met = _met(item)
    unmet = lights.unmet_points(edition.level(item.level), plan, met, workdays.built_in())
    item.due, item.yellow_from, item.red_from = lights.light_dates(plan, unmet, policy=edition)
    db.session.flush()


def _present(item: Item, base: date) -> deadlines.Plan:
    """The plan by the dates that hold now: as issued, extended, or set anew (SPEC §3.7)."""
    due = item.due_reset or item.due_effective
    if due is None or due == item.due_original:
        return plan_of(item, base)
    edition = policy.of(item.policy_version)
    level = edition.level(item.level)
    return deadlines.dated(level, base, due, due, workdays.built_in(), policy=edition)


def _go_on(item: Item, plan: deadlines.Plan) -> None:
    """第十八条: with a later date the plan goes on in the same step; what is past stands."""
    stored = db.session.scalars(
        select(FeedbackPoint.due).where(FeedbackPoint.item_id == item.id)
    ).all()
    last = max(stored, default=plan.base)
    later = [day for day in plan.points if day > last]
    db.session.add_all(
        FeedbackPoint(item_id=item.id, seq=seq, due=day)
        for seq, day in enumerate(later, start=len(stored) + 1)
    )
    db.session.flush()


def _met(item: Item) -> set[date]:
    """The instalments that a report sent on answers, or that were merged into such a one."""
    answered = set(
        db.session.scalars(
            select(Feedback.point_id).where(
                Feedback.item_id == item.id,
                Feedback.point_id.is_not(None),
                Feedback.confirmed_at.is_not(None),
            )
        )
    )
    points = db.session.execute(
        select(FeedbackPoint.id, FeedbackPoint.due, FeedbackPoint.merged_into_id).where(
            FeedbackPoint.item_id == item.id
        )
    )
    return {row.due for row in points if answered & {row.id, row.merged_into_id}}


def _grow(item: Item, level: policy.Level) -> None:
    """第十八条（四）: two instalments of a long-running item stand open at any time."""
    if item.issued_on is None:
        raise ValueError("an item that is not issued has no plan")
    reported = select(Feedback.point_id).where(Feedback.point_id.is_not(None))
    stored = db.session.scalars(
        select(FeedbackPoint.due).where(FeedbackPoint.item_id == item.id)
    ).all()
    ahead = db.session.scalars(
        select(FeedbackPoint.id).where(
            FeedbackPoint.item_id == item.id, FeedbackPoint.id.not_in(reported)
        )
    ).all()
    wanted = len(stored) + max(0, POINTS_AHEAD - len(ahead))
    days = islice(deadlines.open_points(level, item.issued_on, workdays.built_in()), wanted)
    db.session.add_all(
        FeedbackPoint(item_id=item.id, seq=seq, due=day)
        for seq, day in enumerate(days, start=1)
        if seq > len(stored)
    )
    db.session.flush()
