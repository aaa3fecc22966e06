"""Which 催办通知单 an item has, and which of them a person may have (附件 2).

Of a sensitive item the people of a co-unit have those to their own unit alone: the rows of the
others are not theirs to see.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_

from portal.documents.kinds import URGE, URGE_LABEL, kind_of_urge, urge_of
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, Unit, UrgeNotice
from portal.rulebook import urging
from portal.rulebook.numbering import Number
from portal.rulebook.offers import acts_on, acts_on_paper
from portal.rulebook.scope import Viewer, visible

NOT_PRINTED = ("ug_draft", "ug_void")


def drawn_up(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """The notices that can be printed: kind and label, in their order."""
    rows = db.session.execute(
        visible(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .add_columns(Unit.short_name)
        .where(UrgeNotice.item_id == item.id, UrgeNotice.state.not_in(NOT_PRINTED))
        .order_by(UrgeNotice.id)
    )
    return [
        (kind_of_urge(notice.public_id), f"{URGE_LABEL}（{unit}，第{notice.nth}次）")
        for notice, unit in rows
    ]


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
            UrgeNotice.public_id == urge_of(kind),
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
