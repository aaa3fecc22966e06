"""减负 (第十六条（三）（四）（五）): what 党政办 asks of a unit, a row behind every number.

What a unit begins by itself (延期, 办结) is nothing that is asked of it. Numbers are counted over
what the reader may know of; units are never ranked by them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from portal.clock import SHANGHAI
from portal.extensions import db
from portal.models import (
    Event,
    FeedbackPoint,
    Inspection,
    Item,
    ItemUnit,
    PhoneRecord,
    UrgeNotice,
    UrgeQuestion,
)
from portal.models.inspection import PLANNED
from portal.rulebook import inspecting, policy
from portal.rulebook.owed import COUNTS_FROM
from portal.rulebook.rule_shapes import CLOSING
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

HANDED_IN: Final = (*CLOSING[1:], "closing_filing")
ISSUES: Final = ("issue", "issue_first")
RETURNS: Final = (
    "return_feedback", "return_supplement_filing", "not_met", "not_met_filing",
)  # fmt: skip
Rows = Callable[[Viewer, date, date], Select[Any]]


class Ask(NamedTuple):
    """A sort of what is asked: its name in addresses, its label, and its rows between two days:
    `unit_id`, `item_id`, `day`."""

    name: str
    label: str
    rows: Rows


def _row(unit_id: Any, item_id: Any, day: Any) -> tuple[Any, Any, Any]:
    return unit_id.label("unit_id"), item_id.label("item_id"), day.label("day")


def notices(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十六条（二）: 督办事项通知单, one to each unit of an item."""
    return (
        visible(viewer, Event)
        .join(ItemUnit, ItemUnit.item_id == Event.item_id)
        .where(
            Event.act.in_(ISSUES),
            Event.day.between(first, last),
            ItemUnit.role != "former",
        )
        .with_only_columns(*_row(ItemUnit.unit_id, Event.item_id, Event.day))
    )


def reports(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十八条: instalments that fall due, of the lead unit; none after 销号."""
    due = FeedbackPoint.due
    return (
        visible(viewer, Item)
        .join(FeedbackPoint, FeedbackPoint.item_id == Item.id)
        .where(
            due.between(first, last),
            due >= COUNTS_FROM,
            Item.issued_on.is_not(None),
            func.coalesce(Item.closed_on, due) >= due,
            or_(Item.state.not_in(("exempted", "void")), due <= _day(Item.state_since)),
        )
        .with_only_columns(*_row(Item.lead_unit_id, Item.id, due))
    )


def urges(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十六条（四）: 催办事项通知单."""
    day = UrgeNotice.issued_on
    return (
        visible(viewer, UrgeNotice)
        .where(day.between(first, last))
        .with_only_columns(*_row(UrgeNotice.unit_id, UrgeNotice.item_id, day))
    )


def questions(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第二十五条（一）: 正当理由, asked for in writing."""
    day = _day(UrgeQuestion.asked_at)
    return (
        visible(viewer, UrgeQuestion)
        .where(day.between(first, last))
        .with_only_columns(*_row(UrgeQuestion.unit_id, UrgeQuestion.item_id, day))
    )


def returns(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十六条（五）（六）: what was handed in and is to be supplemented or done again."""
    return (
        visible(viewer, Event)
        .join(Item, Item.id == Event.item_id)
        .where(_sent_back(), Event.day.between(first, last))
        .with_only_columns(*_row(Item.lead_unit_id, Item.id, Event.day))
    )


def _sent_back() -> ColumnElement[bool]:
    """By 党政办 or leaders after the hand-in, on screen or on paper (decision 0139): what the head
    gives back to the own 承办人 nobody asked of the unit."""
    judged = Event.item_from.in_(HANDED_IN)
    return or_(
        Event.act.in_(RETURNS),
        and_(Event.act == "return_supplement", judged),
        and_(Event.act == "enter_paper", judged, Event.facts.has_key("supplement_due")),
    )


def calls(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十五条: calls and messages, to the lead unit."""
    day = _day(PhoneRecord.called_at)
    return (
        visible(viewer, PhoneRecord)
        .join(Item, Item.id == PhoneRecord.item_id)
        .where(day.between(first, last))
        .with_only_columns(*_row(Item.lead_unit_id, Item.id, day))
    )


def inspections(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十七条: visits whose plan is approved; one journey for several items is asked once."""
    visit = Inspection
    return (
        visible(viewer, visit)
        .where(
            visit.planned_on.between(first, last),
            visit.state.not_in(PLANNED),
            ~inspecting.cancelled(),
        )
        .with_only_columns(*_row(visit.unit_id, func.min(visit.item_id), visit.planned_on))
        .group_by(visit.journey, visit.unit_id, visit.planned_on)
    )


ASKS: Final[Mapping[str, Ask]] = {
    ask.name: ask
    for ask in (
        Ask("notices", "交办通知", notices),
        Ask("reports", "应报反馈", reports),
        Ask("urges", "催办通知", urges),
        Ask("questions", "要求说明", questions),
        Ask("returns", "退回补报", returns),
        Ask("calls", "电话短信", calls),
        Ask("inspections", "实地督查", inspections),
    )
}


def counts(viewer: Viewer, first: date, last: date) -> dict[int, dict[str, int]]:
    """By unit how often each thing was asked between two days, both included."""
    found: dict[int, dict[str, int]] = {}
    for row in db.session.execute(union_all(*_counted(viewer, first, last))):
        found.setdefault(row.unit_id, {})[row.name] = row.n
    return found


def much_asked(viewer: Viewer, units: Collection[int], day: date) -> dict[int, int]:
    """The units among these of which more is asked in the week of the day than the policy has in
    mind, and how much."""
    monday = day - day.weekday() * DAY
    of_week = counts(viewer, monday, monday + 6 * DAY)
    sums = {unit: sum(of_week.get(unit, {}).values()) for unit in units}
    most = policy.CURRENT.limit("asked_in_week")
    return {unit: number for unit, number in sums.items() if number >= most}


def _counted(viewer: Viewer, first: date, last: date) -> list[Select[Any]]:
    made = []
    for ask in ASKS.values():
        rows = ask.rows(viewer, first, last).subquery()
        made.append(
            select(rows.c.unit_id, literal(ask.name).label("name"), func.count().label("n"))
            .select_from(rows)
            .group_by(rows.c.unit_id)
        )
    return made


def _day(instant: Any) -> Any:
    return cast(func.timezone(SHANGHAI.key, instant), Date)
