"""待办 of cases: which of them wait for a person, as rows beside those of the items' acts.

Row-level security leaves out the cases that the person may not know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, literal, or_, select

from portal.models import Appointment, Case, Item
from portal.rulebook.roles import NOW, PERSON, Role, holds_directly, in_force
from portal.rulebook.rule_shapes import Rule

HANDLES: Final[dict[Role, tuple[str, ...]]] = {
    Role.HR: ("hr", "both"),
    Role.DISCIPLINE: ("discipline", "both"),
}
"""To whom a case is referred for these offices to handle it."""


def instead(role: Role, *, own_office: bool) -> Role:
    """Who acts where a rule names `role`: in a case of 党政办 itself its leader, not its head."""
    return Role.OFFICE_LEADER if own_office and role is Role.OFFICE_HEAD else role


def waiting(
    rules: Iterable[Rule], roles: frozenset[str], holds: Any
) -> Iterator[Select[str, int, datetime, str]]:
    """What waits for who holds these roles, one query a rule of 问责; `holds` as in `tray`."""
    for rule in rules:
        if rule.machine != "accountability" or not rule.waits:
            continue
        mine = [*_mine(rule, roles, holds)]
        if mine:
            yield (
                select(
                    cast(literal(rule.act), String).label("act"),
                    Case.item_id.label("item_id"),
                    Case.since.label("since"),
                    cast(literal(rule.waits), String).label("word"),
                )
                .join(Item, Item.id == Case.item_id)
                .where(Case.state.in_(rule.source), or_(*mine))
            )


def _mine(rule: Rule, roles: frozenset[str], holds: Any) -> Iterator[ColumnElement[bool]]:
    heads = select(Appointment.unit_id).where(
        Appointment.role == Role.OFFICE_HEAD.value,
        Appointment.unit_id.is_not(None),
        in_force(Appointment, NOW.day),
    )
    own_office = Case.unit_id.in_(heads)
    for role in rule.by:
        who = {"item": Item, "unit": Case.unit_id}
        if role is Role.UNIT_HEAD and role.value in roles:
            yield holds(role, PERSON, NOW, **who)
        elif role is Role.OFFICE_HEAD:
            for stands, where in ((role, ~own_office), (Role.OFFICE_LEADER, own_office)):
                if stands.value in roles:
                    yield holds_directly(stands, PERSON, NOW, **who) & where
        elif role in HANDLES and role.value in roles:
            yield holds_directly(role, PERSON, NOW, **who) & Case.referred_to.in_(HANDLES[role])
        elif role is Role.OFFICE_LEADER and role.value in roles:
            yield holds_directly(role, PERSON, NOW, **who)
