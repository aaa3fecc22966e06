"""日历: what of a month falls due on which day (现行时限), and what is to be reported (应报日).

Due days are the ledger's: a number counts the rows that the ledger shows for that day and light,
ended items among them. Days of reports have a list of their own, which counts items.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, String, case, cast, func, select

from portal.extensions import db
from portal.filters import weekday
from portal.item.counted import DUE, listed, within
from portal.item.lights import ORDER, Shade, rank
from portal.models import FeedbackPoint, Item
from portal.month_days import Cell, weeks_of
from portal.rooms.desk.week import to_report
from portal.rulebook import working_calendar
from portal.rulebook.scope import Viewer
from portal.rulebook.workdays import DAY

ON_DAY: Final = 3
"""Titles of a day: those whose light comes first."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Title(NamedTuple):
    """An item that falls due."""

    public_id: uuid.UUID
    title: str
    light: Shade
    sensitive: bool


class MonthDay(NamedTuple):
    """A place of the grid: how many items fall due by light, the first of them, and for how many
    a report is to be made."""

    cell: Cell
    lights: dict[Shade, int]
    titles: list[Title]
    reports: int

    @property
    def total(self) -> int:
        """How many items fall due."""
        return sum(self.lights.values())

    @property
    def weekday(self) -> str:
        """「周一」."""
        return weekday(self.cell.day) if self.cell.day else ""


class Month(NamedTuple):
    """A month of the calendar; `before` and `after` are the months beside it (their first days),
    none where nothing stands further on. Not `published`: its days off are weekends alone (暂定).
    """

    first: date
    weeks: list[list[MonthDay]]
    published: bool
    before: date | None
    after: date | None

    @property
    def brings(self) -> bool:
        """Whether anything stands in it."""
        return any(day.total or day.reports for week in self.weeks for day in week)


def first_of(asked: str, today: date) -> date:
    """The first day of the month asked for (「2026-11」); of this month if none can be meant."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", asked)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return today.replace(day=1)
    return date(int(found[1]), int(found[2]), 1)


def month_of(viewer: Viewer, first: date) -> Month:
    """The month that begins on this day, as far as the viewer may know of it."""
    after, calendar = (first + 31 * DAY).replace(day=1), working_calendar.current()
    last, before = after - DAY, (first - DAY).replace(day=1)
    lights = _lights(viewer, first, last)
    titles = _titles(viewer, first, last)
    reports = _reports(viewer, first, last)
    weeks = [
        [
            MonthDay(
                cell,
                lights.get(cell.day, {}),
                titles.get(cell.day, []),
                reports.get(cell.day, 0),
            )
            for cell in week
        ]
        for week in weeks_of(calendar, first.year, first.month)
    ]
    begins, ends = _reach(viewer)
    return Month(
        first,
        weeks,
        calendar.is_published(first.year),
        before if begins < first else None,
        after if ends >= after else None,
    )


def _reach(viewer: Viewer) -> tuple[date, date]:
    """The first and the last day that brings something, as far as this viewer may know; today lies
    between them."""
    due = listed(viewer).with_only_columns(func.min(DUE), func.max(DUE))
    found = [day for day in db.session.execute(due).one() if day]
    first, last = (pick((*found, viewer.moment.day)) for pick in (min, max))
    report = FeedbackPoint.due
    earlier = to_report(viewer, date.min, first).with_only_columns(func.min(report))
    later = to_report(viewer, last, date.max).with_only_columns(func.max(report))
    return db.session.scalar(earlier) or first, db.session.scalar(later) or last


def reports_on(viewer: Viewer, day: date) -> Select[Any]:
    """The items for which a report is due on a day, as a list: which instalments."""
    said = case(
        (FeedbackPoint.promised, "电话约定"),
        else_=func.concat("第", cast(FeedbackPoint.seq, String), "期"),
    )
    return (
        to_report(viewer, day, day)
        .group_by(Item.id)
        .with_only_columns(
            Item.id.label("item_id"),
            func.min(FeedbackPoint.due).label("since"),
            func.string_agg(said, "、").label("what"),
        )
    )


def _lights(viewer: Viewer, first: date, last: date) -> dict[date | None, dict[Shade, int]]:
    place = rank(viewer.moment.day)
    query = (
        listed(viewer)
        .where(within(DUE, first, last))
        .with_only_columns(DUE.label("day"), place.label("place"))
        .subquery()
    )
    by = list(query.c)
    rows = db.session.execute(select(*by, func.count().label("n")).group_by(*by).order_by(*by))
    found: dict[date | None, dict[Shade, int]] = defaultdict(dict)
    for row in rows:
        found[row.day][ORDER[row.place]] = row.n
    return found


def _titles(viewer: Viewer, first: date, last: date) -> dict[date | None, list[Title]]:
    place = rank(viewer.moment.day)
    rows = (
        listed(viewer)
        .where(within(DUE, first, last))
        .with_only_columns(
            Item.public_id,
            Item.title,
            Item.classification,
            DUE.label("day"),
            place.label("light"),
            func.row_number().over(partition_by=DUE, order_by=(place, Item.id)).label("nth"),
        )
        .subquery()
    )
    found: dict[date | None, list[Title]] = defaultdict(list)
    query = select(rows).where(rows.c.nth <= ON_DAY).order_by(rows.c.day, rows.c.nth)
    for row in db.session.execute(query):
        sensitive = row.classification == "sensitive"
        found[row.day].append(Title(row.public_id, row.title, ORDER[row.light], sensitive))
    return found


def _reports(viewer: Viewer, first: date, last: date) -> dict[date | None, int]:
    rows = to_report(viewer, first, last).with_only_columns(
        FeedbackPoint.due.label("day"), func.count(Item.id.distinct()).label("n")
    )
    return {row.day: row.n for row in db.session.execute(rows.group_by(FeedbackPoint.due))}
