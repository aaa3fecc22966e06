"""The item's light dates, stored when an act changes what they follow from (SPEC §3.5)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item
from portal.rulebook import deadlines, lights, policy, workdays


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
    """Set `due`, `yellow_from` and `red_from` from the plan and the confirmed reports."""
    if item.issued_on is None:
        return
    edition = policy.of(item.policy_version)
    plan = plan_of(item, item.issued_on)
    met = set(
        db.session.scalars(
            select(FeedbackPoint.due)
            .join(Feedback, Feedback.point_id == FeedbackPoint.id)
            .where(FeedbackPoint.item_id == item.id, Feedback.confirmed_at.is_not(None))
        )
    )
    unmet = lights.unmet_points(edition.level(item.level), plan, met, workdays.built_in())
    item.due, item.yellow_from, item.red_from = lights.light_dates(plan, unmet, policy=edition)
    db.session.flush()
