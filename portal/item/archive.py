"""双备案 on an item's page: who keeps what, where and how long, and by when it is to be done
(第十六条（七）)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from portal.documents.sorts import notices
from portal.extensions import db
from portal.item.people import Named, named
from portal.models import ArchivePackage, ArchiveRecord, Item, Unit
from portal.rulebook import packages, policy
from portal.rulebook.archiving import archive_due
from portal.rulebook.scope import Viewer, visible

OFFICE = "党政办公室"


class Copy(NamedTuple):
    """One copy: its keeper in words; the custodian's name and the day are empty until kept.
    `version` is the package signed for (None: kept before there were packages), `outdated` says
    that there is a later one."""

    keeper: str
    custodian: str
    kept_on: date | None
    location: str
    version: int | None
    outdated: bool


class Package(NamedTuple):
    """The item's last archive package; `outdated`: something was done on the item since."""

    version: int
    state: str
    done: int
    total: int
    files: int | None
    pages: int | None
    size: int | None
    sha256: str | None
    failure: str | None
    outdated: bool

    @property
    def in_work(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state in ("asked", "making")


class Archive(NamedTuple):
    """Both copies of an item that was closed; `due` is the last day for 归档. `may_have`: whether
    this person may have the package, `package` the last one of those there are."""

    archive_no: str
    retention: str
    copies: list[Copy]
    due: date | None
    overdue: bool
    may_have: bool
    package: Package | None


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
    made = db.session.scalars(
        visible(viewer, ArchivePackage)
        .where(ArchivePackage.item_id == item.id)
        .order_by(ArchivePackage.version)
    ).all()
    return Archive(
        archive_no=records[0].archive_no,
        retention=records[0].retention,
        copies=[_copy(record, keepers[record.keeper], names, made) for record in records],
        due=due if open_ else None,
        overdue=open_ and today > due,
        may_have=notices.part_of(viewer, item) is None,
        package=_package(item, made[-1]) if made else None,
    )


def _copy(
    record: ArchiveRecord, keeper: str, names: dict[int, Named], made: Sequence[ArchivePackage]
) -> Copy:
    who = names[record.custodian_id].name if record.custodian_id is not None else ""
    versions = {row.id: row.version for row in made}
    signed = versions.get(record.package_id) if record.package_id is not None else None
    last = max((row.version for row in made if row.state == "made"), default=0)
    outdated = record.kept_on is not None and (signed or 0) < last
    return Copy(keeper, who, record.kept_on, record.location, signed, outdated)


def _package(item: Item, row: ArchivePackage) -> Package:
    return Package(
        row.version,
        row.state,
        row.done,
        row.total,
        row.files,
        row.pages,
        row.size,
        row.sha256,
        row.failure,
        outdated=row.as_of_id != packages.state_of(item),
    )
