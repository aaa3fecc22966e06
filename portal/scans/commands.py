"""Taking scans in, and what is done with a sheet besides filing it; each one transaction."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, select

from portal import store, turns
from portal.attachments.checking import Sound
from portal.config import Settings
from portal.extensions import db
from portal.models import ScanBatch, ScanFile, ScanSheet
from portal.queued_work import now
from portal.rulebook import policy
from portal.rulebook.scope import Viewer, everything, visible
from portal.scans.reading import BATCHES

log = logging.getLogger(__name__)


def take_in(viewer: Viewer, files: Sequence[Sound], key: uuid.UUID) -> ScanBatch:
    """Keep the files for this person and have them read. The same form twice is one batch."""
    turns.once(key)
    earlier = db.session.scalars(
        visible(viewer, ScanBatch).where(ScanBatch.key == key)
    ).one_or_none()
    if earlier is not None:
        return earlier
    settings: Settings = current_app.extensions["portal.settings"]
    own = [-(viewer.person_id or 0)]
    batch = ScanBatch(
        key=key,
        asked_by_id=viewer.person_id,
        asked_at=now(),  # real time, as the sweep counts
        readers=own,
    )
    db.session.add(batch)
    db.session.flush()
    for position, file in enumerate(files, 1):
        digest, size = store.put_stream(settings.files_dir, file.stream)
        db.session.add(
            ScanFile(
                batch_id=batch.id,
                position=position,
                name=file.name,
                kind=file.kind.name,
                size=size,
                sha256=digest,
                readers=own,
            )
        )
    batch_id = batch.id
    db.session.commit()
    BATCHES.ask(batch_id)
    return db.session.scalars(visible(viewer, ScanBatch).where(ScanBatch.id == batch_id)).one()


def say_number(viewer: Viewer, sheet: ScanSheet, found_id: uuid.UUID) -> None:
    """核验码 typed by hand, where none was read or another one is right."""
    held = hold(viewer, sheet)
    if held is not None:
        held.found_id, held.typed = found_id, True
    db.session.commit()


def set_aside(viewer: Viewer, sheet: ScanSheet, *, aside: bool) -> None:
    """不归件, or taken up again. What is filed stays filed."""
    row = db.session.get_one(ScanSheet, sheet.id, with_for_update=True, populate_existing=True)
    if row.entered_at is None:
        row.aside_at = viewer.moment.instant if aside else None
    db.session.commit()


def note_entered(viewer: Viewer, sheet: ScanSheet) -> None:
    """The sheet is filed by the page of its list, in the transaction of the caller."""
    held = hold(viewer, sheet)
    if held is not None:
        held.entered_at = viewer.moment.instant


def hold(viewer: Viewer, sheet: ScanSheet) -> ScanSheet | None:
    """The sheet for this transaction alone; None if it was filed or set aside meanwhile."""
    row = db.session.scalars(
        visible(viewer, ScanSheet)
        .where(ScanSheet.id == sheet.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return row if row.entered_at is None and row.aside_at is None else None


def tidy() -> None:
    """Throw away what came in longer ago than scans are kept; the filed ones are attachments of
    their items by then, with rows of their own."""
    before = now() - timedelta(days=policy.CURRENT.limit("scans_kept"))
    with everything(because="清理过期的扫描件"):
        old = select(ScanBatch.id).where(ScanBatch.asked_at < before)
        gone = db.session.scalars(
            delete(ScanBatch).where(ScanBatch.id.in_(old)).returning(ScanBatch.id)
        ).all()
        db.session.commit()
    if gone:
        log.info("%d batches of scans thrown away", len(gone))
