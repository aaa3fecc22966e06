"""第十六条（二）: releasing the notice, by itself or together with 编号备案."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import FeedbackPoint, Item, ItemUnit
from portal.rulebook import (
    deadlines,
    knowledge,
    policy,
    receipts,
    stored_lights,
    workdays,
    workflow,
)
from portal.rulebook.deadlines import DeadlineError
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def release(viewer: Viewer, item: Item, intent: Intent, *, separate: bool = False) -> None:
    """下达 in the caller's transaction. Today is the base; due day, lights, feedback plan and the
    times for receipt follow from it."""

    def effect() -> dict[str, Any]:
        plan = _plan(viewer, item)
        item.issued_on = plan.base
        item.due_original = item.due_effective = plan.due
        calendar, edition = workdays.built_in(), policy.of(item.policy_version)
        until = receipts.receipt_by(
            edition.level(item.level), viewer.moment.instant, calendar, policy=edition
        )
        for share in db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id)):
            share.receipt_by = until
            if share.role == "co" and plan.due:
                share.inner_due = deadlines.co_due(plan.due, calendar, plan.base)
        db.session.add_all(
            FeedbackPoint(item_id=item.id, seq=seq, due=day)
            for seq, day in enumerate(plan.points, start=1)
        )
        db.session.flush()
        stored_lights.refresh(item)
        facts: dict[str, Any] = {"due": plan.due.isoformat() if plan.due else None}
        return facts | newly_listed(viewer, item)

    workflow.perform(viewer, "issue", item, intent, values={"separate": separate}, effect=effect)


def newly_listed(viewer: Viewer, item: Item, unit_id: int | None = None) -> dict[str, Any]:
    """Put those on the list of a sensitive item whom the act needs there (SPEC §7.3), of all units
    or of one; the facts of the act, ids only."""
    if item.classification != "sensitive":
        return {}
    new = knowledge.extend(item, viewer.moment, viewer.person_id, unit_id=unit_id)
    return {"listed": sorted(new)} if new else {}


def _plan(viewer: Viewer, item: Item) -> deadlines.Plan:
    try:
        return stored_lights.plan_of(item, viewer.moment.day)
    except DeadlineError as error:
        raise Unmet(str(error), article="18") from error
