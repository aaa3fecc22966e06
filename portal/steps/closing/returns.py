"""退回补正, 重新确定期限, 撤回 (第十六条（六）, SPEC §2.10): two refusals, never mixed."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.extensions import db
from portal.models import Change, Item
from portal.rulebook import changing, closures, hand_ins, stored_lights, workflow
from portal.rulebook.lapsing import lapse
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def ask_supplement(viewer: Viewer, item: Item, act: str, intent: Intent, days: int | None) -> None:
    """退回补正: something is missing; by its own date the first hand-in day is kept."""

    def effect() -> dict[str, Any]:
        return closures.supplement(item, viewer.moment, days or 0)

    workflow.perform(viewer, act, item, intent, values={"supplement_days": days}, effect=effect)
    stored_lights.refresh(item)
    db.session.commit()


def judge_not_met(
    viewer: Viewer, item: Item, act: str, intent: Intent, new_due: date | None
) -> None:
    """不符合办结要求: the work goes on; the new date holds once 党政办分管领导 has signed it."""

    def effect() -> dict[str, Any]:
        closures.not_met(item, viewer.moment)
        lapse(item, viewer.moment, "reset")
        changing.take_up_again(item)
        return {"new_due": new_due.isoformat() if new_due else None}

    workflow.perform(viewer, act, item, intent, values={"new_due": new_due}, effect=effect)
    if new_due is not None:
        _propose(viewer, item, intent.also("reset"), new_due)
    stored_lights.refresh(item)
    db.session.commit()


def _propose(viewer: Viewer, item: Item, intent: Intent, new_due: date) -> None:
    change = Change(
        item_id=item.id,
        kind="reset",
        state="proposed",
        values={"due_reset": new_due.isoformat()},
        before={"due_reset": item.due_reset.isoformat() if item.due_reset else None},
        proposed_by_id=viewer.person_id,
        proposed_at=viewer.moment.instant,
    )
    db.session.add(change)
    db.session.flush()
    workflow.perform(viewer, "propose_reset", item, intent, subject=change)


def withdraw(viewer: Viewer, item: Item, intent: Intent) -> None:
    """撤回办结申请, while nobody of the present step has acted."""

    def effect() -> None:
        hand_ins.latest(item).outcome = "withdrawn"

    workflow.perform(viewer, "withdraw_close", item, intent, effect=effect)
    db.session.commit()


def note(viewer: Viewer, item: Item, intent: Intent) -> None:
    """组织、纪委备案: recorded, never in the way of 销号."""
    workflow.perform(viewer, "note_filing", item, intent)
    db.session.commit()
