"""The closings that wait for this person's 阅示."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Closure, Item
from portal.rulebook import tray
from portal.rulebook.scope import Viewer, visible

ACT = "read_close"


class Reading(NamedTuple):
    """An item to be read: its line, what was achieved, and the version that is shown."""

    line: Line
    result: str
    version: int


def waiting(viewer: Viewer) -> list[Reading]:
    """Longest waiting first."""
    ids = [row.item_id for row in tray.waiting(viewer) if row.act == ACT]
    found = db.session.execute(lines(viewer).where(Item.id.in_(ids))).all()
    versions = {row.Item.id: row.Item.version for row in found}
    by_id = {line.item_id: line for line in read_lines(found, viewer.moment.day)}
    closures = db.session.scalars(
        visible(viewer, Closure)
        .where(Closure.item_id.in_(ids), Closure.outcome.is_(None))
        .order_by(Closure.id)
    )
    results = {closure.item_id: closure.result_text for closure in closures}
    return [Reading(by_id[id_], results.get(id_, ""), versions[id_]) for id_ in ids if id_ in by_id]


def item_of(viewer: Viewer, public_id: uuid.UUID) -> Item | None:
    """An item this person may know of."""
    return db.session.scalars(
        visible(viewer, Item).where(Item.public_id == public_id)
    ).one_or_none()
