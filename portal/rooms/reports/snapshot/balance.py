"""期初在办 + 本期新增 − 办结 − 免于督办 − 作废 = 期末在办 (SPEC P32), from the log of the items.

Where an item stood at the end of a day is where its last act until then had put it: later
corrections of its columns do not move it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.extensions import db
from portal.item.lights import DONE
from portal.models import Event, Item
from portal.rulebook.chains import CLOSING, RUNNING
from portal.rulebook.scope import Viewer, visible

OPEN: Final = frozenset(
    {"filed", *RUNNING, *(step.state for step in CLOSING.steps), CLOSING.agreed}
)
"""在办: from 立项备案 (先交办的, from 交办) to 销号."""
WAYS: Final = {**dict.fromkeys(DONE, "closed"), "exempted": "exempted", "void": "void"}
"""How an item leaves: by the state it is in."""
DAY: Final = timedelta(days=1)


class Balance(NamedTuple):
    """`reopened` of the `entered` ones had ended before the period (恢复督办)."""

    opening: int
    entered: int
    reopened: int
    closed: int
    exempted: int
    void: int
    open: int

    @property
    def holds(self) -> bool:
        """Whether the one side is the other."""
        return self.opening + self.entered - self.closed - self.exempted - self.void == self.open


class Stood(NamedTuple):
    """Where the items that were open at some time of the period stood before it and at its end."""

    before: Mapping[int, str]
    at_end: Mapping[int, str]


def stood(viewer: Viewer, first: date, until: date) -> Stood:
    """The items that were 在办 at some time from `first` to `until`."""
    before, at_end = states_at(viewer, first - DAY), states_at(viewer, until)
    moved = set(
        db.session.scalars(
            _acts(viewer)
            .where(Event.day.between(first, until), Event.item_to.in_(OPEN))
            .with_only_columns(Event.item_id)
            .distinct()
        )
    )
    ids = moved | {item_id for item_id, state in before.items() if state in OPEN}
    return Stood(
        {item_id: before[item_id] for item_id in ids if item_id in before},
        {item_id: at_end[item_id] for item_id in ids},
    )


def balance_of(found: Stood) -> Balance:
    """The balance of these items."""
    ways = [WAYS.get(state, "") for state in found.at_end.values()]
    was_open = {item_id for item_id, state in found.before.items() if state in OPEN}
    entered = found.at_end.keys() - was_open
    return Balance(
        opening=len(was_open),
        entered=len(entered),
        reopened=sum(found.before.get(item_id) in WAYS for item_id in entered),
        closed=ways.count("closed"),
        exempted=ways.count("exempted"),
        void=ways.count("void"),
        open=sum(state in OPEN for state in found.at_end.values()),
    )


def states_at(viewer: Viewer, day: date) -> dict[int, str]:
    """The state of every item at the end of a day, of those that may stand in an official paper."""
    rows = db.session.execute(
        _acts(viewer)
        .where(Event.day <= day, Event.item_to.is_not(None))
        .with_only_columns(Event.item_id, Event.item_to)
        .order_by(Event.item_id, Event.id.desc())
        .ext(distinct_on(Event.item_id))
    )
    return {row.item_id: row.item_to for row in rows}


def _acts(viewer: Viewer) -> Select[Event]:
    ordinary = select(Item.id).where(Item.classification != "sensitive")
    return visible(viewer, Event).where(Event.item_id.in_(ordinary))
