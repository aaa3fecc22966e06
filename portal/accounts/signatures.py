"""签名图片: storing one's own, taking it away, what is in force (SPEC §5.1, decision 0106).

Each one transaction, read and written as the person itself: the database shows and lets write
nobody else's.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update

from portal import store
from portal.extensions import db
from portal.models import SignaturePicture
from portal.rulebook.scope import Viewer, visible


def keep(viewer: Viewer, picture: bytes, folder: Path, *, now: datetime) -> None:
    """Store the picture for the signatures to come; the one before ends."""
    person_id = _person(viewer)
    # Two uploads at once: the second ends what the first has stored.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"picture-{person_id}"))))
    _end(viewer, now)
    db.session.add(
        SignaturePicture(
            person_id=person_id,
            sha256=store.put(folder, picture),
            size=len(picture),
            stored_at=now,
            address=viewer.address,
            readers=[-person_id],
        )
    )
    db.session.commit()


def take_away(viewer: Viewer, *, now: datetime) -> None:
    """Sign by typed name from now on; what was signed before stays as it was printed."""
    _end(viewer, now)
    db.session.commit()


def in_force(viewer: Viewer) -> SignaturePicture | None:
    """The person's own picture; None without one."""
    return db.session.scalars(
        visible(viewer, SignaturePicture).where(
            SignaturePicture.person_id == _person(viewer), SignaturePicture.ended_at.is_(None)
        )
    ).one_or_none()


def content(row: SignaturePicture, folder: Path) -> bytes | None:
    """The picture's bytes; None if the store has lost them or holds others in their place."""
    try:
        found = store.path_of(folder, row.sha256).read_bytes()
    except OSError:
        return None
    return found if hashlib.sha256(found).hexdigest() == row.sha256 else None


def _end(viewer: Viewer, now: datetime) -> None:
    db.session.execute(
        update(SignaturePicture)
        .where(SignaturePicture.person_id == _person(viewer), SignaturePicture.ended_at.is_(None))
        .values(ended_at=now)
    )


def _person(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise ValueError("the clock has no signature")
    return viewer.person_id
