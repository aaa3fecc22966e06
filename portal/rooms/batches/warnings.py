"""What to heed before a matter is drafted: one like it is open already; its unit has much due in
the same week. Of the items that this person may know of, and no other (第二十一条)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select

from portal.extensions import db
from portal.item.lights import ENDED
from portal.item.lines import Line, lines, read_lines
from portal.models import Item, ItemUnit
from portal.rulebook import policy
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.scope import Viewer, visible

Week = tuple[int | None, date]
"""A unit and the Monday of a week."""
OLDEST = 1000
"""Open items of the units in question that are compared, the newest first."""


class Planned(NamedTuple):
    """A matter about to be drafted; `due` None: not known as a date."""

    seq: int
    title: str
    lead: int | None
    units: frozenset[int]
    due: date | None


class Alike(NamedTuple):
    """An open item on what seems to be the same matter."""

    public_id: uuid.UUID
    title: str
    number: str
    state: str


class Warnings(NamedTuple):
    """By place in the paper: like items, and sentences about weeks."""

    alike: Mapping[int, Sequence[Alike]]
    weeks: Mapping[int, str]


def warnings_for(viewer: Viewer, planned: Sequence[Planned]) -> Warnings:
    """For every matter of a paper."""
    return Warnings(_alike(viewer, planned), _weeks(viewer, planned))


def likeness(one: str, other: str) -> int:
    """How alike two titles are, 0 to 100: twice the pairs of signs they share, of all pairs."""
    first, second = _pairs(one), _pairs(other)
    shared = sum((first & second).values())
    total = sum(first.values()) + sum(second.values())
    return round(200 * shared / total) if total else 0


def _pairs(title: str) -> Counter[str]:
    plain = "".join(sign for sign in title if sign.isalnum())
    return Counter(plain[place : place + 2] for place in range(len(plain) - 1))


def _alike(viewer: Viewer, planned: Sequence[Planned]) -> dict[int, list[Alike]]:
    units = frozenset[int]().union(*(one.units for one in planned))
    needed = policy.CURRENT.limit("similar_title")
    open_ = _open_lines(viewer, units)
    of_item = _units_of(viewer, [line.item_id for line in open_])
    return {
        one.seq: [
            Alike(line.public_id, line.title, line.number, line.state)
            for line in open_
            if one.units & of_item[line.item_id] and likeness(one.title, line.title) >= needed
        ]
        for one in planned
    }


def _open_lines(viewer: Viewer, units: Collection[int]) -> list[Line]:
    shared = select(ItemUnit.item_id).where(ItemUnit.unit_id.in_(units), ItemUnit.role != "former")
    rows = db.session.execute(
        lines(viewer)
        .where(Item.state.not_in(ENDED), or_(Item.lead_unit_id.in_(units), Item.id.in_(shared)))
        .order_by(Item.id.desc())
        .limit(OLDEST)
    )
    return read_lines(rows, viewer.moment.day)


def _units_of(viewer: Viewer, item_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {item_id: set() for item_id in item_ids}
    rows = db.session.execute(
        visible(viewer, ItemUnit)
        .where(ItemUnit.item_id.in_(item_ids), ItemUnit.role != "former")
        .with_only_columns(ItemUnit.item_id, ItemUnit.unit_id)
    )
    for row in rows:
        found[row.item_id].add(row.unit_id)
    return found


def _weeks(viewer: Viewer, planned: Sequence[Planned]) -> dict[int, str]:
    """第十六条（五）: what the unit leads that is due in one week, Monday to Sunday; the matters of
    the paper count."""
    dated = [one for one in planned if one.due is not None and one.lead is not None]
    weeks = Counter((one.lead, _monday(one.due)) for one in dated if one.due)
    most = policy.CURRENT.limit("due_in_week")
    said = {}
    led = _led(viewer, weeks)
    for one in dated:
        monday = _monday(one.due) if one.due else viewer.moment.day
        due = led[one.lead, monday] + weeks[one.lead, monday]
        if due > most:
            sunday = monday + timedelta(days=6)
            said[one.seq] = (
                f"牵头单位在{long_date(monday)}至{long_date(sunday)}一周内将有{due}项到期，请确认时限。"
            )
    return said


def _led(viewer: Viewer, weeks: Collection[Week]) -> Counter[Week]:
    """How many open items of the units are due, by unit and week."""
    if not weeks:
        return Counter()
    mondays = [monday for _unit, monday in weeks]
    rows = db.session.execute(
        visible(viewer, Item)
        .where(
            Item.lead_unit_id.in_([unit for unit, _monday in weeks]),
            Item.lit,
            Item.due.between(min(mondays), max(mondays) + timedelta(days=6)),
        )
        .with_only_columns(Item.lead_unit_id, Item.due, func.count())
        .group_by(Item.lead_unit_id, Item.due)
    )
    found: Counter[Week] = Counter()
    for unit_id, due, number in rows:
        if due is not None:
            found[unit_id, _monday(due)] += number
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
