"""The parts of a paper, each one query over what its reader may know of (SPEC §6.1).

Of the week or month that runs, a part is what the clock's message counts. Of an earlier one it is
what the stored dates tell: what was issued by its end and not struck off before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, String, and_, case, cast, literal, null, or_

from portal.figures import past
from portal.item.counted import DUE, listed
from portal.item.lights import ENDED
from portal.item.lines import knows_whole, lines
from portal.models import FeedbackPoint, Item, Standing
from portal.reminders import weekly
from portal.reminders.queries import OWED_BY_UNIT
from portal.rulebook.owed import COUNTS_FROM, owed
from portal.rulebook.scope import Viewer, visible

NOT_COUNTED: Final = tuple(sorted(ENDED - {"closed", "archived"}))
"""What ended without 销号 has no day on which it left the list."""


@dataclass(frozen=True)
class Asked:
    """For whom, of which units (None: all), from when to when."""

    viewer: Viewer
    units: frozenset[int] | None
    first: date
    last: date

    @property
    def today(self) -> date:
        """The Shanghai day of the reader."""
        return self.viewer.moment.day

    @property
    def is_past(self) -> bool:
        """Whether the span is over."""
        return self.last < self.today

    def of_units(self) -> ColumnElement[bool]:
        """Items that these units lead."""
        if self.units is None:
            return literal(True)
        return Item.lead_unit_id.in_(self.units)


class Section(NamedTuple):
    """A part: its name in addresses, its label, what its day is called, and its rows: those of
    `lines` with `since` (a day or null) and `what` (words or "")."""

    name: str
    label: str
    since: str
    rows: Callable[[Asked], Select[Any]]


def reports(asked: Asked) -> Select[Any]:
    """第十八条: instalments of the week; of an earlier one those sent in since, too."""
    point = FeedbackPoint
    rows = _lines(asked).join(point, point.item_id == Item.id).where(knows_whole(asked.viewer))
    said: Any = literal("待报送")
    if asked.is_past:
        rows = rows.where(
            point.due.between(asked.first, asked.last), point.due >= COUNTS_FROM,
            or_(Item.closed_on.is_(None), Item.closed_on >= point.due),
        )  # fmt: skip
        said = case((owed(), "未报送"), else_="已报送")
    else:
        rows = rows.where(weekly.to_report(asked.first, asked.last))
    return _placed(rows, point.due, said)


def falls_due(asked: Asked) -> Select[Any]:
    """What falls due in the week."""
    if asked.is_past:
        due = and_(DUE.between(asked.first, asked.last), _stood(asked, since=asked.first))
    else:
        due = weekly.falls_due(asked.first, asked.last)
    return _placed(_lines(asked).where(due), DUE)


def was_late(asked: Asked) -> Select[Any]:
    """What was due before the week and is not done."""
    if asked.is_past:
        late = and_(asked.first > DUE, _stood(asked, since=asked.first))
    else:
        late = weekly.was_late(asked.first, asked.today)
    return _placed(_lines(asked).where(late), DUE)


def late(asked: Asked) -> Select[Any]:
    """What is late at the end of the span."""
    # As it stood then: what was handed in, or is asked for in time, is not late (SPEC §3.5).
    was_red = Item.id.in_(
        visible(asked.viewer, Standing)
        .where(past.stood(asked.last), past.red(asked.last), Standing.state.in_(OWED_BY_UNIT))
        .with_only_columns(Standing.item_id)
    )
    clause = was_red if asked.is_past else weekly.late(asked.today)
    return _placed(_lines(asked).where(clause), DUE)


def closed(asked: Asked) -> Select[Any]:
    """What was struck off in the span."""
    days = Item.closed_on.between(asked.first, asked.last)
    return _placed(_lines(asked).where(days), Item.closed_on)


def issued(asked: Asked) -> Select[Any]:
    """What was given out in the span."""
    days = Item.issued_on.between(asked.first, asked.last) & (Item.state != "void")
    return _placed(_lines(asked).where(days), Item.issued_on)


def in_hand(asked: Asked) -> Select[Any]:
    """What is not struck off at the end of the span."""
    clause = _stood(asked) if asked.is_past else weekly.in_hand()
    return _placed(_lines(asked).where(clause), DUE)


def _lines(asked: Asked) -> Select[Any]:
    return lines(asked.viewer).where(
        asked.of_units(),
        Item.id.in_(listed(asked.viewer).with_only_columns(Item.id)),
    )


def _stood(asked: Asked, since: date | None = None) -> ColumnElement[bool]:
    """Issued by the end of the span and not struck off by it; with `since` not before that day."""
    done = Item.closed_on >= since if since else Item.closed_on > asked.last
    return and_(
        Item.issued_on <= asked.last,
        or_(Item.closed_on.is_(None), done),
        Item.state.not_in(NOT_COUNTED),
    )


def _placed(rows: Select[Any], day: Any, what: Any = None) -> Select[Any]:
    """With the columns of a part, earliest day first."""
    since = cast(null(), Date) if day is None else day
    said = cast(literal(""), String) if what is None else cast(what, String)
    return rows.add_columns(since.label("since"), said.label("what")).order_by(
        since.nulls_last(), Item.id
    )
