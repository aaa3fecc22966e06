"""What the weekly lists count (SPEC §6.1): one definition for message, page and file."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, or_

from portal.models import FeedbackPoint, Item
from portal.reminders.queries import OWED_BY_UNIT
from portal.rulebook.owed import owed
from portal.rulebook.rule_shapes import MADE_UP
from portal.rulebook.workdays import DAY, Calendar

OWED: Final = Item.lit & ~Item.blue & Item.state.in_(OWED_BY_UNIT)
"""The unit has the next step, and nobody else is waited for."""
WEEK: Final = 7 * DAY
FRIDAY: Final = 4


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * DAY


def list_day(monday: date, calendar: Calendar) -> date | None:
    """第十六条（五）: on which day the list of a week is told, its first working day; None of a
    week of rest days, which asks nothing."""
    first = calendar.roll_forward(monday)
    return first if first < monday + WEEK else None


def to_report(first: date, last: date) -> ColumnElement[bool]:
    """Instalments of these days that no report answers, of items that wait for their unit."""
    return OWED & FeedbackPoint.due.between(first, last) & owed()


def falls_due(first: date, last: date) -> ColumnElement[bool]:
    """Its last day is one of these."""
    return OWED & Item.due.between(first, last)


def was_late(monday: date, today: date) -> ColumnElement[bool]:
    """Red today and not by a day of the week itself, which stands among those that fall due."""
    return OWED & (Item.red_from <= today) & or_(Item.due.is_(None), Item.due < monday)


def in_hand() -> ColumnElement[bool]:
    """在办: issued and not struck off."""
    return Item.state.in_(MADE_UP)


def late(today: date) -> ColumnElement[bool]:
    """逾期: red, and its unit has the next step."""
    return OWED & (Item.red_from <= today)


def closed(friday: date) -> ColumnElement[bool]:
    """本周办结: struck off since the Friday before."""
    return Item.closed_on.between(friday - WEEK + DAY, friday)
