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
    DateTime,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from portal.clock import SHANGHAI
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Comment, Feedback, Item, ItemUnit, Objection
from portal.rulebook.chains import CHAINS
from portal.rulebook.guards import of_acting_unit
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import NOW, PERSON, Role, holds
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT, RULES
from portal.rulebook.scope import Viewer

SINCE = {
    # 第十八条（四）: from the first of January on, however long the item has been in work.
    "review_yearly": func.timezone(
        SHANGHAI.key, func.date_trunc("year", cast(Item.review_due, DateTime))
    ),
}
"""Since when an act waits that does not wait since the item took its state."""
OF_PARTS: dict[str, Any] = {
    "feedback": func.greatest(Feedback.submitted_at, Feedback.confirmed_at),
    "objection": Objection.raised_at,
    "comment": Comment.given_at,
    "approval_slot": ApprovalSlot.contested_at,
}
OF_ACTS: dict[str, Any] = {
    "answer_report": Feedback.contested_at,
    "answer_coordination": ItemUnit.coordination_since,
}
"""Since when a part waits: since it was handed in, raised, given, contested."""


class Waiting(NamedTuple):
    """One row of 待办: an act that waits for the person, on which item, since when."""

    act: str
    item_id: int
    since: datetime

    @property
    def word(self) -> str:
        """What is to be done, e.g. 「审签」."""
        return BY_ACT[self.act].waits


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
            if rule.waits
            and (rule.machine == "item" or rule.machine in PARTS)
            and (mine := [role for role in _whose(rule) if role in roles])
        )
    ).subquery()


def _whose(rule: Rule) -> tuple[Role, ...]:
    return rule.waits_for or rule.by


def _waiting(rule: Rule, roles: list[Role]) -> Select[str, int, datetime]:
    if rule.step:
        return _signatures(rule, roles)
    part = PARTS.get(rule.machine)
    unit = getattr(part, "unit_id", None) if part is not None else None
    since = OF_ACTS.get(rule.act, OF_PARTS.get(rule.machine, Item.state_since))
    query = _columns(rule, SINCE.get(rule.act, func.coalesce(since, Item.state_since)))
    if part is None:
        query = query.where(Item.state.in_(rule.source))
    else:
        query = query.join(part, part.item_id == Item.id)
        if rule.source:
            query = query.where(part.state.in_(rule.waits_in or rule.source))
    if rule.only is not None:
        query = query.where(rule.only(part or Item))
    if rule.waits_only is not None:
        query = query.where(rule.waits_only(part or Item))
    if rule.by_unit:
        query = query.where(of_acting_unit(part))
    if rule.unit == "lead":
        query = query.where(Item.lead_unit_id == unit)
    if rule.unit == "co":
        query = query.where(Item.lead_unit_id != unit)
    if rule.by_lead:
        unit = None
    return query.where(or_(*(holds(role, PERSON, NOW, item=Item, unit=unit) for role in roles)))


def _signatures(rule: Rule, roles: list[Role]) -> Select[str, int, datetime]:
    """The open boxes of the rule's step, each asked of the unit it is about."""
    unit = func.coalesce(ApprovalSlot.unit_id, Item.lead_unit_id)
    mine = (
        (ApprovalSlot.role == role.value) & holds(role, PERSON, NOW, item=Item, unit=unit)
        for role in roles
    )
    query = (
        _columns(rule, func.coalesce(ApprovalSlot.opened_at, Item.state_since))
        .join(ApprovalSlot, ApprovalSlot.item_id == Item.id)
        .where(ApprovalSlot.step == rule.step, ApprovalSlot.state == "open", or_(*mine))
    )
    if rule.machine == "item":
        at_its_step = Item.state.in_(rule.source)
        if not rule.afterwards:
            return query.where(at_its_step)
        beside = select(Approval.id).where(Approval.beside, Approval.state == "open")
        made_up = Item.state.in_(rule.afterwards) & ApprovalSlot.approval_id.in_(beside)
        return query.where(at_its_step | made_up)
    chain = next(c.name for c in CHAINS.values() if rule.act in {step.act for step in c.steps})
    return query.join(
        Approval,
        (Approval.id == ApprovalSlot.approval_id)
        & (Approval.chain == chain)
        & (Approval.state == "open"),
    )


def _columns(rule: Rule, since: Any) -> Select[str, int, datetime]:
    query = select(
        cast(literal(rule.act), String).label("act"),
        Item.id.label("item_id"),
        since.label("since"),
    ).select_from(Item)
    return query.where(Item.state.in_(rule.during)) if rule.during else query
