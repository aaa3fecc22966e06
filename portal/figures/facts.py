"""The relations that indicators count, as they stand now: SQL over what the viewer may know of.

Each has `item_id`, `part_id` (the row's own id), `unit_id` (whose figure it is), and of its item
`state` and `level`. Of an item of which the viewer knows a co-unit's part alone nothing is counted
but that part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from portal.clock import SHANGHAI
from portal.item.lights import DONE, HANDED_IN, shows
from portal.item.lines import knows_whole
from portal.models import (
    Approval,
    ApprovalSlot,
    Closure,
    Event,
    Extension,
    Feedback,
    FeedbackPoint,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    UrgeNotice,
)
from portal.rulebook.scope import Viewer, visible

RETURNS: Final = ("return_feedback", "return_supplement_filing", "not_met", "not_met_filing")
"""What sends work back to the unit."""
SENDING_BACK: Final = (*RETURNS, "return_supplement", "enter_paper")
"""All acts that may, the last two only what the unit's head had handed in: `ix_event_returns`."""
NEAR: Final[Mapping[str, tuple[str, ...]]] = {
    "items": ("filed_on", "issued_on", "due_effective", "closed_on"),
}
"""The days of a relation by one of which a row belongs to a period, or else is red: what indexes
find before anything that hangs off the rows is read."""
AT_WORK: Final = ("issued", "received", "handed_in")
"""States of a co-unit's share from 交办 on."""


def day_of(instant: Any) -> ColumnElement[date]:
    """The Shanghai day of an instant."""
    return cast(func.timezone(SHANGHAI.key, instant), Date)


def _done() -> LateralFromClause:
    """The hand-in that was accepted last."""
    return (
        select(Closure.completed_on)
        .where(Closure.item_id == Item.id, Closure.outcome == "accepted", Item.state.in_(DONE))
        .order_by(Closure.id.desc())
        .limit(1)
        .correlate(Item)
        .lateral("done")
    )


def _ended(part: Any) -> ColumnElement[date]:
    """The last day on which the unit owed reports: that of the accepted hand-in, of the one that is
    being judged, or of 免于督办; null while it works.

    It hangs off the item by the row of its `part`, so that it is looked up for the rows of a
    period and not for every item before they are found.
    """
    accepted = (
        select(func.max(Closure.completed_on))
        .where(Closure.item_id == part.item_id, Closure.outcome == "accepted")
        .correlate(part)
        .scalar_subquery()
    )
    exempt = (
        select(func.max(day_of(Extension.decided_at)))
        .where(
            Extension.item_id == part.item_id,
            Extension.kind == "exempt",
            Extension.state == "approved",
        )
        .correlate(part)
        .scalar_subquery()
    )
    return case(
        (Item.state.in_(DONE), accepted),
        (Item.state == "exempted", exempt),
        (Item.state.in_(HANDED_IN), func.coalesce(_replied(part), _signed(part))),
    )


def _replied(part: Any) -> Any:
    """简易办结 has the day of the unit's reply from the first."""
    return (
        select(day_of(Closure.handed_in_at))
        .where(Closure.item_id == part.item_id)
        .order_by(Closure.id.desc())
        .limit(1)
        .correlate(part)
        .scalar_subquery()
    )


def _signed(part: Any) -> Any:
    """The day on which the unit's head confirmed the closing (`rulebook.hand_ins`)."""
    slot = ApprovalSlot
    return (
        select(func.coalesce(slot.paper_on, day_of(slot.decided_at)))
        .join(Approval, Approval.id == slot.approval_id)
        .where(
            slot.item_id == part.item_id,
            Approval.chain == "closing",
            slot.step == "confirm_close",
            slot.decided_at.is_not(None),
        )
        .order_by(slot.id.desc())
        .limit(1)
        .correlate(part)
        .scalar_subquery()
    )


def _known(viewer: Viewer, *, official: bool, whole: bool = True) -> Select[Any]:
    """The items that are counted for this viewer; none of a form before its number or 交办."""
    query = visible(viewer, Item).where(
        or_(Item.filed_on.is_not(None), Item.issued_on.is_not(None))
    )
    if official:
        return query.where(Item.classification != "sensitive")
    return query.where(knows_whole(viewer)) if whole else query


def items(viewer: Viewer, as_of: date, *, official: bool) -> Select[Any]:
    """督办事项, by lead unit."""
    done = _done()
    columns: tuple[Any, ...] = (
        Item.id.label("item_id"),
        Item.id.label("part_id"),
        Item.lead_unit_id.label("unit_id"),
        Item.state,
        Item.level,
        Item.filed_on,
        Item.issued_on,
        Item.due_original,
        Item.due_effective,
        Item.closed_on,
        done.c.completed_on,
        shows("red", as_of).label("red"),
    )
    known = _known(viewer, official=official).outerjoin(done, true())
    return known.with_only_columns(*columns)


def _hanging(
    viewer: Viewer, part: Any, *more: Any, official: bool, unit: Any = None
) -> Select[Any]:
    """Rows of a part of items, as the figure of the lead unit or of another one."""
    return (
        _known(viewer, official=official)
        .join(part, part.item_id == Item.id)
        .with_only_columns(
            Item.id.label("item_id"),
            part.id.label("part_id"),
            (Item.lead_unit_id if unit is None else unit).label("unit_id"),
            Item.state,
            Item.level,
            *more,
        )
    )


def points(viewer: Viewer, _as_of: date, *, official: bool) -> Select[Any]:
    """反馈期次 of the plans: when due, when the report was sent on that answers it."""
    point = FeedbackPoint
    met = (
        select(func.min(day_of(Feedback.confirmed_at)))
        .where(or_(Feedback.point_id == point.id, Feedback.point_id == point.merged_into_id))
        .correlate(point)
        .scalar_subquery()
    )
    return _hanging(
        viewer,
        point,
        point.due,
        met.label("met_on"),
        _ended(point).label("ended_on"),
        official=official,
    ).where(Item.issued_on.is_not(None))


def notices(viewer: Viewer, _as_of: date, *, official: bool) -> Select[Any]:
    """催办事项通知单 that were issued, of the unit that was urged (P34)."""
    urge = UrgeNotice
    return _hanging(
        viewer, urge, urge.issued_on.label("day"), official=official, unit=urge.unit_id
    ).where(urge.doc_seq.is_not(None), urge.state != "ug_void")


def extensions(viewer: Viewer, _as_of: date, *, official: bool) -> Select[Any]:
    """延期督办 that was given."""
    row = Extension
    return _hanging(viewer, row, day_of(row.decided_at).label("day"), official=official).where(
        row.kind == "extend", row.state == "approved"
    )


def sent_back() -> ColumnElement[bool]:
    """The events that send work back after the unit's head had handed it in."""
    supplement = and_(Event.act == "return_supplement", Event.item_from.in_(HANDED_IN))
    on_paper = and_(
        Event.act == "enter_paper",
        Event.item_from.in_(HANDED_IN),
        Event.facts.has_key("supplement_due"),
    )
    # Said twice, so that the index of these acts alone is used: events are the longest table.
    perhaps = Event.act.in_(SENDING_BACK)
    return and_(perhaps, or_(Event.act.in_(RETURNS), supplement, on_paper))


def returns(viewer: Viewer, _as_of: date, *, official: bool) -> Select[Any]:
    """What was sent back, on screen or on paper."""
    return _hanging(viewer, Event, Event.day, official=official).where(sent_back())


def shares(viewer: Viewer, _as_of: date, *, official: bool) -> Select[Any]:
    """协办: the co-units' shares from 交办 on, their inner dates and when they handed in."""
    share = ItemUnit
    columns: tuple[Any, ...] = (
        Item.id.label("item_id"),
        share.id.label("part_id"),
        share.unit_id,
        Item.state,
        Item.level,
        Item.issued_on.label("day"),
        share.inner_due.label("due"),
        day_of(share.handed_in_at).label("met_on"),
        _ended(share).label("ended_on"),
    )
    own_part = exists().where(
        NeedToKnow.item_id == Item.id,
        NeedToKnow.person_id == viewer.person_id,
        NeedToKnow.unit_id == share.unit_id,
        NeedToKnow.to_at.is_(None),
    )
    return (
        _known(viewer, official=official, whole=False)
        .where(or_(knows_whole(viewer), own_part))
        .join(share, share.item_id == Item.id)
        .where(share.role == "co", share.state.in_(AT_WORK), Item.issued_on.is_not(None))
        .with_only_columns(*columns)
    )


def workers(_as_of: date) -> Select[Any]:
    """承办人: item, unit, person."""
    member = ItemMember
    columns: tuple[Any, ...] = (member.item_id, member.unit_id, member.person_id)
    return select(*columns).where(member.role.in_(("handler", "co_handler")))


RELATIONS: Final[Mapping[str, Callable[..., Select[Any]]]] = {
    "items": items,
    "points": points,
    "notices": notices,
    "extensions": extensions,
    "returns": returns,
    "shares": shares,
}
