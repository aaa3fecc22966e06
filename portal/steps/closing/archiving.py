"""双备案 and 归档: each side signs for its copy of the archive package (第十六条（七）); each one
transaction. What is signed for is kept with the record and stands in the event, by its SHA-256."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import ArchivePackage, ArchiveRecord, Item
from portal.queue import enqueue_rule
from portal.rulebook import packages, workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


def set_keeping(
    viewer: Viewer, item: Item, intent: Intent, *, location: str, retention: str | None = None
) -> None:
    """SPEC §2.11: where the paper originals of 党政办 lie and, chosen by 档案员, 保管期限 of both
    copies. Both stand in the package: a new version of it, for both sides to sign for."""
    records = records_of(item)  # none before 销号, when the act is refused
    changed = any(
        (record.keeper == "office" and record.location != location)
        or retention not in (None, record.retention)
        for record in records
    )

    def effect() -> dict[str, Any]:
        for record in records:
            record.retention = retention or record.retention
            if record.keeper == "office":
                record.location = location
        return {"retention": retention} if retention else {}

    workflow.perform(
        viewer,
        "set_keeping",
        item,
        intent,
        values={"retention": retention, "changed": changed},
        effect=effect,
    )
    db.session.commit()
    enqueue_rule("prepare_packages")  # both sides wait for the new version


def keep_copy(
    viewer: Viewer,
    item: Item,
    record: ArchiveRecord,
    intent: Intent,
    *,
    location: str = "",
    package: uuid.UUID | None = None,
    act: str = "keep_copy",
) -> None:
    """第十六条（七）: the lead unit signs for its copy of the package it was shown (None: was not
    shown one), its own paper originals at `location`; 党政办 does for a unit that has ended
    (keep_ended_copy)."""

    def effect() -> dict[str, Any]:
        record.location = location
        return _sign(viewer, item, record)

    values = {"package": package}
    workflow.perform(viewer, act, item, intent, subject=record, values=values, effect=effect)
    db.session.commit()


def archive(
    viewer: Viewer, item: Item, intent: Intent, *, package: uuid.UUID | None = None
) -> None:
    """第十六条（七）: 归档; 党政办 signs for its copy of what the unit has signed for."""

    def effect() -> dict[str, Any]:
        item.archived_on = viewer.moment.day
        return _sign(viewer, item, records_of(item)[0])

    workflow.perform(viewer, "archive", item, intent, values={"package": package}, effect=effect)
    db.session.commit()


def renew_copy(
    viewer: Viewer,
    item: Item,
    record: ArchiveRecord,
    intent: Intent,
    *,
    package: uuid.UUID | None = None,
) -> None:
    """党政办 signs for its copy anew: the package was changed after 归档."""
    workflow.perform(
        viewer,
        "renew_copy",
        item,
        intent,
        subject=record,
        values={"package": package},
        effect=lambda: _sign(viewer, item, record),
    )
    db.session.commit()


def records_of(item: Item) -> Sequence[ArchiveRecord]:
    """Both copies that count now: 党政办's, then the lead unit's; none before 销号."""
    return db.session.scalars(
        select(ArchiveRecord)
        .where(ArchiveRecord.item_id == item.id, ArchiveRecord.superseded_at.is_(None))
        .order_by(ArchiveRecord.keeper)
    ).all()


def _sign(viewer: Viewer, item: Item, record: ArchiveRecord) -> dict[str, Any]:
    found = packages.standing(item)
    if found is None:
        raise ValueError("signed for without a package: the act's conditions see to it")
    record.custodian_id, record.kept_on = viewer.person_id, viewer.moment.day
    record.package_id = found.id
    return _facts(found)


def _facts(package: ArchivePackage) -> dict[str, Any]:
    return {"package": package.version, "sha256": package.sha256}
