"""Which 催办通知单 an item has, and which of them a person may have (附件 2).

Of a sensitive item the people of a co-unit have those to their own unit alone: the rows of the
others are not theirs to see.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, func, or_

from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, Unit, UrgeNotice
from portal.rulebook import urging
from portal.rulebook.numbering import Number
from portal.rulebook.offers import acts_on, acts_on_paper
from portal.rulebook.scope import Viewer, visible

URGE: Final = "urge"
LABEL: Final = "催办通知单"
NOT_PRINTED = ("ug_draft", "ug_void")


def kind_of(notice_id: uuid.UUID) -> str:
    """The kind of the notice with this public id."""
    return f"{URGE}-{notice_id.hex}"


def concerns(kind: str) -> bool:
    """Whether it is one: `urge-<public id>`."""
    return _id_of(kind) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    return dict.fromkeys(kinds, LABEL)


def _id_of(kind: str) -> uuid.UUID | None:
    form, dash, found = kind.partition("-")
    if form != URGE or not dash:
        return None
    try:
        return uuid.UUID(hex=found)
    except ValueError:
        return None


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The notices that can be printed, in the order they were drawn up."""
    rows = db.session.execute(
        visible(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .add_columns(Unit.short_name)
        .where(UrgeNotice.item_id == item.id, UrgeNotice.state.not_in(NOT_PRINTED))
        .order_by(UrgeNotice.id)
    ).all()
    return {
        kind_of(notice.public_id): Listed(
            f"{LABEL}（{unit}，第{notice.nth}次）", last_act(viewer, item, notice)
        )
        for notice, unit in rows
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How a notice stands; it is its unit's. NotFound as `notice_of`."""
    notice = notice_of(viewer, item, kind)
    return Standing(last_act(viewer, item, notice), notice.unit_id)


def numbers_of(viewer: Viewer, item: Item) -> list[Number]:
    """The numbers of the notices that were issued and not voided, in their order."""
    rows = db.session.scalars(
        visible(viewer, UrgeNotice)
        .where(UrgeNotice.item_id == item.id, UrgeNotice.state != "ug_void")
        .order_by(UrgeNotice.doc_year, UrgeNotice.doc_seq)
    )
    found = (urging.number_of_notice(row) for row in rows)
    return [number for number in found if number is not None]


def notice_of(viewer: Viewer, item: Item, kind: str) -> UrgeNotice:
    """The notice that the kind prints. NotFound: there is none, or not for this person."""
    found = db.session.scalars(
        visible(viewer, UrgeNotice).where(
            UrgeNotice.item_id == item.id,
            UrgeNotice.public_id == _id_of(kind),
            UrgeNotice.state.not_in(NOT_PRINTED),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def last_act(viewer: Viewer, item: Item, notice: UrgeNotice) -> int:
    """The last event that changes what the notice prints."""
    last: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, _changes(notice))
        .with_only_columns(func.max(Event.id))
    )
    if last is None:
        raise NotFound
    return last


def _changes(notice: UrgeNotice) -> ColumnElement[bool]:
    own = Event.act.in_(acts_on(URGE)) & (Event.subject == URGE) & (Event.subject_id == notice.id)
    on_paper = Event.act.in_(acts_on_paper()) & (Event.facts["chain"].astext == URGE)
    return or_(own, on_paper)
