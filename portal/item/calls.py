"""电话（短信）记录 as the item's page shows them (第十五条, SPEC §2.13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from portal.extensions import db
from portal.item.people import named
from portal.models import Item, PhoneRecord
from portal.rulebook.guards import CALL_CHANNELS, PURPOSES, REPLIES
from portal.rulebook.scope import Viewer, visible


class Record(NamedTuple):
    """One record, ready to be read: 「电话督办」, 「电话」, both persons, the texts that there are
    by label, the day of the written report that was promised; `told`: who is named in it and did
    not write it down."""

    purpose: str
    channel: str
    at: datetime
    caller: str
    callee: str
    texts: tuple[tuple[str, str], ...]
    deadline: date | None
    reply_form: str
    replied_at: datetime | None
    promised_on: date | None
    recorder: str
    told: tuple[str, ...]


def calls_of(viewer: Viewer, item: Item) -> list[Record]:
    """The item's records as far as this viewer may know of them, newest first."""
    rows = db.session.scalars(
        visible(viewer, PhoneRecord)
        .where(PhoneRecord.item_id == item.id)
        .order_by(PhoneRecord.called_at.desc(), PhoneRecord.id.desc())
    ).all()
    people = {id_ for row in rows for id_ in (row.caller_id, row.callee_id, row.recorded_by_id)}
    names = named(people, viewer.moment.day)
    return [
        Record(
            PURPOSES[row.purpose],
            CALL_CHANNELS[row.channel],
            row.called_at,
            names[row.caller_id].name,
            names[row.callee_id].name,
            _texts(row),
            row.deadline,
            REPLIES[row.reply_form] if row.reply_form else "",
            row.replied_at,
            row.promised_on,
            names[row.recorded_by_id].name,
            tuple(
                names[id_].name
                for id_ in (row.caller_id, row.callee_id)
                if id_ != row.recorded_by_id
            ),
        )
        for row in rows
    ]


def _texts(row: PhoneRecord) -> tuple[tuple[str, str], ...]:
    pairs = (("通话内容", row.content), ("办理要求", row.requirement), ("答复情况", row.reply))
    return tuple((label, text) for label, text in pairs if text)
