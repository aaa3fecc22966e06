"""登记电话督办: a call or a message about an item, and the report that was promised in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.extensions import db
from portal.models import Item, PhoneRecord
from portal.rulebook import stored_lights, workflow
from portal.rulebook.guards import Call
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

ACT = "phone_record"


def record(viewer: Viewer, item: Item, call: Call, intent: Intent, *, declared: bool) -> None:
    """Write the record; a written report promised with its day becomes an instalment of the plan.

    What was said is also the opinion of the act's event, so that 办理过程 tells it word for word
    and the log proves it. One transaction.
    """
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, (ACT,), item):
        return
    if viewer.person_id is None:
        raise ValueError("a person writes down a call")
    values = call._asdict()
    noted = PhoneRecord(
        item_id=item.id,
        state="noted",
        recorded_by_id=viewer.person_id,
        recorded_at=viewer.moment.instant,
        **values,
    )

    def effect() -> dict[str, Any]:
        if call.promised_on is not None:
            noted.point_id = stored_lights.promise(item, call.promised_on).id
        return {
            "call": {
                "caller_id": call.caller_id,
                "callee_id": call.callee_id,
                "at": call.called_at.isoformat(),
                "channel": call.channel,
                "purpose": call.purpose,
            },
            "report_promised": call.promised_on.isoformat() if call.promised_on else None,
        }

    # Checked before the row is written: the table itself refuses an answer without its form.
    call.check()
    db.session.add(noted)
    workflow.perform(
        viewer,
        ACT,
        item,
        replace(intent, opinion=call.words),
        subject=noted,
        values={"call": call, "declared": declared},
        effect=effect,
    )
    db.session.commit()
