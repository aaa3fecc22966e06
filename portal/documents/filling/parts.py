"""What several sheets print: heads of units, signatures, the number outside the frame."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select

from portal import store
from portal.clock import shanghai_day
from portal.config import Settings
from portal.documents.control import number_of
from portal.documents.sheets import SignatureBox
from portal.extensions import db
from portal.models import (
    Appointment,
    Approval,
    ApprovalSlot,
    Change,
    Delegation,
    Document,
    Event,
    Item,
    Opinion,
    Person,
    Unit,
)
from portal.rulebook import changing
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.roles import Role, in_force
from portal.rulebook.scope import Viewer, visible

log = logging.getLogger(__name__)

ACTING = "（主持工作）"
HELD = ("lead_unit_id", "level", "responsible_leader_id")
"""What a change may change of what its sheet names above."""


def control_code(item: Item, as_of_id: int, kind: str) -> str:
    """核验码 of the sheet as of this event; empty for one that is filled without being stored."""
    public_id = db.session.scalar(
        select(Document.public_id).where(
            Document.item_id == item.id, Document.kind == kind, Document.as_of_id == as_of_id
        )
    )
    return number_of(public_id) if public_id is not None else ""


def voided(viewer: Viewer, item: Item) -> str:
    """「（本事项已于2026年11月9日作废）」 below the frame; empty for an item that is not void."""
    if item.state != "void":
        return ""
    day = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.item_to == "void")
        .with_only_columns(func.max(Event.day))
    )
    return f"（本事项已于{long_date(day)}作废）" if day else "（本事项已作废）"


def head_of(unit_id: int, at: datetime) -> str:
    """Who was in charge of the unit at that instant: its head; whoever the head left the work to,
    or 主持工作 without a head, as 「王尔基（主持工作）」 (SPEC §1.5). Empty if nobody was."""
    found = db.session.execute(
        select(Appointment.person_id, Appointment.role, Person.name)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.unit_id == unit_id,
            or_(Appointment.role == Role.UNIT_HEAD.value, Appointment.acting_head),
            in_force(Appointment, shanghai_day(at)),
        )
        .order_by(Appointment.role != Role.UNIT_HEAD.value, Person.sort_no)
        .limit(1)
    ).one_or_none()
    if found is None:
        return ""
    if found.role != Role.UNIT_HEAD.value:
        return f"{found.name}{ACTING}"
    stand_in = _left_to(found.person_id, at)
    return f"{stand_in}{ACTING}" if stand_in else str(found.name)


def with_unit(person_id: int, day: date) -> str:
    """「邓涛（保卫处）」, of a school leader 「坤清祥（副院长）」, as of that day."""
    person = db.session.get_one(Person, person_id)
    held = db.session.execute(
        select(Appointment.post, Unit.short_name)
        .outerjoin(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id == person_id, in_force(Appointment, day))
        .order_by(Appointment.is_primary.desc(), Appointment.id)
        .limit(1)
    ).one_or_none()
    if held is None:
        return person.name
    said = held.short_name if person.rank_no is None else held.post
    return f"{person.name}（{said or held.post}）"


def as_before(viewer: Viewer, item: Item, change: Change) -> dict[str, Any]:
    """Unit, level and leader of the item before this change was agreed to, whatever came after."""
    held = changing.present(item, HELD)
    since = db.session.scalars(
        visible(viewer, Change)
        .where(
            Change.item_id == item.id,
            Change.id >= change.id,
            Change.state == "agreed",
            Change.kind.in_(("reassign", "adjust")),
        )
        .order_by(Change.id.desc())  # one at a time is open: they were agreed to in this order
    )
    for one_of_them in since:
        held |= {name: was for name, was in one_of_them.before.items() if name in held}
    return held


def _left_to(head_id: int, at: datetime) -> str:
    """To whom the head had left the unit's work then; empty: to nobody."""
    name = db.session.scalars(
        select(Person.name)
        .join(Delegation, Delegation.to_id == Person.id)
        .where(
            Delegation.from_id == head_id,
            Delegation.kind == "主持工作",
            Delegation.starts_at <= at,
            Delegation.ends_at > at,
            or_(Delegation.revoked_at.is_(None), Delegation.revoked_at > at),
        )
        .order_by(Delegation.id)
        .limit(1)
    ).one_or_none()
    return name or ""


def _slots(
    viewer: Viewer, item: Item, chain: str, step: str, subject_id: int | None = None
) -> Sequence[ApprovalSlot]:
    """The boxes of a step in the latest run of the chain, over the item or one row of it.

    A run that was returned or withdrawn signed another text than the form now holds: none.
    """
    latest = (
        select(Approval.id)
        .where(
            Approval.item_id == item.id,
            Approval.chain == chain,
            Approval.subject_id.is_not_distinct_from(subject_id),
        )
        .order_by(Approval.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    stands = select(Approval.id).where(
        Approval.id == latest, Approval.state.not_in(("returned", "withdrawn"))
    )
    return db.session.scalars(
        visible(viewer, ApprovalSlot)
        .where(ApprovalSlot.approval_id.in_(stands), ApprovalSlot.step == step)
        .order_by(ApprovalSlot.id)
    ).all()


def several(
    viewer: Viewer, item: Item, chain: str, step: str, subject_id: int | None = None
) -> tuple[SignatureBox, ...]:
    """The signatures of a step that several sign, empty boxes included."""
    slots = _slots(viewer, item, chain, step, subject_id)
    return tuple(_box(viewer, slot) for slot in slots)


def one(
    viewer: Viewer, item: Item, chain: str, step: str, subject_id: int | None = None
) -> SignatureBox:
    """The signature of a step that one person signs."""
    boxes = several(viewer, item, chain, step, subject_id)
    return boxes[0] if boxes else SignatureBox()


def _box(viewer: Viewer, slot: ApprovalSlot) -> SignatureBox:
    if slot.person_id is None or slot.decided_at is None:
        return SignatureBox()
    words = db.session.scalars(
        visible(viewer, Opinion).where(Opinion.id == slot.opinion_id)
    ).one_or_none()
    note = ""
    if slot.on_behalf_of_id is not None:
        giver = db.session.get_one(Person, slot.on_behalf_of_id)
        note = in_the_name_of(slot.role, giver.name)
    if slot.via == "paper":
        note += "（纸质签批，扫描件附后）"
    return SignatureBox(
        opinion=words.body if words else "同意。",
        name=db.session.get_one(Person, slot.person_id).name,
        date=slot.paper_on or shanghai_day(slot.decided_at),
        note=note,
        picture=_picture(slot),
    )


def _picture(slot: ApprovalSlot) -> bytes:
    """The picture that the box was signed with, as it was then. Empty without one; and where the
    store has lost it or holds something else: then the typed name is printed."""
    if slot.picture_sha256 is None:
        return b""
    settings: Settings = current_app.extensions["portal.settings"]
    try:
        found = store.path_of(settings.files_dir, slot.picture_sha256).read_bytes()
    except (OSError, ValueError):
        found = b""
    if hashlib.sha256(found).hexdigest() != slot.picture_sha256:
        log.error("the picture of a signature is lost or damaged: box %d", slot.id)
        return b""
    return found
