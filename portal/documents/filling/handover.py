"""Filling 督办事项交接单 (第八条, SPEC §1.6): one item's line with its three signatures."""

from __future__ import annotations

from datetime import datetime

from portal.clock import shanghai_day
from portal.documents.field_sheets import HandedOver, HandoverSheet
from portal.documents.filling.parts import control_code, with_unit
from portal.documents.sheets import SignatureBox
from portal.documents.sorts.handovers import line_of
from portal.extensions import db
from portal.filters import full_time
from portal.models import Event, Handover, Item, Opinion, Person, Unit
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.item_texts import limit_text, number_of
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer, visible

FORCED = "force_handover"


def sheet(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> HandoverSheet:
    """The sheet of one line. NotFound if the item has none of that number."""
    line = line_of(viewer, item, kind)
    begun, last = shanghai_day(line.begun_at), _last(viewer, line)
    number = number_of(item)
    said = HandedOver(
        number=str(number) if number else "",
        title=item.title,
        progress=line.progress,
        open_matters=line.open_matters,
        materials=line.materials,
        due=limit_text(item),
    )
    return HandoverSheet(
        college=college,
        number="",
        title=line.reason,
        unit=db.session.get_one(Unit, line.unit_id).name,
        effective=full_time(line.effective_at) if line.effective_at else "",
        giver=with_unit(line.from_id, begun),
        taker=with_unit(line.to_id, begun),
        supervisor=_supervisor(line, last),
        items=(said,),
        given=_signed(line.from_id, line.given_at),
        taken=_signed(line.to_id, line.taken_at),
        supervised=_supervised(line, last),
        forced=_words(viewer, last) if last is not None and last.act == FORCED else "",
        silent=_silent(line),
        control_code=control_code(item, as_of_id, kind),
    )


def _last(viewer: Viewer, line: Handover) -> Event | None:
    """The act that made it effective; None: none has."""
    if line.effective_at is None:
        return None
    return db.session.scalars(
        visible(viewer, Event)
        .where(
            Event.item_id == line.item_id,
            Event.subject == Handover.__tablename__,
            Event.subject_id == line.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()


def _supervisor(line: Handover, last: Event | None) -> str:
    """Who saw to it; before, whose office it is."""
    if line.supervised_by_id is None or line.effective_at is None:
        return LABELS[Role(line.supervisor)]
    return with_unit(line.supervised_by_id, shanghai_day(line.effective_at)) + _for_whom(last)


def _for_whom(last: Event | None) -> str:
    if last is None or last.on_behalf_of_id is None:
        return ""
    giver = db.session.get_one(Person, last.on_behalf_of_id)
    return in_the_name_of(last.acting_as, giver.name)


def _signed(person_id: int, at: datetime | None) -> SignatureBox:
    if at is None:
        return SignatureBox()
    return SignatureBox("", db.session.get_one(Person, person_id).name, shanghai_day(at))


def _supervised(line: Handover, last: Event | None) -> SignatureBox:
    if line.supervised_by_id is None or line.effective_at is None:
        return SignatureBox()
    name = db.session.get_one(Person, line.supervised_by_id).name
    return SignatureBox("", name, shanghai_day(line.effective_at), _for_whom(last))


def _silent(line: Handover) -> str:
    """Whose turn it was when it was forced."""
    if line.given_at is None:
        return "移交人"
    return "接手人" if line.taken_at is None else "监交人"


def _words(viewer: Viewer, event: Event) -> str:
    body = db.session.scalars(
        visible(viewer, Opinion).where(Opinion.id == event.opinion_id)
    ).one_or_none()
    return body.body if body else ""
