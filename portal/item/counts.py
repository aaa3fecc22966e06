"""How many running items show which light: counted over what the viewer may know of; how many
requests for exports of them, and lists of what goes to the archive, wait for this person."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.item.lights import LIT, Shade, shows
from portal.item.offices import OFFICE, offices_of
from portal.models import Item, LedgerRelease, TransferList
from portal.queued_work import now
from portal.rulebook import policy
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible


def light_counts(viewer: Viewer) -> dict[Shade, int]:
    """The number of items at work by light, of all visible ones."""
    today = viewer.moment.day
    counted = (func.count().filter(shows(name, today)).label(name) for name in LIT)
    # Only what is lit shows one of these: the index of those is a fraction of the table.
    row = db.session.execute(
        visible(viewer, Item).where(Item.lit).with_only_columns(*counted)
    ).one()
    return {name: row._mapping[name] for name in LIT}


RELEASE_LASTS: Final = timedelta(days=policy.CURRENT.limit("release_lasts"))
"""How long a request for an export may be decided, and a release be used."""


def releases_waiting(viewer: Viewer) -> int:
    """How many requests for exports of the ledger wait for the word of this person (党政办主任)."""
    if Role.OFFICE_HEAD not in offices_of(viewer):
        return 0
    asked = visible(viewer, LedgerRelease).where(
        LedgerRelease.state == "asked", LedgerRelease.asked_at > now() - RELEASE_LASTS
    )
    return db.session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def transfers_waiting(viewer: Viewer) -> Select[TransferList]:
    """The 移交清单, the newest of their years, that wait for the signature of this person's side:
    党政办 first, 档案员 after it and as another person (decision 0165)."""
    held, later = offices_of(viewer), aliased(TransferList)
    mine: list[ColumnElement[bool]] = [false()]
    if held & OFFICE:
        mine.append(TransferList.handed_by_id.is_(None))
    if Role.ARCHIVIST in held:
        mine.append(TransferList.handed_by_id != viewer.person_id)
    newer = select(later.id).where(later.year == TransferList.year, later.nth > TransferList.nth)
    return visible(viewer, TransferList).where(
        TransferList.taken_by_id.is_(None), or_(*mine), ~newer.exists()
    )
