"""One act of the sample's history: of which item, when, by whom, what, with which values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from portal.clock import shanghai_instant

NOTHING: Mapping[str, Any] = MappingProxyType({})
_KEYS = uuid.UUID("6b1d7f0e-2a35-4c55-9d0c-0d2b6a3c9f11")


class Act(NamedTuple):
    """`at` is aware, in UTC; `who` and the ids in `values` are the sample's (P03, U11).

    `kind` is a name of `doing.DOERS`; `number` counts the item's acts from 1.
    """

    at: datetime
    item: str
    number: int
    who: str
    kind: str
    values: Mapping[str, Any] = NOTHING

    @property
    def key(self) -> uuid.UUID:
        """The act's own key: the same in every load."""
        return uuid.uuid5(_KEYS, f"{self.item}/{self.number}")


class Course:
    """The acts of one item in their order; an act never comes before the one written before it,
    but for those written `aside`."""

    def __init__(self, item: str) -> None:
        self.item = item
        self.acts: list[Act] = []
        self.at = datetime.min.replace(tzinfo=UTC)

    def add(self, day: date, at: time, who: str, kind: str, **values: Any) -> None:
        """Write one act at a Shanghai day and time, or a minute after the last one if that is
        later."""
        self.wait_until(shanghai_instant(day, at))
        self.acts.append(Act(self.at, self.item, len(self.acts) + 1, who, kind, values))

    def soon(self, minutes: int, who: str, kind: str, **values: Any) -> None:
        """Write one act so many minutes after the last one."""
        self.at += timedelta(minutes=minutes)
        self.acts.append(Act(self.at, self.item, len(self.acts) + 1, who, kind, values))

    def aside(self, day: date, at: time, who: str, kind: str, **values: Any) -> None:
        """Write one act that the item does not wait for: those after it may be earlier."""
        instant = max(shanghai_instant(day, at), self.at + timedelta(minutes=1))
        self.acts.append(Act(instant, self.item, len(self.acts) + 1, who, kind, values))

    def wait_until(self, instant: datetime) -> None:
        """The next act is not before this instant, and not in the same minute as the last one."""
        self.at = max(instant, self.at + timedelta(minutes=1) if self.acts else instant)
