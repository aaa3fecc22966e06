"""承办异议 (SPEC §2.5): a unit says the matter is not its own, 党政办主任 rules on it."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Item, ItemUnit, Objection
from portal.rulebook import receipts, workflow, working_calendar
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def raise_objection(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, proposed_unit_id: int | None
) -> None:
    """第八条: the reason is the opinion; another unit may be named."""

    def effect() -> dict[str, Any]:
        objection = Objection(
            item_id=item.id,
            unit_id=share.unit_id,
            proposed_unit_id=proposed_unit_id,
            state="raised",
            raised_by_id=viewer.person_id,
            raised_at=viewer.moment.instant,
        )
        db.session.add(objection)
        db.session.flush()
        return {"objection_id": objection.id}

    workflow.perform(viewer, "object", item, intent, subject=share, effect=effect)
    db.session.commit()


def answer(
    viewer: Viewer, item: Item, objection: Objection, intent: Intent, *, accepted: bool
) -> None:
    """采纳 leads to 调整承办单位, an act of its own; 不采纳 leaves the work where it is."""

    def effect() -> None:
        objection.answered_at = viewer.moment.instant

    act = "accept_objection" if accepted else "refuse_objection"
    workflow.perform(viewer, act, item, intent, subject=objection, effect=effect)
    db.session.commit()


def in_time(viewer: Viewer, item: Item) -> bool:
    """SPEC §2.5: whether 承办异议 may still be raised, by its day."""
    issued_on = item.issued_on
    if issued_on is None:
        return False
    return viewer.moment.day <= receipts.objection_until(issued_on, working_calendar.current())
