"""What a round looks for: the days it covers, and one thing to be told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.rulebook.roles import Moment, Role
from portal.rulebook.workdays import Calendar


@dataclass(frozen=True)
class Span:
    """The days a round covers: from the day of the last finished one, which may have seen only
    part of it, to today. `since` equals today in the first round of all."""

    since: date
    moment: Moment
    calendar: Calendar

    @property
    def today(self) -> date:
        """The Shanghai day of the round."""
        return self.moment.day


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to be told once and for all: of its `kind` no other has this `key`.

    `facts` fill the message: ISO days and numbers. Of an item, `roles` are asked of its unit
    `unit_id`, and of a sensitive one only who is on its list is told. What is no item's names its
    `persons`. An `urgent` one (一级) never waits in a digest.
    """

    kind: str
    key: str
    facts: Mapping[str, Any]
    item_id: int | None = None
    unit_id: int | None = None
    roles: tuple[Role, ...] = ()
    sensitive: bool = False
    urgent: bool = False
    persons: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """Who is told, with facts of his own beside the common ones."""
