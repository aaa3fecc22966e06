"""The events of one item in their order. Their messages are written from them (`telling`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from bench.filling.matters import Matter
from bench.filling.rows import Rows
from portal.clock import SHANGHAI, shanghai_day
from portal.rulebook.kept_texts import salted_with

SALT = "00" * 16


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a Shanghai day."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


@dataclass(frozen=True)
class Act:
    """One act: `before` and `after` are the states of what was acted on, where that is the item
    `before` is what it was. `item_to`: the state it gives the item beside."""

    at: datetime
    act: str
    actor: int | None
    acting_as: str
    tells: Collection[int]
    subject: str = "item"
    subject_id: int | None = None
    before: str | None = None
    after: str | None = None
    item_to: str | None = None
    opinion_id: int | None = None
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Story:
    """Collects the acts of an item, then writes them as rows."""

    def __init__(self, rows: Rows, matter: Matter, readers: list[int], now: datetime) -> None:
        self.rows, self.matter, self.now = rows, matter, now
        self.readers = rows.array(readers)
        self.acts: list[Act] = []
        self.item_id = matter.number
        self.listed: set[int] | None = None

    def part(self, table: str, **values: Any) -> int:
        """A row that hangs off the item."""
        return self.rows.add(table, item_id=self.item_id, readers=self.readers, **values)

    def opinion(self, body: str) -> int:
        """What somebody wrote with an act."""
        return self.part("opinion", body=body, salt=SALT)

    def act(self, moment: datetime, act: str, actor: int | None, acting_as: str,
            tells: Collection[int] = (), **how: Any) -> None:  # fmt: skip
        """Add one; nothing is done after the present moment."""
        self.acts.append(Act(min(moment, self.now), act, actor, acting_as, tells, **how))

    def write(self) -> None:
        """The events and their messages, in the order of time."""
        state: str | None = None
        self.acts.sort(key=lambda act: act.at)
        for version, act in enumerate(self.acts, start=1):
            before = state
            state = act.after if act.subject == "item" else act.item_to or state
            self._event(act, version, before, state)

    def _event(self, act: Act, version: int, before: str | None, after: str | None) -> None:
        tells = {person for person in act.tells if person != act.actor}
        if self.listed is not None:
            tells &= self.listed
        self.part(
            "event", key=self.rows.key(), act=act.act, at=act.at, day=shanghai_day(act.at),
            actor_id=act.actor, acting_as=act.acting_as, subject=act.subject,
            subject_id=act.subject_id, from_state=before if act.subject == "item" else act.before,
            to_state=after if act.subject == "item" else act.after, item_from=before,
            item_to=after, address="127.0.0.1" if act.actor else None, form_version=1,
            item_version=version, opinion_id=act.opinion_id,
            digest=salted_with(SALT, act.text) if act.opinion_id else None, facts=act.facts,
            tells=sorted(tells),
        )  # fmt: skip


__all__ = ["SALT", "Act", "Story", "at"]
