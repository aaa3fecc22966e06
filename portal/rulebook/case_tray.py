"""待办 of cases: which of them wait for a person, as rows beside those of the items' acts.

Row-level security leaves out the cases that the person may not know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, or_, select
from sqlalchemy.orm import aliased

from portal.models import Appointment, Case, Item, Person
from portal.rulebook.roles import NOW, PERSON, Role, holds_directly, in_force
from portal.rulebook.rule_shapes import Rule

HANDLES: Final[dict[Role, tuple[str, ...]]] = {
    Role.HR: ("hr", "both"),
    Role.DISCIPLINE: ("discipline", "both"),
}
"""To whom a case is referred for these offices to handle it."""
OF_CONCERNED: Final = frozenset({Role.UNIT_HEAD, Role.CONCERNED})
"""Those who answer; all others judge."""


STAND_INS: Final[dict[Role, Role]] = {
    Role.OFFICE_HEAD: Role.OFFICE_LEADER,
    Role.OFFICE_LEADER: Role.OFFICE_HEAD,
}
"""Who acts where a case concerns who holds the office: the other of the two who sign a 移送."""
_HELD, _OTHER, _POST = aliased(Appointment), aliased(Appointment), aliased(Appointment)
"""Made once, as in `roles`."""


def has_post(person: Any, unit: Any, day: Any) -> ColumnElement[bool]:
    """Whether the person has a post of any kind in the unit that day: of its case he judges nothing
    then, whatever office he holds besides (decision 0175). The post of 党政办分管领导 is in none.
    """
    return (
        exists()
        .where(
            _POST.person_id == person,
            _POST.unit_id == unit,
            _POST.role != Role.OFFICE_LEADER.value,
            in_force(_POST, day),
        )
        .correlate_except(_POST)
    )


def concerns(role: Role, unit: Any, *days: Any) -> ColumnElement[bool]:
    """Whether on one of the days a case of the unit concerns whoever holds the office: all of them
    have a post there. The database's `offices_of` asks the same."""
    return or_(*(_concerns(role, unit, day) for day in days))


def _concerns(role: Role, unit: Any, day: Any) -> ColumnElement[bool]:
    apart = (
        exists()
        .where(
            _OTHER.role == role.value,
            in_force(_OTHER, day),
            _OTHER.person_id == Person.id,
            Person.active,
            ~has_post(_OTHER.person_id, unit, day),
        )
        .correlate_except(_OTHER, Person)
    )
    held = exists().where(_HELD.role == role.value, in_force(_HELD, day), ~apart)
    return held.correlate_except(_HELD)


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
    who = {"item": Item, "unit": Case.unit_id}
    apart = ~has_post(PERSON, Case.unit_id, NOW.day)
    for role in rule.by:
        if role is Role.UNIT_HEAD and role.value in roles:
            yield holds(role, PERSON, NOW, **who)
        elif role in STAND_INS:
            for stands, where in _stands(role):
                if stands.value in roles:
                    yield holds_directly(stands, PERSON, NOW, **who) & where & apart
        elif role in HANDLES and role.value in roles:
            referred = Case.referred_to.in_(HANDLES[role])
            yield holds_directly(role, PERSON, NOW, **who) & referred & apart


def _stands(role: Role) -> Iterator[tuple[Role, ColumnElement[bool]]]:
    """Who acts where a rule names `role`, and in which cases; as `cases.stand_ins`."""
    days = (Case.raised_on, NOW.day)
    moved = concerns(role, Case.unit_id, *days)
    if role is Role.OFFICE_LEADER:
        moved &= ~concerns(Role.OFFICE_HEAD, Case.unit_id, *days)
    return iter(((role, ~moved), (STAND_INS[role], moved)))
