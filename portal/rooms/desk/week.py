"""本周我要做什么 (SPEC §8.14): by day what falls due, is to be reported, may be asked for no later.

Blue items wait for others and ask nothing of anybody. The desk's card and the list of a day are
one query: the card takes the first rows of each day, and how many there are.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from portal.extensions import db
from portal.item.lines import knows_whole
from portal.item.offices import LEADER, OFFICE
from portal.models import FeedbackPoint, Item, ItemMember, ItemUnit
from portal.reminders.queries import may_ask_for_more
from portal.rulebook import policy, working_calendar
from portal.rulebook.item_texts import number_of
from portal.rulebook.owed import COUNTS_FROM, owed
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

DUE, REPORT, CUTOFF = 1, 2, 3
"""What a day brings, in the order in which it is shown."""
KINDS: Final = {DUE: ("期", "到期"), REPORT: ("报", "应反馈"), CUTOFF: ("延", "延期申请截止")}
LOOKS_AFTER: Final = frozenset(role.value for role in OFFICE | LEADER)
ON_CARD: Final = 3
"""Items a day on the desk's card."""


class Entry(NamedTuple):
    """An item on a day: what the day brings it, each a number of `KINDS`."""

    kinds: tuple[int, ...]
    title: str
    public_id: Any
    number: str


class WeekDay(NamedTuple):
    """A day, the first of its items, and how many there are."""

    day: date
    entries: list[Entry]
    total: int


def this_week(today: date) -> tuple[date, date]:
    """Monday and Sunday."""
    monday = today - today.weekday() * DAY
    return monday, monday + 6 * DAY


def week_of(viewer: Viewer, kinds: tuple[int, ...] = tuple(KINDS)) -> list[WeekDay]:
    """The days of this week: working days, and others that bring something."""
    first, last = this_week(viewer.moment.day)
    found: dict[date, WeekDay] = {}
    for row in db.session.execute(_first_rows(marks(viewer, first, last, kinds))):
        number = number_of(row.Item)
        entry = Entry(
            tuple(row.kinds), row.Item.title, row.Item.public_id, str(number) if number else ""
        )
        found.setdefault(row.day, WeekDay(row.day, [], row.total)).entries.append(entry)
    calendar = working_calendar.current()
    days = [first + number * DAY for number in range(7)]
    return [
        found.get(day, WeekDay(day, [], 0))
        for day in days
        if day in found or calendar.is_workday(day)
    ]


def marks(
    viewer: Viewer, first: date, last: date, kinds: tuple[int, ...] = tuple(KINDS)
) -> Subquery:
    """Rows `day`, `item_id`, `kinds`: each item once a day."""
    asked = {DUE: _due, REPORT: _reports, CUTOFF: _cutoffs}
    every = union_all(*(asked[kind](viewer, first, last) for kind in kinds)).subquery()
    return (
        select(
            every.c.day,
            every.c.item_id,
            func.array_agg(every.c.kind.distinct(), type_=ARRAY(Integer)).label("kinds"),
        )
        .group_by(every.c.day, every.c.item_id)
        .subquery()
    )


def on_day(viewer: Viewer, day: date) -> Select[Any]:
    """The items of a day as a list: what the day brings each."""
    found = marks(viewer, day, day)
    words = (
        case((literal(kind) == func.any(found.c.kinds), word))
        for kind, (_sign, word) in KINDS.items()
    )
    return select(
        found.c.item_id, found.c.day.label("since"), func.concat_ws("、", *words).label("what")
    )


def falls_due(viewer: Viewer, first: date, last: date) -> ColumnElement[bool]:
    """Its last day is one of these, and it asks something of somebody the viewer looks after."""
    return and_(_asks(viewer), Item.due.between(first, last))


def to_report(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十八条: items with each instalment of these days that no report sent on answers. What waits
    for others asks for none."""
    query = visible(viewer, Item).join(FeedbackPoint, FeedbackPoint.item_id == Item.id)
    days = FeedbackPoint.due.between(first, last)
    return query.where(Item.lit, ~Item.blue, days, owed(), knows_whole(viewer))


def _asks(viewer: Viewer) -> ColumnElement[bool]:
    """In work, not waiting for others, and the viewer's own: of 党政办 and 校领导 all they may
    know of; of others, also those who may read everything, what their unit or they work on."""
    asks = Item.lit & ~Item.blue
    if viewer.roles & LOOKS_AFTER:
        return asks
    units = [key for key in viewer.keys if key > 0]
    of_unit = exists().where(
        ItemUnit.item_id == Item.id, ItemUnit.unit_id.in_(units), ItemUnit.role != "former"
    )
    worked = exists().where(
        ItemMember.item_id == Item.id,
        ItemMember.person_id == viewer.person_id,
        ItemMember.role != "former",
    )
    return asks & or_(of_unit, worked)


def _first_rows(found: Subquery) -> Select[Any]:
    order = (func.array_to_string(found.c.kinds, ""), found.c.item_id)
    placed = select(
        found,
        func.row_number().over(partition_by=found.c.day, order_by=order).label("place"),
        func.count().over(partition_by=found.c.day).label("total"),
    ).subquery()
    return (
        select(Item, placed.c.day, placed.c.kinds, placed.c.total)
        .join(placed, placed.c.item_id == Item.id)
        .where(placed.c.place <= ON_CARD)
        .order_by(placed.c.day, placed.c.place)
    )


def _mark(query: Select[Any], day: Any, kind: int) -> Select[Any]:
    return query.with_only_columns(
        day.label("day"), Item.id.label("item_id"), cast(literal(kind), Integer).label("kind")
    )


def _due(viewer: Viewer, first: date, last: date) -> Select[Any]:
    return _mark(visible(viewer, Item).where(falls_due(viewer, first, last)), Item.due, DUE)


def _reports(viewer: Viewer, first: date, last: date) -> Select[Any]:
    query = to_report(viewer, first, last).where(_asks(viewer))
    return _mark(query, FeedbackPoint.due, REPORT)


def _cutoffs(viewer: Viewer, first: date, last: date) -> Select[Any]:
    """第十九条: the last day for a timely application, where one may still be made."""
    day = cutoff_day()
    longest = max(edition.limit("extension_notice") for edition in policy.EDITIONS)
    soon = Item.due.between(first, last + longest * DAY)
    wanted = (_asks(viewer), soon, day.between(first, last), may_ask_for_more())
    return _mark(visible(viewer, Item).where(*wanted), day, CUTOFF)


def cutoff_day() -> ColumnElement[Any]:
    """The day of `deadline_changes.extension_cutoff`, in SQL."""
    period = Item.due - COUNTS_FROM
    before = case(
        *(
            (
                Item.policy_version == edition.version,
                case(
                    (period <= 1, 0),
                    (period <= edition.limit("short_period"), 1),
                    else_=edition.limit("extension_notice"),
                ),
            )
            for edition in policy.EDITIONS
        )
    )
    return Item.due - before
