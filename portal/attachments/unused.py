"""Stored bytes that no row needs any more are removed (decision 0061); what the schedule calls.

Bytes are needed by a sheet, by a 学期报告 or 通报, by a case, by the paper of a batch, by an item's
archive package, for a day by an export or the package of a year, by scans that are to be filed, by
an attachment that is there, by one that was taken away while somebody else may have relied on it,
and by a signature that shows them, withdrawn or not. The row of a removed attachment stays, with
its hash.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, or_, select, union

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    ArchivePackage,
    Attachment,
    Batch,
    BriefSheet,
    CaseBundle,
    CaseFile,
    Document,
    Event,
    LedgerExport,
    ScanFile,
    ScanSheet,
    SignaturePicture,
    SigningList,
    YearPackage,
)
from portal.rulebook.scope import everything

log = logging.getLogger(__name__)

GRACE = timedelta(days=1)
"""How long bytes stay after they were stored, and after their attachment was removed."""


def remove() -> None:
    """Remove what nobody needs; running it twice or from two workers changes nothing."""
    settings: Settings = current_app.extensions["portal.settings"]
    clock: Clock = current_app.extensions["portal.clock"]
    removed_before = clock.now() - GRACE
    count = 0
    with everything(because="清理不再需要的文件"):
        if not _knows_files():
            log.warning("no file is known to this database: nothing is removed from the store")
            return
        for digests in store.written_before(
            settings.files_dir, time.time() - GRACE.total_seconds()
        ):
            unused = digests - _needed(digests, removed_before)
            db.session.commit()
            for digest in sorted(unused):
                count += _remove(settings.files_dir, digest, removed_before)
    if count:
        log.info("%d unused files removed", count)


def _remove(folder: Path, digest: str, removed_before: datetime) -> bool:
    """Remove these bytes unless they are being stored, or were stored again since the look."""
    unused = store.alone_with(digest) and not _needed({digest}, removed_before)
    if unused:
        store.remove(folder, digest)
    db.session.commit()
    return unused


def _knows_files() -> bool:
    """Whether there is any row with a file. If there is none, the files are somebody else's: the
    database is new, not restored yet, or asked in a role that sees no row."""
    any_row = or_(exists(select(Attachment)), exists(select(Document)))
    return bool(db.session.scalar(select(any_row)))


def _needed(digests: Collection[str], removed_before: datetime) -> set[str]:
    """Those of the digests that a row needs."""
    attached = select(Attachment.sha256).where(
        Attachment.sha256.in_(digests),
        or_(
            Attachment.state == "kept",
            Attachment.removed_at > removed_before,
            _others_acted_meanwhile(),
        ),
    )
    made = select(Document.sha256).where(Document.sha256.in_(digests))
    # Real time, as the stored files' own: what one person asked for is kept for a day.
    exported, of_years = (
        select(table.sha256).where(
            table.sha256.in_(digests), table.made_at > datetime.now(UTC) - GRACE
        )
        for table in (LedgerExport, YearPackage)
    )
    packed = select(ArchivePackage.sha256).where(ArchivePackage.sha256.in_(digests))
    of_cases = select(CaseFile.sha256).where(CaseFile.sha256.in_(digests))
    bundles = select(CaseBundle.sha256).where(CaseBundle.sha256.in_(digests))
    papers = select(Batch.sha256).where(Batch.sha256.in_(digests))
    listed = select(SigningList.sha256).where(SigningList.sha256.in_(digests))
    briefs = select(BriefSheet.sha256).where(BriefSheet.sha256.in_(digests))
    # A picture in force, and one that a signature was made with: the sheet is printed again so.
    pictures = select(SignaturePicture.sha256).where(
        SignaturePicture.sha256.in_(digests),
        or_(SignaturePicture.ended_at.is_(None), SignaturePicture.ended_at > removed_before),
    )
    signed = select(ApprovalSlot.picture_sha256).where(ApprovalSlot.picture_sha256.in_(digests))
    # One that was withdrawn or returned has left its box; its sealed event names it still.
    drawing = Event.facts["picture"].astext
    drawn = select(drawing).where(drawing.in_(digests))
    scanned = select(ScanFile.sha256).where(ScanFile.sha256.in_(digests))
    sheets = select(ScanSheet.sha256).where(ScanSheet.sha256.in_(digests))
    pages = select(func.unnest(ScanSheet.pictures).label("sha256")).subquery()
    shown = select(pages.c.sha256).where(pages.c.sha256.in_(digests))
    kept = (
        *(attached, made, exported, of_years, packed, papers, listed, pictures, signed, drawn),
        *(scanned, sheets, shown, briefs, of_cases, bundles),
    )
    return set(db.session.scalars(union(*kept)))


def _others_acted_meanwhile() -> ColumnElement[bool]:
    """Whether somebody else did something on the item while the attachment was there."""
    return exists().where(
        Event.item_id == Attachment.item_id,
        Event.at.between(Attachment.uploaded_at, Attachment.removed_at),
        Event.actor_id.not_in((Attachment.uploaded_by_id, Attachment.removed_by_id)),
    )
