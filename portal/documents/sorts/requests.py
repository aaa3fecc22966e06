"""Which sheets of what was asked an item has (第十九条): 延期督办申请表, 免于督办审批表,
督办事项调整单."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import and_, func, or_

from portal.documents.sorts.numbered import kind_of, nth, number_of
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Change, Event, Extension, Item
from portal.rulebook.offers import acts_on_paper
from portal.rulebook.scope import Viewer, visible

EXTENSION, ADJUSTMENT = "extension", "adjustment"
LABELS: Final = {EXTENSION: "延期、免于督办申请表", ADJUSTMENT: "督办事项调整单"}
EXTENSION_LABELS: Final = {"extend": "延期督办申请表", "exempt": "免于督办审批表"}
PRINTED = ("adjust", "reassign")
"""Changes with a sheet of their own; the others are told on the annexes or by notice."""


def concerns(kind: str) -> bool:
    """Whether it is one: `extension-<n>`, `adjustment-<n>`."""
    return _number_of(kind) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    found = {kind: _number_of(kind) for kind in kinds}
    return {kind: nth(LABELS[own[0]], own[1]) for kind, own in found.items() if own is not None}


def _number_of(kind: str) -> tuple[str, int] | None:
    """Its sort and which of them it is; None for another kind."""
    sort = kind.partition("-")[0]
    number = number_of(kind, sort) if sort in LABELS else None
    return None if number is None else (sort, number)


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The item's sheets of this sort, in the order they were asked for."""
    named = {
        kind_of(EXTENSION, row.seq): nth(EXTENSION_LABELS[row.kind], row.seq)
        for row in extensions_of(viewer, item)
    }
    changes = enumerate(changes_of(viewer, item), 1)
    named |= {
        kind_of(ADJUSTMENT, number): nth(LABELS[ADJUSTMENT], number) for number, _change in changes
    }
    return {kind: Listed(label, last_act(viewer, item, kind)) for kind, label in named.items()}


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How one of them stands: a request is the lead unit's, a change of the item everybody's.
    NotFound as `asked`."""
    last = last_act(viewer, item, kind)
    return Standing(last, item.lead_unit_id if kind.startswith(EXTENSION) else None)


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
    found = _number_of(kind)
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
