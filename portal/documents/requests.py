"""Which sheets of what was asked an item has (第十九条): 延期督办申请表, 免于督办审批表,
督办事项调整单."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, or_

from portal.documents.kinds import (
    ADJUSTMENT,
    EXTENSION,
    EXTENSION_LABELS,
    REQUESTS,
    nth_label,
    request_of,
)
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Change, Event, Extension, Item
from portal.rulebook.offers import acts_on_paper
from portal.rulebook.scope import Viewer, visible

PRINTED = ("adjust", "reassign")
"""Changes with a sheet of their own; the others are told on the annexes or by notice."""


def concerns(kind: str) -> bool:
    """Whether it is a sheet of what was asked."""
    return request_of(kind) is not None


def labels_of(viewer: Viewer, item: Item) -> dict[str, str]:
    """The item's sheets of this sort by kind, in the order they were asked for."""
    found = {
        f"{EXTENSION}-{row.seq}": nth_label(EXTENSION_LABELS[row.kind], row.seq)
        for row in extensions_of(viewer, item)
    }
    changes = enumerate(changes_of(viewer, item), 1)
    return found | {
        f"{ADJUSTMENT}-{number}": nth_label(REQUESTS[ADJUSTMENT], number)
        for number, _change in changes
    }


def extensions_of(viewer: Viewer, item: Item) -> Sequence[Extension]:
    """The requests that were written."""
    return db.session.scalars(
        visible(viewer, Extension)
        .where(Extension.item_id == item.id, Extension.reason != "")
        .order_by(Extension.seq)
    ).all()


def changes_of(viewer: Viewer, item: Item) -> Sequence[Change]:
    """The changes that are printed."""
    return db.session.scalars(
        visible(viewer, Change)
        .where(Change.item_id == item.id, Change.kind.in_(PRINTED))
        .order_by(Change.id)
    ).all()


def asked(viewer: Viewer, item: Item, kind: str) -> Extension | Change:
    """What the sheet is of. NotFound: there is none of that kind and number."""
    found = request_of(kind)
    if found is None:
        raise NotFound
    sort, number = found
    if sort == EXTENSION:
        for row in extensions_of(viewer, item):
            if row.seq == number:
                return row
        raise NotFound
    changes = changes_of(viewer, item)
    if not 1 <= number <= len(changes):
        raise NotFound
    return changes[number - 1]


def owner_of(item: Item, kind: str) -> int | None:
    """Whose part the stored sheet of a sensitive item is: a request is the lead unit's, a change of
    the item everybody's."""
    found = request_of(kind)
    return item.lead_unit_id if found is not None and found[0] == EXTENSION else None


def last_act(viewer: Viewer, item: Item, kind: str) -> int:
    """The last event that changes what the sheet prints: its own acts, and papers typed in for its
    boxes. NotFound as `asked`."""
    row = asked(viewer, item, kind)
    table = row.__tablename__
    chain = EXTENSION if isinstance(row, Extension) else row.kind
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            or_(
                and_(Event.subject == table, Event.subject_id == row.id),
                and_(Event.act.in_(acts_on_paper()), Event.facts["chain"].astext == chain),
            ),
        )
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return last
