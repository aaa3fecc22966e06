"""定为敏感, 取消敏感, 增加知悉人, 移出知悉范围; each one transaction."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Item, NeedToKnow
from portal.rulebook import knowledge, notices, workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def mark(viewer: Viewer, item: Item, intent: Intent) -> None:
    """定为敏感, at once: from now on only those know of it whom the rule-book needs there."""

    def effect() -> dict[str, Any]:
        item.classification = "sensitive"
        return notices.newly_listed(viewer, item)

    workflow.perform(viewer, "mark_sensitive", item, intent, effect=effect)
    db.session.commit()


def lift(viewer: Viewer, item: Item, intent: Intent) -> None:
    """取消敏感: 内部 again; the list is kept as history."""

    def effect() -> dict[str, Any]:
        former = sorted(knowledge.listed(item))
        item.classification = "internal"
        knowledge.end_all(item, viewer.moment)
        return {"unlisted": former}

    workflow.perform(viewer, "lift_sensitive", item, intent, effect=effect)
    db.session.commit()


def grant(
    viewer: Viewer, item: Item, intent: Intent, person_id: int | None, unit_id: int | None
) -> None:
    """增加知悉人: one person, of everything or of one co-unit's part; the reason is the opinion."""

    def effect() -> dict[str, Any]:
        if person_id is None:
            raise ValueError("the guard asks for a person")
        knowledge.add(item, {person_id: (intent.opinion, unit_id)}, viewer.moment, viewer.person_id)
        return {"listed": [person_id], "unit_id": unit_id}

    workflow.perform(
        viewer,
        "grant_knowledge",
        item,
        intent,
        values={"person_id": person_id, "unit_id": unit_id},
        effect=effect,
    )
    db.session.commit()


def end(viewer: Viewer, item: Item, entry: NeedToKnow, intent: Intent) -> None:
    """移出知悉范围, at once."""

    def effect() -> dict[str, Any]:
        knowledge.remove(entry, viewer.moment, viewer.person_id)
        return {"unlisted": [entry.person_id]}

    workflow.perform(viewer, "end_knowledge", item, intent, subject=entry, effect=effect)
    db.session.commit()
