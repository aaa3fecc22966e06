"""Which 交接单 an item has (第八条): one of each time it was handed over, or is being so.

A 交接单 of many items is printed for each of them with its own line: who may know of one of them
may not know of the others. It is everybody's who knows of the item, as 电话督办记录 are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func

from portal.documents.sorts.numbered import kind_of, nth, number_of, row_of
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Handover, Item
from portal.rulebook.scope import Viewer, visible

HANDOVER: Final = "handover"
LABEL: Final = "交接单"
ENDED: Final = ("declined", "withdrawn")
"""Nothing was handed over."""


def concerns(kind: str) -> bool:
    """Whether it is one: `handover-<n>`."""
    return number_of(kind, HANDOVER) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    found = {kind: number_of(kind, HANDOVER) for kind in kinds}
    return {kind: nth(LABEL, number) for kind, number in found.items() if number is not None}


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The item's lines in the order they were begun, by which they are counted; without those that
    came to nothing."""
    rows = _lines(viewer, item)
    acts = _last_acts(viewer, item, [row.id for row in rows])
    return {
        kind_of(HANDOVER, number): Listed(nth(LABEL, number), acts[row.id])
        for number, row in enumerate(rows, 1)
        if row.id in acts and row.state not in ENDED
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How one of them stands. NotFound as `line_of`."""
    line = line_of(viewer, item, kind)
    last = _last_acts(viewer, item, [line.id]).get(line.id)
    if last is None:  # a row that no act wrote: there is nothing it stands as of
        raise NotFound
    return Standing(last)


def line_of(viewer: Viewer, item: Item, kind: str) -> Handover:
    """The line that the kind prints. NotFound: there is none of that number."""
    return row_of(_lines(viewer, item), kind, HANDOVER)


def _lines(viewer: Viewer, item: Item) -> Sequence[Handover]:
    return db.session.scalars(
        visible(viewer, Handover).where(Handover.item_id == item.id).order_by(Handover.id)
    ).all()


def _last_acts(viewer: Viewer, item: Item, lines: Sequence[int]) -> dict[int, int]:
    """By line its last act."""
    if not lines:
        return {}
    rows = db.session.execute(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.subject == HANDOVER, Event.subject_id.in_(lines))
        .with_only_columns(Event.subject_id, func.max(Event.id))
        .group_by(Event.subject_id)
    ).all()
    return {subject_id: last for subject_id, last in rows if subject_id is not None}
