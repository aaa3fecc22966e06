"""The batches and sheets of whoever took them in."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func

from portal.attachments.checking import Sound
from portal.attachments.kinds import KINDS
from portal.errors import NotFound
from portal.extensions import db
from portal.models import ScanBatch, ScanFile, ScanSheet
from portal.rulebook.scope import Viewer, visible
from portal.store import path_of

MOST = 30
"""Batches that the room lists."""


class BatchLine(NamedTuple):
    """A batch as the room lists it: its first file, how many files, how many sheets wait."""

    batch: ScanBatch
    name: str
    files: int
    waiting: int


def batches(viewer: Viewer) -> list[BatchLine]:
    """This person's own, newest first."""
    rows = db.session.scalars(
        visible(viewer, ScanBatch).order_by(ScanBatch.id.desc()).limit(MOST)
    ).all()
    ids = [row.id for row in rows]
    names = {
        batch_id: (name, count)
        for batch_id, name, count in db.session.execute(
            visible(viewer, ScanFile)
            .where(ScanFile.batch_id.in_(ids))
            .group_by(ScanFile.batch_id)
            .with_only_columns(ScanFile.batch_id, func.min(ScanFile.name), func.count())
        )
    }
    waiting = visible(viewer, ScanSheet).where(
        ScanSheet.batch_id.in_(ids), ScanSheet.entered_at.is_(None), ScanSheet.aside_at.is_(None)
    )
    left = Counter(db.session.scalars(waiting.with_only_columns(ScanSheet.batch_id)))
    return [BatchLine(row, *names[row.id], left[row.id]) for row in rows]


def batch_of(viewer: Viewer, public_id: uuid.UUID) -> ScanBatch:
    """NotFound: there is none, or it is somebody else's."""
    found = db.session.scalars(
        visible(viewer, ScanBatch).where(ScanBatch.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def sheets_of(viewer: Viewer, batch: ScanBatch) -> list[ScanSheet]:
    """In the order of the scan."""
    found = visible(viewer, ScanSheet).where(ScanSheet.batch_id == batch.id)
    return list(db.session.scalars(found.order_by(ScanSheet.position)))


def sheet_of(viewer: Viewer, public_id: uuid.UUID) -> ScanSheet:
    """NotFound: there is none, or it is somebody else's."""
    found = db.session.scalars(
        visible(viewer, ScanSheet).where(ScanSheet.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def file_of(folder: Path, sheet: ScanSheet, name: str) -> Sound:
    """The sheet as a file that may be kept; its marks were looked for when it came in."""
    kind = KINDS[sheet.kind]
    return Sound(f"{name}.{kind.extensions[0]}", kind, path_of(folder, sheet.sha256).open("rb"))
