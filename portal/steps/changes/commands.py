"""Proposing a change of a filed item, agreeing, refusing, withdrawing; each one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from portal.extensions import db
from portal.models import Change, Item
from portal.rulebook import changing, knowledge, workflow
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.changes.adjusting import AdjustFields, adjusted, dated

AGREED = "同意。"
REASSIGNED, REOPENED = "调整承办单位时重新确定", "恢复督办时确定"


def void(viewer: Viewer, item: Item, intent: Intent) -> None:
    """作废: 党政办分管领导 must agree; a number once taken stays used (SPEC §4 rule 4)."""
    _propose(viewer, item, "void", {}, intent)


def reassign(
    viewer: Viewer,
    item: Item,
    intent: Intent,
    *,
    lead_unit_id: int,
    co_unit_ids: tuple[int, ...],
    new_due: date | None,
) -> None:
    """第八条: other units; the leaders of the old and of the new lead unit must agree. The due
    day is kept unless a new one is given."""
    values: dict[str, Any] = {"lead_unit_id": lead_unit_id, "co_unit_ids": sorted(set(co_unit_ids))}
    leader = changing.leader_of(lead_unit_id, viewer.moment.day)
    if leader is not None:
        values["responsible_leader_id"] = leader
    if new_due is not None:
        values |= dated(new_due, REASSIGNED)
    _propose(viewer, item, "reassign", values, intent)


def adjust(
    viewer: Viewer, item: Item, fields: AdjustFields, intent: Intent, *, declared: bool
) -> None:
    """第十九条: level, deadline, responsible leader, requirement. Raises Unmet."""
    values = adjusted(item, fields)
    _propose(viewer, item, "adjust", values, intent, {"declared": declared})


def refusal_of_adjustment(
    viewer: Viewer, item: Item, fields: AdjustFields, reason: str
) -> Unmet | None:
    """What does not hold of a change sheet, for a form that lacks something already."""
    try:
        values = adjusted(item, fields)
    except Unmet as refused:
        return refused
    change = Change(item_id=item.id, kind="adjust", values=changing.stored(values))
    return workflow.refusal(viewer, "adjust", item, change, {"declared": True}, reason)


def reopen(viewer: Viewer, item: Item, intent: Intent, *, new_due: date | None) -> None:
    """第十六条（六）: 恢复督办 with a new due date, under the same number."""
    values: dict[str, Any] = {"closed_on": None, "archived_on": None, "supplement_due": None}
    if new_due is not None:
        values |= dated(new_due, REOPENED)
    _propose(viewer, item, "reopen", values, intent, {"new_due": new_due})


def _propose(
    viewer: Viewer,
    item: Item,
    kind: str,
    values: Mapping[str, Any],
    intent: Intent,
    beside: Mapping[str, Any] | None = None,
) -> None:
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, (kind,), item):
        return
    change = Change(
        item_id=item.id,
        kind=kind,
        state="proposed",
        values=changing.stored(values),
        before=changing.stored(changing.present(item, values)),
        proposed_by_id=viewer.person_id,
        proposed_at=viewer.moment.instant,
    )
    db.session.add(change)
    db.session.flush()
    workflow.perform(
        viewer,
        kind,
        item,
        intent,
        subject=change,
        values=beside,
        effect=lambda: _tell_new_leader(viewer, item, values),
    )
    db.session.commit()


def _tell_new_leader(viewer: Viewer, item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    """SPEC §7.3: who must agree to a sensitive item must be on its list."""
    facts: dict[str, Any] = {"changes": sorted(values)}
    if item.classification != "sensitive" or "lead_unit_id" not in values:
        return facts
    leader = changing.leader_of(values["lead_unit_id"], viewer.moment.day)
    if leader is None:
        return facts
    entry = (f"调整承办单位报批：{LABELS[Role.RESPONSIBLE_LEADER]}", None)
    new = knowledge.enlist(item, leader, entry, viewer.moment, viewer.person_id)
    return facts | ({"listed": new} if new else {})


def agree(viewer: Viewer, item: Item, act: str, change: Change, intent: Intent) -> None:
    """Agree in the box that `act` signs; with the last box the change is applied."""
    intent = replace(intent, opinion=intent.opinion or AGREED)
    workflow.perform(viewer, act, item, intent, subject=change)
    db.session.commit()


def refuse(viewer: Viewer, item: Item, change: Change, intent: Intent) -> None:
    """不同意, with a reason; nothing is changed."""
    workflow.perform(viewer, "refuse_change", item, intent, subject=change)
    db.session.commit()


def withdraw(viewer: Viewer, item: Item, change: Change, intent: Intent) -> None:
    """撤回 by 党政办主任, while not everyone has agreed."""
    workflow.perform(viewer, "withdraw_change", item, intent, subject=change)
    db.session.commit()
