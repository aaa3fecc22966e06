"""Lists of items for the people of a unit: its head, its 联络员, who handles an item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    null,
    union_all,
)

from portal.item.lines import knows_whole
from portal.models import Feedback, FeedbackPoint, Item, ItemMember, Rectification
from portal.rooms.desk.columns import day_of, joined, listed
from portal.rooms.desk.rows_of_office import LATE, RECTIFYING, rectified
from portal.rooms.desk.week import falls_due, this_week
from portal.rulebook.owed import owed
from portal.rulebook.roles import IN_UNIT
from portal.rulebook.scope import Viewer, visible

HANDLES = ("handler", "co_handler")
OWN = frozenset(role.value for role in IN_UNIT)


def due(viewer: Viewer) -> Select[Any]:
    """What falls due this week."""
    rows = visible(viewer, Item).where(falls_due(viewer, *this_week(viewer.moment.day)))
    return listed(rows, Item.due)


def rectifying(viewer: Viewer) -> Select[Any]:
    """第十七条: points that the own unit puts right, or that wait to be verified."""
    return rectified(viewer, RECTIFYING, Rectification.unit_id.in_(units_of(viewer)))


def rectifying_late(viewer: Viewer) -> Select[Any]:
    """第十七条: the own unit's points whose day passed without a reply."""
    return rectified(viewer, LATE, Rectification.unit_id.in_(units_of(viewer)))


def owing(viewer: Viewer) -> Select[Any]:
    """第十八条: of the own unit's items, reports that were due and are not sent on (欠报)."""
    led = Item.lead_unit_id.in_(units_of(viewer))
    return _owed(viewer, led, FeedbackPoint.due < viewer.moment.day)


def reports(viewer: Viewer) -> Select[Any]:
    """第十八条: of the items one handles, reports due up to the end of this week."""
    _monday, sunday = this_week(viewer.moment.day)
    return _owed(viewer, handled_by(viewer.person_id), FeedbackPoint.due <= sunday, ~Item.blue)


def _owed(viewer: Viewer, *where: ColumnElement[bool] | Any) -> Select[Any]:
    rows = joined(viewer, FeedbackPoint).where(Item.lit, owed(), knows_whole(viewer), *where)
    return listed(rows, func.min(FeedbackPoint.due), func.concat(func.count(), "期"))


def drafts(viewer: Viewer) -> Select[Any]:
    """What one has saved and not handed in: forms of 立项, and reports."""
    forms = visible(viewer, Item).where(
        Item.state.in_(("draft", "returned")), Item.drafter_id == viewer.person_id
    )
    kind = case((Item.state == "returned", "退回修改"), else_="立项草稿")
    begun = exists().where(
        Feedback.item_id == Item.id,
        Feedback.state == "fb_draft",
        Feedback.written_by_id == viewer.person_id,
    )
    written = visible(viewer, Item).where(begun)
    both = union_all(
        listed(forms, day_of(Item.state_since), kind),
        listed(written, cast(null(), Date), cast("反馈草稿", String)),
    ).subquery()
    return both.select()


def people(viewer: Viewer, units: Iterable[int]) -> Select[int, int]:
    """Who handles which item in work for these units: `person_id`, `item_id`."""
    return (
        visible(viewer, Item)
        .join(ItemMember, ItemMember.item_id == Item.id)
        .where(Item.lit, ItemMember.role.in_(HANDLES), ItemMember.unit_id.in_(list(units)))
        .with_only_columns(ItemMember.person_id, Item.id.label("item_id"))
        .distinct()
    )


def handled_by(person_id: int | None) -> ColumnElement[bool]:
    """The person is its 承办人, of whichever unit."""
    return exists().where(
        ItemMember.item_id == Item.id,
        ItemMember.person_id == person_id,
        ItemMember.role.in_(HANDLES),
    )


def units_of(viewer: Viewer) -> list[int]:
    """The units in which the viewer holds an office."""
    return sorted({unit_id for role, unit_id in viewer.units if role in OWN})
