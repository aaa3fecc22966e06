"""双备案 on an item's page: who keeps what, where and how long, and by when it is to be done
(第十六条（七）)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.item.people import Named, named
from portal.models import ArchiveRecord, Item, Unit
from portal.rulebook import policy
from portal.rulebook.archiving import archive_due
from portal.rulebook.scope import Viewer, visible

OFFICE = "党政办公室"


class Copy(NamedTuple):
    """One copy: its keeper in words; the custodian's name and the day are empty until kept."""

    keeper: str
    custodian: str
    kept_on: date | None
    location: str


class Archive(NamedTuple):
    """Both copies of an item that was closed; `due` is the last day for 归档."""

    archive_no: str
    retention: str
    copies: list[Copy]
    due: date | None
    overdue: bool


def archive_of(viewer: Viewer, item: Item) -> Archive | None:
    """What the card 「归档」 shows; None before 销号."""
    records = db.session.scalars(
        visible(viewer, ArchiveRecord)
        .where(ArchiveRecord.item_id == item.id, ArchiveRecord.superseded_at.is_(None))
        .order_by(ArchiveRecord.keeper)  # office, unit
    ).all()
    if not records or item.closed_on is None:
        return None
    today = viewer.moment.day
    due = archive_due(item.closed_on, policy.of(item.policy_version))
    open_ = item.archived_on is None
    names = named([record.custodian_id for record in records], today)
    unit = db.session.get_one(Unit, item.lead_unit_id)
    keepers = {"office": OFFICE, "unit": unit.name}
    return Archive(
        archive_no=records[0].archive_no,
        retention=records[0].retention,
        copies=[_copy(record, keepers[record.keeper], names) for record in records],
        due=due if open_ else None,
        overdue=open_ and today > due,
    )


def _copy(record: ArchiveRecord, keeper: str, names: dict[int, Named]) -> Copy:
    who = names[record.custodian_id].name if record.custodian_id is not None else ""
    return Copy(keeper, who, record.kept_on, record.location)
