"""待办: what waits for a person, as one query over the table of acts.

The query depends only on which roles a person holds anywhere; it is built once for each such
set and asked with the person and the moment as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Subquery,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.rulebook.offers import PARTS
from portal.rulebook.roles import Moment, Role, holds
from portal.rulebook.rules import BY_ACT, RULES, Rule
from portal.rulebook.scope import Viewer


class Waiting(NamedTuple):
    """One row of 待办: an act that waits for the person, on which item, since when."""

    act: str
    item_id: int
    since: datetime

    @property
    def word(self) -> str:
        """What is to be done, e.g. 「审签」."""
        return BY_ACT[self.act].waits


PERSON = bindparam("person", type_=Integer)
NOW = Moment(
    bindparam("instant", type_=DateTime(timezone=True)),  # type: ignore[arg-type]  # as a parameter
    bindparam("day", type_=Date),  # type: ignore[arg-type]  # as a parameter
)


def waiting(viewer: Viewer) -> list[Waiting]:
    """What waits for this person, longest first."""
    rows = db.session.execute(_list(viewer.roles), _asked(viewer))
    return [Waiting(row.act, row.item_id, row.since) for row in rows]


def count_waiting(viewer: Viewer) -> int:
    """How many acts wait for this person."""
    return db.session.execute(_count(viewer.roles), _asked(viewer)).scalar_one()


def _asked(viewer: Viewer) -> Mapping[str, Any]:
    return {
        "person": viewer.person_id,
        "instant": viewer.moment.instant,
        "day": viewer.moment.day,
    }


@lru_cache(maxsize=256)
def _list(roles: frozenset[str]) -> Select[str, int, datetime]:
    rows = _rows(roles)
    return select(rows.c.act, rows.c.item_id, rows.c.since).order_by(
        rows.c.since, rows.c.item_id, rows.c.act
    )


@lru_cache(maxsize=256)
def _count(roles: frozenset[str]) -> Select[int]:
    return select(func.count()).select_from(_rows(roles))


def _rows(roles: frozenset[str]) -> Subquery:
    return union_all(
        *(
            _waiting(rule, mine)
            for rule in RULES
            if rule.waits and (mine := [role for role in _whose(rule) if role in roles])
        )
    ).subquery()


def _whose(rule: Rule) -> tuple[Role, ...]:
    return rule.waits_for or rule.by


def _waiting(rule: Rule, roles: list[Role]) -> Select[str, int, datetime]:
    part = PARTS.get(rule.machine)
    unit = getattr(part, "unit_id", None) if part is not None else None
    query = select(
        cast(literal(rule.act), String).label("act"),
        Item.id.label("item_id"),
        Item.state_since.label("since"),
    ).select_from(Item)
    if part is None:
        query = query.where(Item.state.in_(rule.source))
    else:
        query = query.join(part, part.item_id == Item.id)
        if rule.source:
            query = query.where(part.state.in_(rule.source))
    if rule.during:
        query = query.where(Item.state.in_(rule.during))
    if rule.only is not None:
        query = query.where(rule.only(part or Item))
    return query.where(or_(*(_turn_of(rule, role, unit) for role in roles)))


def _turn_of(rule: Rule, role: Role, unit: Any) -> ColumnElement[bool]:
    holding = holds(role, PERSON, NOW, item=Item, unit=unit)
    if not rule.step:
        return holding
    is_open = (
        select(ApprovalSlot.id)
        .where(
            ApprovalSlot.item_id == Item.id,
            ApprovalSlot.step == rule.step,
            ApprovalSlot.role == role.value,
            ApprovalSlot.state == "open",
        )
        .exists()
    )
    return is_open & holding
