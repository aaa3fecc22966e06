"""第十八条: which instalments of an item's plan are owed, as SQL.

`stored_lights` decides the same in Python. Lists, counts and the clock's reminders ask with it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Date, cast, exists, func, or_, select

from portal.clock import SHANGHAI
from portal.models import Change, Feedback, FeedbackPoint, Item

_REOPENED = (
    select(func.max(Change.ended_at))
    .where(Change.item_id == Item.id, Change.kind == "reopen", Change.state == "agreed")
    .correlate(Item)
    .scalar_subquery()
)
COUNTS_FROM: ColumnElement[date] = func.greatest(
    Item.issued_on, cast(func.timezone(SHANGHAI.key, _REOPENED), Date)
)
"""`stored_lights.counts_from`: instalments before it belong to what was."""


def answered_by(how: ColumnElement[bool]) -> ColumnElement[bool]:
    """A report that stands so answers the instalment, or the one it was merged into."""
    point = FeedbackPoint
    holds = or_(Feedback.point_id == point.id, Feedback.point_id == point.merged_into_id)
    return exists().where(holds, how)


def owed() -> ColumnElement[bool]:
    """An instalment of the present plan that no report sent on by its head answers."""
    sent_on = Feedback.confirmed_at.is_not(None)
    return (FeedbackPoint.due >= COUNTS_FROM) & ~answered_by(sent_on)
