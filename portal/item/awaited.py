"""What an item waits for, and whose turn it is: for those whose turn it is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select

from portal.extensions import db
from portal.models import ApprovalSlot, Item, Person
from portal.rulebook import knowledge, offers
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import Role, holders
from portal.rulebook.rule_shapes import in_source
from portal.rulebook.scope import Viewer, visible

NAMED_AT_MOST = 3
BY_OFFICE = "由党政办安排"
"""Said where whoever holds the office may not know of the item."""


def waits_for(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """Every word that is open with the names whose turn it is, in the order of the table.

    Of a sensitive item only those are named who are on its list.
    """
    allowed = knowledge.listed(item) if item.classification == "sensitive" else None
    turns: dict[str, list[int]] = {}
    for rule, unit in _open(viewer, item):
        waiting = turns.setdefault(rule.waits, [])
        found = _holders(viewer, item, _roles(viewer, rule, item), unit)
        waiting.extend(id_ for id_ in found if id_ not in waiting)
    return [
        (word, _names(ids if allowed is None else [id_ for id_ in ids if id_ in allowed]))
        for word, ids in turns.items()
        if ids
    ]


def held_up(viewer: Viewer, item: Item) -> list[str]:
    """Of a sensitive item: whose turn it is while nobody who may act is on the list, by name."""
    allowed = knowledge.listed(item)
    missing: list[str] = []
    for rule, unit in _open(viewer, item):
        # Every open box needs its own signer; of an act that several may do one is enough.
        groups = [[role] for role in _roles(viewer, rule, item)] if rule.step else [list(rule.by)]
        for roles in groups:
            able = _holders(viewer, item, roles, unit)
            if able and not allowed & set(able):
                asked = roles if rule.step else list(rule.waits_for or rule.by)
                missing.append(_names(_holders(viewer, item, asked, unit, directly=True) or able))
    return list(dict.fromkeys(missing))


def _open(viewer: Viewer, item: Item) -> Iterator[tuple[offers.Act, int | None]]:
    """The acts that wait now, each with the unit whose turn it is (None: the lead unit's)."""
    for rule in offers.table():
        if rule.waits and (not rule.during or item.state in rule.during):
            for unit in _turns(viewer, rule, item):
                yield rule, unit


def _holders(
    viewer: Viewer,
    item: Item,
    roles: Iterable[Role],
    unit: int | None,
    *,
    directly: bool = False,
) -> list[int]:
    found: dict[int, None] = {}
    for role in roles:
        query = holders(role, viewer.moment, item=item, unit=unit, directly=directly)
        found.update(dict.fromkeys(db.session.scalars(query)))
    return list(found)


def _turns(viewer: Viewer, rule: offers.Act, item: Item) -> list[int | None]:
    """The units whose turn the rule makes it now; None for the item's own lead unit."""
    if rule.machine != "item" and rule.machine not in PARTS:
        return []
    part = PARTS.get(rule.machine)
    if part is None:
        if not in_source(rule, item.state, supplementary=item.supplementary):
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


def _names(person_ids: Collection[int]) -> str:
    if not person_ids:
        return BY_OFFICE
    names = list(
        db.session.scalars(
            select(Person.name).where(Person.id.in_(person_ids)).order_by(Person.sort_no)
        )
    )
    shown = "、".join(names[:NAMED_AT_MOST])
    return f"{shown}等" if len(names) > NAMED_AT_MOST else shown
