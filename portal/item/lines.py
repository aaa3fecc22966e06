"""An item as one line of a list: the tray, the desk and the ledger show the same columns."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.filters import remaining, short_date
from portal.frame import Light
from portal.item.lights import handed_in, light_of
from portal.item.people import named
from portal.item.wording import state_label
from portal.models import FeedbackPoint, Item, ItemMember, NeedToKnow, Person, Unit
from portal.rulebook import policy
from portal.rulebook.item_texts import category_text, due_now, limit_text, number_of
from portal.rulebook.owed import owed
from portal.rulebook.scope import Viewer, visible

Leader = aliased(Person)


class Line(NamedTuple):
    """What a list shows of an item. `due` is a date or, before 交办, the deadline in words;
    `missing` instalments were not reported, which is another thing than being late."""

    item_id: int
    public_id: uuid.UUID
    number: str
    title: str
    sensitive: bool
    category: str
    level: str
    unit: str
    leader: str
    leader_post: str
    handlers: str
    due: date | None
    limit: str
    left: str
    late: bool
    light: Light
    state: str
    missing: int = 0


def lines(viewer: Viewer) -> Select[Any]:
    """The items this viewer may know of, joined with lead unit and leader, for `read_lines`."""
    handlers = (
        select(func.string_agg(Person.name, "、"))
        .join(ItemMember, ItemMember.person_id == Person.id)
        .where(ItemMember.item_id == Item.id, ItemMember.role == "handler")
        .scalar_subquery()
    )
    return (
        visible(viewer, Item)
        .join(Unit, Unit.id == Item.lead_unit_id)
        .join(Leader, Leader.id == Item.responsible_leader_id)
        .add_columns(
            Unit.short_name.label("unit"),
            handlers.label("handlers"),
            missing(viewer).label("missing"),
        )
    )


def missing(viewer: Viewer) -> ScalarSelect[int]:
    """How many reports an item at work owes (欠报N期). None is counted for who knows of a co-unit's
    part alone: others' reports answer them, which this viewer may not read."""
    return (
        select(func.count())
        .select_from(FeedbackPoint)
        .where(
            FeedbackPoint.item_id == Item.id,
            FeedbackPoint.due < viewer.moment.day,
            Item.lit,
            owed(),
            knows_whole(viewer),
        )
        .correlate(Item)
        .scalar_subquery()
    )


def knows_whole(viewer: Viewer) -> ColumnElement[bool]:
    """Not a co-unit's part of a sensitive item alone."""
    listed = exists().where(
        NeedToKnow.item_id == Item.id,
        NeedToKnow.person_id == viewer.person_id,
        NeedToKnow.unit_id.is_(None),
        NeedToKnow.to_at.is_(None),
    )
    return or_(Item.classification != "sensitive", listed)


def read_lines(rows: Iterable[Any], today: date) -> list[Line]:
    """The rows of `lines` in words."""
    found = list(rows)
    leaders = named([row.Item.responsible_leader_id for row in found], today)
    return [_line(row, leaders, today) for row in found]


def _line(row: Any, leaders: dict[int, Any], today: date) -> Line:
    item: Item = row.Item
    number = number_of(item)
    leader = leaders[item.responsible_leader_id]
    shown = light_of(item, today)
    return Line(
        item_id=item.id,
        public_id=item.public_id,
        number=str(number) if number else "",
        title=item.title,
        sensitive=item.classification == "sensitive",
        category=category_text(item),
        level=policy.CURRENT.level(item.level).label,
        unit=row.unit,
        leader=leader.name,
        leader_post=leader.post,
        handlers=row.handlers or "",
        due=due_now(item),
        limit=limit_text(item),
        left=left_text(item, shown, today),
        late=shown.name == "red",
        light=shown,
        state=state_label(item),
        missing=row.missing,
    )


def left_text(item: Item, shown: Light, today: date) -> str:
    """「余7天」 while it runs, 「待审」 while a request or a supplement keeps it blue, 「已交件」
    from the head's hand-in on, 「11月20日销号」 after."""
    if handed_in(item):
        return "已交件"
    if shown.name == "blue":
        return shown.word
    if item.closed_on:
        return f"{short_date(item.closed_on, today)}销号"
    return remaining(item.due, today) if item.due and item.lit else ""
