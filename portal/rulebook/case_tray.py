"""待办 of cases: which of them wait for a person, as rows beside those of the items' acts.

Row-level security leaves out the cases that the person may not know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, or_, select

from portal.models import Case, Item
from portal.rulebook.case_roles import HANDLES, STAND_INS, concerns, has_post
from portal.rulebook.roles import NOW, PERSON, Role, holds_directly
from portal.rulebook.rule_shapes import Rule


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
    """Who acts where a rule names `role`, and in which cases; as `case_roles.stand_ins`."""
    days = (Case.raised_on, NOW.day)
    moved = concerns(role, Case.unit_id, *days)
    if role is Role.OFFICE_LEADER:
        moved &= ~concerns(Role.OFFICE_HEAD, Case.unit_id, *days)
    return iter(((role, ~moved), (STAND_INS[role], moved)))
