"""第十六条（二）: releasing the notice, by itself or together with 编号备案."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from portal.extensions import db
from portal.models import Item, ItemUnit
from portal.rulebook import (
    deadlines,
    knowledge,
    policy,
    receipts,
    stored_lights,
    workflow,
    working_calendar,
)
from portal.rulebook.deadlines import DeadlineError
from portal.rulebook.guards import Consent
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def release(viewer: Viewer, item: Item, intent: Intent, *, separate: bool = False) -> None:
    """下达 in the caller's transaction."""
    workflow.perform(
        viewer,
        "issue",
        item,
        intent,
        values={"separate": separate},
        effect=lambda: _handed_out(viewer, item),
    )


def release_first(
    viewer: Viewer, item: Item, intent: Intent, *, declared: bool, consent: Consent | None
) -> None:
    """第十五条: 先交办后补签 in the caller's transaction. The leader's consent by word is kept with
    the event; the telephone has told the units, nobody signs for a notice."""

    def effect() -> dict[str, Any]:
        facts = _handed_out(viewer, item)
        for share in db.session.scalars(_acting(item)):
            share.received_at = viewer.moment.instant
        return facts | _noted(consent)

    workflow.perform(
        viewer,
        "issue_first",
        item,
        intent,
        values={"declared": declared, "consent": consent},
        effect=effect,
    )


def _noted(consent: Consent | None) -> dict[str, Any]:
    if consent is None:
        raise ValueError("the rule asks for a consent")
    said = {"leader_id": consent.leader_id, "at": consent.at.isoformat()}
    return {"consent": {**said, "channel": consent.channel}}


def _handed_out(viewer: Viewer, item: Item) -> dict[str, Any]:
    """Today is the base; due day, lights, feedback plan and times for receipt follow from it."""
    plan, version = _plan(viewer, item), working_calendar.in_force()
    if item.issued_on is None:  # a notice issued again leaves 原定时限 as it was
        item.due_original = plan.due
    again = item.due_effective is not None  # then the day was not counted from this base
    counted = item.deadline_kind == "days" and not again
    item.counted_by = version.number if counted else None
    item.issued_on, item.due_effective = plan.base, plan.due
    calendar, edition = version.calendar, policy.of(item.policy_version)
    until = receipts.receipt_by(
        edition.level(item.level), viewer.moment.instant, calendar, policy=edition
    )
    for share in db.session.scalars(_acting(item)):
        share.receipt_by = until
        if share.role == "co" and plan.due:
            share.inner_due = deadlines.co_due(plan.due, calendar, plan.base)
    stored_lights.run_to(item, plan.due, plan.points, ahead=plan.base)
    facts: dict[str, Any] = {"due": plan.due.isoformat() if plan.due else None}
    return facts | newly_listed(viewer, item)


def _acting(item: Item) -> Select[ItemUnit]:
    return select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.role != "former")


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
