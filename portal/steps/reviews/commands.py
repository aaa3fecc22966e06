"""年度评估 (SPEC §2.15): 党政办主任 decides on a long-running item."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Item
from portal.rulebook import workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def review(viewer: Viewer, item: Item, intent: Intent, *, outcome: str) -> None:
    """第十八条（四）: 继续, 办结 or 转为常规工作, with the reason as opinion. The item itself goes
    on; to end it the lead unit hands in. One transaction."""

    def effect() -> dict[str, Any]:
        waited = item.review_due
        if waited is None:
            raise ValueError("the rule asks for a review that waits")
        item.review_due = None
        return {"outcome": outcome, "year": waited.year}

    workflow.perform(
        viewer, "review_yearly", item, intent, values={"outcome": outcome}, effect=effect
    )
    db.session.commit()
