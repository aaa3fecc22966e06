"""Which 电话督办记录 an item has (第十五条): one of each call or message.

A record is everybody's who knows of the item ([0094]), so its sheet is nobody's part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func, or_

from portal.documents.sorts.numbered import kind_of, nth, number_of, row_of
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, PhoneRecord
from portal.rulebook.offers import acts_on
from portal.rulebook.scope import Viewer, visible

PHONE: Final = "phone"
TABLE: Final = PhoneRecord.__tablename__
LABELS: Final = {"supervise": "电话督办记录", "urge": "电话催办记录"}


def concerns(kind: str) -> bool:
    """Whether it is one: `phone-<n>`."""
    return number_of(kind, PHONE) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    found = {kind: number_of(kind, PHONE) for kind in kinds}
    label = LABELS["supervise"]
    return {kind: nth(label, number) for kind, number in found.items() if number is not None}


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The item's records in the order they were written down, by which they are counted."""
    rows = _records(viewer, item)
    acts = _last_acts(viewer, item, [row.id for row in rows])
    return {
        kind_of(PHONE, number): Listed(nth(LABELS[row.purpose], number), acts[row.id])
        for number, row in enumerate(rows, 1)
        if row.id in acts
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How one of them stands. NotFound as `record_of`."""
    record = record_of(viewer, item, kind)
    last = _last_acts(viewer, item, [record.id]).get(record.id)
    if last is None:  # a row that no act wrote: there is nothing it stands as of
        raise NotFound
    return Standing(last)


def record_of(viewer: Viewer, item: Item, kind: str) -> PhoneRecord:
    """The record that the kind prints. NotFound: there is none of that number."""
    return row_of(_records(viewer, item), kind, PHONE)


def _records(viewer: Viewer, item: Item) -> Sequence[PhoneRecord]:
    return db.session.scalars(
        visible(viewer, PhoneRecord).where(PhoneRecord.item_id == item.id).order_by(PhoneRecord.id)
    ).all()


def _last_acts(viewer: Viewer, item: Item, records: Sequence[int]) -> dict[int, int]:
    """By record the last event that changes what is printed: it was written down, and the item got
    its number, which of 先交办后补签 may come later."""
    if not records:
        return {}
    own = (Event.subject == TABLE) & Event.subject_id.in_(records)
    rows = db.session.execute(
        visible(viewer, Event)
        .where(Event.item_id == item.id, or_(own, Event.act.in_(acts_on("filing"))))
        .with_only_columns(Event.subject, Event.subject_id, func.max(Event.id))
        .group_by(Event.subject, Event.subject_id)
    ).all()
    common = max((last for subject, _id, last in rows if subject != TABLE), default=0)
    return {id_: max(common, last) for subject, id_, last in rows if subject == TABLE and id_}
