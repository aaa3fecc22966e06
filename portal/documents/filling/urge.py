"""Filling annex 2 (SPEC §5.3): the notice as it stands, boxes that are not signed yet empty."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.documents.filling.parts import control_code, head_of, one, several
from portal.documents.sheets import Receipt, SignatureBox, UrgeSheet
from portal.documents.sorts.urges import notice_of
from portal.extensions import db
from portal.filters import full_time
from portal.models import Event, Item, ItemMember, Person, Unit, UrgeNotice
from portal.rulebook import urging
from portal.rulebook.delegating import entrusted_words
from portal.rulebook.scope import Viewer, visible

URGING_UNIT = "党政办公室"
NOTED, ISSUED = "已备案。", "已编号下达。"


def notice(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> UrgeSheet:
    """附件 2. NotFound if this person has no such notice."""
    found = notice_of(viewer, item, kind)
    issue = _issue_of(viewer, found)
    at = issue.at if issue else found.drafted_at
    number = urging.number_of_notice(found)
    lead = db.session.get_one(Unit, item.lead_unit_id)
    co_unit = None if found.unit_id == lead.id else db.session.get_one(Unit, found.unit_id)
    return UrgeSheet(
        college=college,
        number=str(number) if number else "",
        urging_unit=URGING_UNIT,
        subject=found.subject,
        title=item.title,
        lead_unit=lead.name,
        lead_head=head_of(lead.id, at),
        co_heads=(f"{head_of(co_unit.id, at)}（{co_unit.short_name}）",) if co_unit else (),
        co_handlers=_handlers(item, co_unit.id) if co_unit else (),
        sign=one(viewer, item, "urge", "sign_urge", found.id),
        review=one(viewer, item, "urge", "review_urge", found.id),
        approve=several(viewer, item, "urge", "approve_urge", found.id),
        requirement=urging.requirement_of(item, found),
        hr=_noted(found.hr_noted_by_id, found.hr_noted_at),
        discipline=_noted(found.discipline_noted_by_id, found.discipline_noted_at),
        office=_issued(issue),
        receipt=_receipt(found),
        control_code=control_code(item, as_of_id, kind),
    )


def _handlers(item: Item, unit_id: int) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(
            select(Person.name)
            .join(ItemMember, ItemMember.person_id == Person.id)
            .where(
                ItemMember.item_id == item.id,
                ItemMember.unit_id == unit_id,
                ItemMember.role == "co_handler",
            )
            .order_by(Person.sort_no)
        )
    )


def _noted(person_id: int | None, at: datetime | None) -> SignatureBox:
    if person_id is None or at is None:
        return SignatureBox()
    name = db.session.get_one(Person, person_id).name
    return SignatureBox(NOTED, name, shanghai_day(at))


def _issue_of(viewer: Viewer, found: UrgeNotice) -> Event | None:
    return db.session.scalars(
        visible(viewer, Event).where(
            Event.item_id == found.item_id,
            Event.act == "number_urge",
            Event.subject_id == found.id,
        )
    ).one_or_none()


def _issued(issue: Event | None) -> SignatureBox:
    if issue is None or issue.actor_id is None:
        return SignatureBox()
    return SignatureBox(ISSUED, db.session.get_one(Person, issue.actor_id).name, issue.day)


def _receipt(found: UrgeNotice) -> Receipt:
    if found.received_at is None:
        return Receipt()
    if found.deemed or found.received_by_id is None:
        who = "视同签收"
    else:
        who = db.session.get_one(Person, found.received_by_id).name
        who += entrusted_words(found.received_by_id, found.unit_id, found.received_at)
    unit = db.session.get_one(Unit, found.unit_id).name
    return Receipt(unit, who, full_time(found.received_at))
