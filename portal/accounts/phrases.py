"""常用语 of one's own: add, take away, order (SPEC §2.3); each one transaction.

Read and written as the person itself: the database shows and lets write nobody else's.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from portal.errors import NotFound, NotOffered
from portal.extensions import db
from portal.models import OwnPhrase
from portal.rulebook.scope import Viewer, visible

MOST = 20
LONGEST = 60  # characters
FULL = f"常用语最多{MOST}条，请先删除不用的。"
TWICE = "该常用语已有，请勿重复添加。"


def own_phrases(viewer: Viewer) -> Sequence[OwnPhrase]:
    """The person's own, in their order."""
    return db.session.scalars(
        visible(viewer, OwnPhrase)
        .where(OwnPhrase.person_id == _person(viewer))
        .order_by(OwnPhrase.place, OwnPhrase.id)
    ).all()


def add(viewer: Viewer, words: str) -> None:
    """One more, at the end. NotOffered if it is there already, or the list is full."""
    found = _held(viewer)
    if words in {row.words for row in found}:
        raise NotOffered(TWICE)
    if len(found) >= MOST:
        raise NotOffered(FULL)
    person_id = _person(viewer)
    place = max((row.place for row in found), default=0) + 1
    db.session.add(OwnPhrase(person_id=person_id, words=words, place=place, readers=[-person_id]))
    db.session.commit()


def remove(viewer: Viewer, public_id: uuid.UUID) -> None:
    """Take one away. NotFound if there is none of one's own."""
    db.session.delete(_one(_held(viewer), public_id))
    db.session.commit()


def raise_(viewer: Viewer, public_id: uuid.UUID) -> None:
    """One place up; the first one stays. NotFound if there is none of one's own."""
    rows = _held(viewer)
    at = rows.index(_one(rows, public_id))
    if at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    for place, row in enumerate(rows, 1):
        row.place = place
    db.session.commit()


def _held(viewer: Viewer) -> list[OwnPhrase]:
    """One's own, while no other window of the same person changes them."""
    key = func.hashtext(f"phrases-{_person(viewer)}")
    db.session.execute(select(func.pg_advisory_xact_lock(key)))
    return list(own_phrases(viewer))


def _one(rows: Sequence[OwnPhrase], public_id: uuid.UUID) -> OwnPhrase:
    for row in rows:
        if row.public_id == public_id:
            return row
    raise NotFound


def _person(viewer: Viewer) -> int:
    if viewer.person_id is None:
        raise ValueError("the clock has no phrases")
    return viewer.person_id
