"""What leaves the portal of a sensitive item: stamped PDFs, each kept by its hash (decision 0104).

The row is committed before the bytes leave: without it no download.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from portal.documents.stamping import NotStamped, stamp_own, stamp_uploaded
from portal.extensions import db
from portal.filters import full_time
from portal.models import Attachment, Document, Person, StampedCopy
from portal.rulebook.scope import Viewer

log = logging.getLogger(__name__)


def of_sheet(viewer: Viewer, sheet: Document, stored: Path) -> bytes:
    """The stored sheet, stamped for this person."""
    return _kept(viewer, sheet, stored.read_bytes(), stamp_own)


def of_upload(viewer: Viewer, file: Attachment, stored: Path) -> bytes | None:
    """The uploaded PDF, stamped for this person; None if it cannot be stamped: it is handed out as
    it is, and the log of views alone says to whom."""
    try:
        return _kept(viewer, file, stored.read_bytes(), stamp_uploaded)
    except NotStamped:
        log.warning("an attachment could not be stamped: attachment %s", file.id)
        return None


def _kept(
    viewer: Viewer, of: Document | Attachment, content: bytes, stamp: Callable[[bytes, str], bytes]
) -> bytes:
    person = db.session.get_one(Person, viewer.person_id)
    line = f"{person.name}　{person.emp_no}　{full_time(viewer.moment.instant)}"
    item_id, row_id = of.item_id, of.id
    stamped = stamp(content, line)
    # Anew: the page's one moment is over, and the database locks the item as it is now.
    db.session.rollback()
    db.session.add(
        StampedCopy(
            item_id=item_id,
            subject=of.__tablename__,
            subject_id=row_id,
            person_id=viewer.person_id,
            at=viewer.moment.instant,
            address=viewer.address,
            sha256=hashlib.sha256(stamped).hexdigest(),
        )
    )
    db.session.commit()
    return stamped
