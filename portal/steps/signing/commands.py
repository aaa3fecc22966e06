"""Signing the open box of an approval; one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    Change,
    Extension,
    Inspection,
    Item,
    ItemUnit,
    UrgeNotice,
)
from portal.rulebook import offers, reporting, workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

AGREED = "同意。"


def sign(viewer: Viewer, item: Item, act: str, intent: Intent) -> None:
    """Agree in the box that `act` signs; an empty opinion is 「同意。」 (SPEC §2.3)."""
    workflow.perform(viewer, act, item, replace(intent, opinion=intent.opinion or AGREED))
    if act == "confirm_close":
        # 「本次反馈即申请办结」: one click sends the last report on as well.
        for report in reporting.waiting_for_head(item):
            reporting.confirm(viewer, item, report, intent.also(f"report/{report.id}"))
    if act == "check_close":
        # Who checks what was handed in has read the report that came with it.
        for report in reporting.unread(item):
            if offers.is_offered(viewer, "read_feedback", item, report):
                read = intent.also(f"read/{report.id}")
                workflow.perform(viewer, "read_feedback", item, read, subject=report)
    db.session.commit()


def countersign(viewer: Viewer, item: Item, share: ItemUnit, intent: Intent) -> None:
    """第十二条: the leader in charge of a co-unit agrees too; nothing waits for it (SPEC §1.4)."""
    intent = replace(intent, opinion=intent.opinion or AGREED)
    workflow.perform(viewer, "countersign", item, intent, subject=share)
    db.session.commit()


def take_back(viewer: Viewer, item: Item, slot: ApprovalSlot, intent: Intent) -> None:
    """撤回 of one's own signature, until the next person has acted (SPEC §2.3)."""
    workflow.perform(viewer, "take_back", item, intent, subject=slot)
    db.session.commit()


def send_back(
    viewer: Viewer, item: Item, intent: Intent, *, to_previous: bool, straight_back: bool = False
) -> None:
    """退回修改, to the drafter or to the step before; the reason is the opinion. With
    `straight_back` a form changed in its wording only comes straight back (SPEC §2.3)."""
    values = {"to_previous": to_previous, "straight_back": straight_back}
    workflow.perform(viewer, "return", item, intent, values=values)
    db.session.commit()


TRANSFERS: Final = {
    None: "transfer",
    UrgeNotice: "transfer_urge",
    Extension: "transfer_extension",
    Change: "transfer_change",
    Inspection: "transfer_inspection",
}
"""转授权人 of what the item itself waits for, and of what waits beside it."""


def transfer(viewer: Viewer, item: Item, intent: Intent, to_id: int, part: Any = None) -> None:
    """转授权人: asks a delegate by name to sign for this person, in the approval of the item or of
    this part; the box stays both's, and whoever acts first has acted (SPEC §1.5, §2.3)."""
    workflow.perform(
        viewer,
        TRANSFERS[None if part is None else type(part)],
        item,
        intent,
        subject=part,
        values={"to_id": to_id},
        effect=lambda: {"transferred_to": to_id},
    )
    db.session.commit()


def reject(viewer: Viewer, item: Item, intent: Intent) -> None:
    """第十二条: 不予立项; one refusal of two principals is enough, both opinions stay."""
    workflow.perform(viewer, "reject", item, intent)
    db.session.commit()
