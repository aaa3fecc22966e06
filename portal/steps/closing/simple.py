"""简易办结 (第十五条, SPEC T41): what was handed out by telephone ends by the unit's reply."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Item
from portal.rulebook import closures, workflow
from portal.rulebook.guards import Reply
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def close_simple(
    viewer: Viewer,
    item: Item,
    result_text: str,
    reply: Reply | None,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """第十五条: 党政办主任 writes down what the unit reported by word or in writing, and both
    principals read it in their weekly list. The reply is the hand-in (SPEC §3.7). One transaction.
    """

    def effect() -> dict[str, Any]:
        if reply is None:
            raise ValueError("the rule asks for a reply")
        closure = closures.written(
            item,
            result_text,
            viewer.person_id,
            reply_form=reply.form,
            replied_by_id=reply.person_id,
            handed_in_at=reply.at,
        )
        said = {"person_id": reply.person_id, "at": reply.at.isoformat(), "form": reply.form}
        return {"reply": said} | closures.facts_of(closure)

    workflow.perform(
        viewer,
        "close_simple",
        item,
        intent,
        values={
            "result_text": result_text,
            "reply": reply,
            "declared": declared,
        },
        effect=effect,
    )
    db.session.commit()
