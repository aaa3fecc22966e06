"""Filling 电话督办记录 (第十五条, SPEC §2.13): the record as it was written down."""

from __future__ import annotations

from datetime import date, datetime

from portal.clock import shanghai_day
from portal.documents.filling.parts import control_code, with_unit
from portal.documents.sheets import SignatureBox
from portal.documents.sorts.calls import record_of
from portal.documents.work_sheets import PhoneSheet
from portal.extensions import db
from portal.filters import full_time
from portal.models import Item, Person
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer


def record(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> PhoneSheet:
    """The sheet of one record. NotFound if the item has none of that number."""
    row = record_of(viewer, item, kind)
    number = number_of(item)
    called_on = shanghai_day(row.called_at)
    recorder = db.session.get_one(Person, row.recorded_by_id).name
    return PhoneSheet(
        college=college,
        number=str(number) if number else "",
        title=item.title,
        purpose=row.purpose,
        channel=row.channel,
        at=full_time(row.called_at),
        caller=with_unit(row.caller_id, called_on),
        callee=with_unit(row.callee_id, called_on),
        content=row.content,
        requirement=row.requirement,
        deadline=_until(row.deadline),
        reply=row.reply,
        reply_form=row.reply_form or "",
        replied_at=_at(row.replied_at),
        promised=_until(row.promised_on),
        recorder=SignatureBox("", recorder, shanghai_day(row.recorded_at)),
        control_code=control_code(item, as_of_id, kind),
    )


def _until(day: date | None) -> str:
    return f"{long_date(day)}前" if day else ""


def _at(instant: datetime | None) -> str:
    return full_time(instant) if instant else ""
