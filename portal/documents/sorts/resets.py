"""Which 重新确定办结期限通知 an item has (第十六条（六）): one of each new date.

They tell the lead unit, and hide nothing from whoever knows of the item: the date, why the result
was refused and the leader's consent stand on its page for all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import and_, func, or_

from portal.documents.sorts.numbered import kind_of, nth, number_of, row_of
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Change, Event, Item
from portal.rulebook.offers import acts_on_paper
from portal.rulebook.scope import Viewer, visible

RESET: Final = "reset"
LABEL: Final = "重新确定办结期限通知"
PRINTED = ("open", "agreed")
"""A date that was refused or overtaken by another one is told to nobody."""


def concerns(kind: str) -> bool:
    """Whether it is one: `reset-<n>`."""
    return number_of(kind, RESET) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    found = {kind: number_of(kind, RESET) for kind in kinds}
    return {kind: nth(LABEL, number) for kind, number in found.items() if number is not None}


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The item's notices that stand, in the order they were proposed."""
    return {
        kind_of(RESET, number): Listed(nth(LABEL, number), _last_act(viewer, item, row))
        for number, row in enumerate(_changes(viewer, item), 1)
        if row.state in PRINTED
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How one of them stands. NotFound as `change_of`."""
    return Standing(_last_act(viewer, item, change_of(viewer, item, kind)))


def change_of(viewer: Viewer, item: Item, kind: str) -> Change:
    """The new date that the kind prints. NotFound: there is none, or it does not stand."""
    found = row_of(_changes(viewer, item), kind, RESET)
    if found.state not in PRINTED:
        raise NotFound
    return found


def _changes(viewer: Viewer, item: Item) -> Sequence[Change]:
    return db.session.scalars(
        visible(viewer, Change)
        .where(Change.item_id == item.id, Change.kind == RESET)
        .order_by(Change.id)
    ).all()


def _last_act(viewer: Viewer, item: Item, row: Change) -> int:
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            or_(
                and_(Event.subject == "change", Event.subject_id == row.id),
                and_(Event.act.in_(acts_on_paper()), Event.facts["chain"].astext == RESET),
            ),
        )
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return last
