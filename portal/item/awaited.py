"""What an item waits for, and whose turn it is: for those whose turn it is not."""

from __future__ import annotations

from sqlalchemy import select

from portal.extensions import db
from portal.models import ApprovalSlot, Item, Person
from portal.rulebook import offers
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import Role, holders
from portal.rulebook.scope import Viewer, visible

NAMED_AT_MOST = 3


def waits_for(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """Every word that is open with the names whose turn it is, in the order of the table."""
    turns: dict[str, list[int]] = {}
    for rule in offers.table():
        if not rule.waits or (rule.during and item.state not in rule.during):
            continue
        for unit in _turns(viewer, rule, item):
            waiting = turns.setdefault(rule.waits, [])
            for role in _roles(viewer, rule, item):
                found = db.session.scalars(holders(role, viewer.moment, item=item, unit=unit))
                waiting.extend(id_ for id_ in found if id_ not in waiting)
    return [(word, _names(ids)) for word, ids in turns.items() if ids]


def _turns(viewer: Viewer, rule: offers.Act, item: Item) -> list[int | None]:
    """The units whose turn the rule makes it now; None for the item's own lead unit."""
    if rule.machine != "item" and rule.machine not in PARTS:
        return []
    part = PARTS.get(rule.machine)
    if part is None:
        if item.state not in rule.source:
            return []
        query = select(Item.id).where(Item.id == item.id)
        if rule.only is not None:
            query = query.where(rule.only(Item))
        return [None] if db.session.scalar(query) is not None else []
    rows = visible(viewer, part).where(part.item_id == item.id).order_by(part.id)
    if rule.source:
        rows = rows.where(part.state.in_(rule.source))
    if rule.only is not None:
        rows = rows.where(rule.only(part))
    if rule.unit:
        rows = rows.where((part.unit_id == item.lead_unit_id) == (rule.unit == "lead"))
    return [
        None if rule.by_lead else getattr(row, "unit_id", None) for row in db.session.scalars(rows)
    ]


def _roles(viewer: Viewer, rule: offers.Act, item: Item) -> list[Role]:
    roles = list(rule.waits_for or rule.by)
    if not rule.step:
        return roles
    slots = db.session.scalars(
        visible(viewer, ApprovalSlot).where(
            ApprovalSlot.item_id == item.id,
            ApprovalSlot.step == rule.step,
            ApprovalSlot.state == "open",
        )
    )
    open_roles = {slot.role for slot in slots}
    return [role for role in roles if role.value in open_roles]


def _names(person_ids: list[int]) -> str:
    names = list(
        db.session.scalars(
            select(Person.name).where(Person.id.in_(person_ids)).order_by(Person.sort_no)
        )
    )
    shown = "、".join(names[:NAMED_AT_MOST])
    return f"{shown}等" if len(names) > NAMED_AT_MOST else shown
