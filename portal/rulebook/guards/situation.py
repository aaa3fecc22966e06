"""What a condition sees: an act about to be done, on which item, by whom, with which values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from portal.extensions import db
from portal.models import Item
from portal.rulebook.refusals import Unmet, together
from portal.rulebook.roles import Moment


@dataclass(frozen=True)
class Situation:
    """An act about to be done: the item, its part (if the act is on one), and checked values.

    `person_id` is None where the clock acts; `on_behalf_of_id` for whom the person acts, if by
    delegation.
    """

    item: Item
    subject: Any
    person_id: int | None
    moment: Moment
    values: Mapping[str, Any] = field(default_factory=dict)
    opinion: str = ""
    on_behalf_of_id: int | None = None


Guard = Callable[[Situation], None]
Only = Callable[[Any], ColumnElement[bool]]
"""What narrows a row of 待办: takes the mapped class of the rule's machine, gives SQL."""


def meets(condition: Only | None, row: Any, **given: Any) -> bool:
    """Whether this very row meets such a condition; without one it does. `given` are the values the
    condition asks for, such as the day."""
    if condition is None:
        return True
    table = type(row)
    return bool(db.session.scalar(select(condition(table)).where(table.id == row.id), given))


def unmet(guards: Iterable[Guard], situation: Situation) -> Unmet | None:
    """Everything these guards refuse, as one refusal; None if they all agree."""
    found = []
    for guard in guards:
        try:
            guard(situation)
        except Unmet as refused:
            found.append(refused)
    return together(found)
