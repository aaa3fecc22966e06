"""工作日历 as rows: its versions, and what a proposal would move.

An administrator is told by numbers alone, and of no sensitive item (SPEC §7.5): the database
answers him by `calendar_bearing()`, which knows neither titles nor units. The office reads the
items themselves through its own scope.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, not_, select
from sqlalchemy.orm import aliased

from portal.errors import NotFound
from portal.extensions import db
from portal.models import Account, CalendarVersion, Item, Person
from portal.rulebook import recounting, working_calendar
from portal.rulebook.recounting import Counted, Moved
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import Calendar, from_data

MOST_VERSIONS = 50


class Group(NamedTuple):
    """Items whose dates would move alike: from which day to which, and how many they are.

    `days` is 0 where only feedback days move.
    """

    level: int
    due: date
    new_due: date
    days: int
    yellow: date
    new_yellow: date
    points: int
    items: int


@dataclass(frozen=True)
class Outlook:
    """What a proposal would move, without titles. `notices`: notices whose dates would change."""

    groups: tuple[Group, ...]

    @property
    def items(self) -> int:
        """How many items have a date that would move."""
        return sum(group.items for group in self.groups)

    @property
    def notices(self) -> int:
        """Of how many of them the due day, which their notices name."""
        return sum(group.items for group in self.groups if group.days)

    @property
    def digest(self) -> str:
        """What the person confirms: exactly these moves."""
        return hashlib.sha256(repr(self.groups).encode()).hexdigest()


class Version(NamedTuple):
    """A version in the history: its number, what was new, who proposed and confirmed it when."""

    number: int
    said: str
    proposed_by: str
    confirmed_by: str
    at: datetime


def newest() -> CalendarVersion:
    """The version in force, read anew: also where one was read before in this transaction."""
    return db.session.scalars(
        select(CalendarVersion)
        .where(CalendarVersion.number.is_not(None))
        .order_by(CalendarVersion.number.desc())
        .limit(1)
    ).one()


def proposal(public_id: uuid.UUID) -> CalendarVersion:
    """A version by its address. NotFound if there is none."""
    found = db.session.scalars(select(CalendarVersion).filter_by(public_id=public_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def outlook_of(version: CalendarVersion) -> Outlook:
    """What a proposal would move of the items that are not sensitive."""
    calendar, olds = from_data(version.tables), _Calendars()
    moved = (recounting.outlook(counted, olds[by], calendar) for counted, by in _bearing())
    return Outlook(tuple(_grouped(one for one in moved if one is not None)))


class _Calendars(dict[int, Calendar]):
    """The calendars by number, each read once."""

    def __missing__(self, number: int) -> Calendar:
        self[number] = working_calendar.numbered(number)
        return self[number]


def _grouped(moved: Iterable[Moved]) -> list[Group]:
    alike = Counter(map(_kind, moved))
    return sorted(group._replace(items=items) for group, items in alike.items())


def _kind(moved: Moved) -> Group:
    before, after = moved.before, moved.after
    due, yellow = before.due or moved.counted.base, before.yellow_from or moved.counted.base
    return Group(
        moved.counted.level,
        due,
        after.due or due,
        moved.days,
        yellow,
        after.yellow_from or yellow,
        moved.points,
        0,
    )


def still_to_count() -> int:
    """How many items the clock has yet to count by the version in force."""
    number = working_calendar.in_force().number
    return sum(by < number for _counted, by in _bearing())


def _bearing() -> list[tuple[Counted, int]]:
    rows = db.session.execute(select(func.calendar_bearing().table_valued(*_COLUMNS)))
    return [
        (
            Counted(
                row.level,
                row.policy_version,
                row.issued_on,
                row.deadline_days,
                row.due,
                tuple(row.points),
            ),
            row.counted_by,
        )
        for row in rows
    ]


_COLUMNS = (
    "level", "policy_version", "issued_on", "deadline_days", "due", "counted_by", "points",
)  # fmt: skip


def items_moved(viewer: Viewer, tables: Mapping[str, Any]) -> list[tuple[Item, Moved]]:
    """The items this person may know of whose dates tables would move, soonest due first."""
    calendar, olds = from_data(tables), _Calendars()
    items = db.session.scalars(
        visible(viewer, Item)
        .where(recounting.counted_items(working_calendar.in_force().number + 1))
        .order_by(Item.due, Item.id)
    )
    found = []
    for item in items:
        counted = recounting.counted_of(item)
        by = item.counted_by
        moved = recounting.outlook(counted, olds[by], calendar) if counted and by else None
        if moved is not None:
            found.append((item, moved))
    return found


def left_on_rest_days(viewer: Viewer, tables: Mapping[str, Any]) -> list[Item]:
    """The open items this person may know of whose day stays, because it was named (延期, 调整, a
    date), and would be a rest day by tables, soonest first: 党政办 moves them if need be."""
    now, then = working_calendar.current(), from_data(tables)
    counted = recounting.counted_items(working_calendar.in_force().number + 1)
    items = db.session.scalars(
        visible(viewer, Item)
        .where(
            Item.lit,
            Item.state.in_(recounting.OPEN),
            Item.due >= viewer.moment.day,
            not_(func.coalesce(counted, False)),
        )
        .order_by(Item.due, Item.id)
    )
    return [
        item
        for item in items
        if item.due and now.is_workday(item.due) and not then.is_workday(item.due)
    ]


def proposals() -> list[CalendarVersion]:
    """The proposals that can still be confirmed, newest first."""
    return list(
        db.session.scalars(
            select(CalendarVersion)
            .where(
                CalendarVersion.number.is_(None),
                CalendarVersion.based_on == working_calendar.in_force().number,
            )
            .order_by(CalendarVersion.id.desc())
            .limit(MOST_VERSIONS)
        )
    )


def versions() -> list[Version]:
    """更新记录: the versions that came into force, newest first."""
    proposed, confirmed = aliased(Account), aliased(Account)
    by, with_ = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(CalendarVersion, by.name, with_.name)
        .outerjoin(proposed, proposed.id == CalendarVersion.proposed_by_id)
        .outerjoin(by, by.id == proposed.person_id)
        .outerjoin(confirmed, confirmed.id == CalendarVersion.confirmed_by_id)
        .outerjoin(with_, with_.id == confirmed.person_id)
        .where(CalendarVersion.number.is_not(None))
        .order_by(CalendarVersion.number.desc())
        .limit(MOST_VERSIONS)
    )
    return [
        Version(row.number, row.said, proposer or "", confirmer or "", row.confirmed_at)
        for row, proposer, confirmer in rows
        if row.number is not None and row.confirmed_at is not None
    ]
