"""第十八条: the reports that a person may write now and that fall due by the end of the week."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemMember, Unit
from portal.rulebook import offers
from portal.rulebook.machines import COUNTED
from portal.rulebook.owed import COUNTS_FROM, answered_by
from portal.rulebook.roles import IN_UNIT
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY
from portal.steps.execution.commands import HANDING_IN

MOST: Final = 12
"""Forms of one page."""
AT_WORK: Final = "in_progress"
"""Where reports are handed in (`rules.Rule.during`): of what is closed none is due, and its
instalments must not take the place of others."""
HANDLES: Final = ("handler", "co_handler")
OWN: Final = frozenset(role.value for role in IN_UNIT)


class Due(NamedTuple):
    """An item whose lead unit this person may report for."""

    item: Item
    unit: Unit


def due_reports(viewer: Viewer) -> list[Due]:
    """Earliest day first, MOST at most; what was sent back among them. Of what others are to do
    with a report, or may write and not this person, nothing is here."""
    found = db.session.scalars(_asked(viewer).limit(2 * MOST)).all()
    wanted = {item.lead_unit_id for item in found}
    units = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(wanted)))}
    may = [item for item in found if may_report(viewer, item)]
    return [Due(item, units[item.lead_unit_id]) for item in may[:MOST]]


def may_report(viewer: Viewer, item: Item) -> bool:
    """Whether this person may hand in a report of the lead unit now."""
    offered = offers.offered(viewer, item, among=HANDING_IN)
    return any(offer.unit_id == item.lead_unit_id for offer in offered)


def _asked(viewer: Viewer) -> Select[Any]:
    sunday = viewer.moment.day + (6 - viewer.moment.day.weekday()) * DAY
    point = FeedbackPoint
    first = func.min(point.due)
    open_ = (
        (point.due <= sunday)
        & (point.due >= COUNTS_FROM)
        & point.merged_into_id.is_(None)
        & ~answered_by(Feedback.state.in_(COUNTED))
    )
    return (
        visible(viewer, Item)
        .outerjoin(point, (point.item_id == Item.id) & open_)
        .where(_own(viewer), Item.state == AT_WORK, or_(point.id.is_not(None), _came_back()))
        .group_by(Item.id)
        .order_by(first.nulls_first(), Item.id)
    )


def _came_back() -> ColumnElement[bool]:
    return exists().where(
        Feedback.item_id == Item.id,
        Feedback.unit_id == Item.lead_unit_id,
        Feedback.state == "fb_returned",
    )


def _own(viewer: Viewer) -> ColumnElement[bool]:
    """Led by a unit in which the person holds an office, or handled by the person."""
    units = [unit_id for role, unit_id in viewer.units if role in OWN]
    handled = exists().where(
        ItemMember.item_id == Item.id,
        ItemMember.person_id == viewer.person_id,
        ItemMember.role.in_(HANDLES),
    )
    return or_(Item.lead_unit_id.in_(units), handled)
