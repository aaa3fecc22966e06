"""第十二至十九条: which acts a person may do on an item now, in which capacities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, false, or_, select

from portal.extensions import db
from portal.models import ApprovalSlot, Item, ItemUnit, Person, Unit
from portal.rulebook.approvals import open_slots
from portal.rulebook.chains import STATES
from portal.rulebook.guards import another_open, of_acting_unit
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import LABELS, Capacity, Role, capacities, holds, in_force
from portal.rulebook.rule_shapes import Rule, in_source
from portal.rulebook.rules import BY_ACT, RULES
from portal.rulebook.scope import Viewer

Act = Rule
"""A row of the table of acts, for the pages that show it and may not import the table."""


class Position(NamedTuple):
    """A capacity as a form offers it: its value, and its words 「党委书记（代向维岷）」."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """An act this person may do now, in which capacities, and on which part.

    `unit_id` is the unit whose part it is, also of one that the act would begin.
    """

    rule: Rule
    capacities: tuple[Capacity, ...]
    subject: Any = None
    unit_id: int | None = None

    @property
    def act(self) -> str:
        """The act's identifier in the table."""
        return self.rule.act


def capacities_of(viewer: Viewer, by: tuple[Role, ...], item: Item, unit: Any) -> list[Capacity]:
    """The capacities among `by`, direct ones first."""
    asked = [role for role in by if role in viewer.roles]
    if not asked or viewer.person_id is None:
        return []
    row = (
        db.session.execute(
            capacities(viewer.person_id, viewer.moment, roles=asked, item=item, unit=unit)
        )
        .mappings()
        .one()
    )
    direct = [Capacity(role, None) for role in asked if row[role.value]]
    lent = [
        Capacity(role, row[f"{role.value}_for"])
        for role in asked
        if row[f"{role.value}_for"] is not None
    ]
    return direct + lent


def positions(viewer: Viewer, act: str, item: Item, part: Any) -> tuple[Position, ...]:
    """「以何种身份办理？」: the capacities between which a signer chooses.

    Only a signature asks: there the capacity decides which box is filled, and for whom.
    """
    rule = BY_ACT[act]
    if not rule.step:
        return ()
    held = [held for _slot, held in turns_of(viewer, rule, item, part)]
    names = _names({held.on_behalf_of_id for held in held})
    return tuple(
        Position(
            held.value,
            LABELS[held.role]
            + (f"（代{names[held.on_behalf_of_id]}）" if held.on_behalf_of_id else ""),
        )
        for held in held
    )


def _names(person_ids: set[int | None]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def offered(viewer: Viewer, item: Item, *, among: Collection[str] = ()) -> list[Offer]:
    """The acts this person may do on this item now, in the order of the table; with `among` only
    these are asked for, which spares the questions about all others."""
    return [
        Offer(rule, tuple(capacity for _slot, capacity in turns), subject, unit_id)
        for rule in RULES
        if rule.act != "create" and (not among or rule.act in among)
        if not rule.during or item.state in rule.during
        for subject, unit_id in _subjects(viewer, rule, item)
        if (turns := turns_of(viewer, rule, item, subject, unit_id))
    ]


def is_offered(viewer: Viewer, act: str, item: Item, subject: Any) -> bool:
    """Whether the person may do this act on the item, or on this part of it, now."""
    found = offered(viewer, item, among=(act,))
    return any(offer.subject is subject for offer in found)


def turns_of(
    viewer: Viewer, rule: Rule, item: Item, subject: Any, unit_id: int | None = None
) -> list[tuple[ApprovalSlot | None, Capacity]]:
    """In which capacities the person may do this act now, and which open box each of them signs.

    `unit_id` is the unit of a part that the act would begin.
    """
    if rule.by == (Role.SYSTEM,) or viewer.person_id is None:
        by_clock = Role.SYSTEM in rule.by and viewer.person_id is None
        return [(None, Capacity(Role.SYSTEM, None))] if by_clock else []
    if not rule.step:
        own = getattr(subject, "unit_id", None) or unit_id
        unit = None if rule.by_lead else own
        return [
            (None, held)
            for held in capacities_of(viewer, rule.by, item, unit)
            if not (rule.in_person and held.on_behalf_of_id)
        ]
    return [
        (slot, held)
        for slot in open_slots(item, rule.step, rule.machine, subject)
        if slot.role in rule.by and (rule.step != "*" or STATES[slot.step] in rule.source)
        for held in capacities_of(viewer, (Role(slot.role),), item, slot.unit_id)
    ]


def may_report(offered_now: Iterable[Offer]) -> bool:
    """第十六条（五）: whether the person may begin a report."""
    return any(
        offer.rule.machine == "feedback" and offer.rule.makes and offer.subject is None
        for offer in offered_now
    )


def acts_on(document: str) -> list[str]:
    """The acts that change what a document prints; a paper's only on the form it was signed on."""
    return [rule.act for rule in RULES if rule.document == document]


def acts_on_paper() -> list[str]:
    """The acts on boxes signed on paper."""
    return [rule.act for rule in RULES if rule.machine == "approval_slot"]


def may_draft(viewer: Viewer) -> bool:
    """第十二条: whether the person may draft for any unit at all."""
    return bool(viewer.roles & {role.value for role in BY_ACT["create"].by})


def units_to_draft_for(viewer: Viewer) -> Select[Unit]:
    """第十二条: the units of today for whose matters the person may draft, in official order."""
    by = [role for role in BY_ACT["create"].by if role in viewer.roles]
    may = [holds(role, viewer.person_id, viewer.moment, unit=Unit.id) for role in by]
    return (
        select(Unit)
        .where(in_force(Unit, viewer.moment.day), or_(false(), *may))
        .order_by(Unit.sort_no, Unit.id)
    )


def table() -> tuple[Rule, ...]:
    """The table of acts, for the page that shows it to people."""
    return RULES


def _subjects(viewer: Viewer, rule: Rule, item: Item) -> list[tuple[Any, int | None]]:
    """The rows the act can be done on now, each with its unit; no row: the item itself, or one
    that the act begins."""
    if rule.machine == "item":
        starts = in_source(rule, item.state, supplementary=item.supplementary)
        return [(None, None)] if starts and _narrowed(rule, item) else []
    if rule.machine not in PARTS:
        return []
    part = PARTS[rule.machine]
    query = select(part).where(part.item_id == item.id).order_by(part.id)
    if rule.source:
        query = query.where(part.state.in_(rule.source))
    if rule.only is not None:
        query = query.where(rule.only(part))
    if rule.by_unit:
        query = query.where(of_acting_unit(part))
    if rule.unit:
        query = query.where((part.unit_id == item.lead_unit_id) == (rule.unit == "lead"))
    if rule.by == (Role.SIGNER,):
        # Whoever is named on a paper may object to that one, and for five working days.
        mine = part.person_id == viewer.person_id
        query = query.where(mine, part.contestable_until >= viewer.moment.day)
    rows = [(row, getattr(row, "unit_id", None)) for row in db.session.scalars(query)]
    return [*(_beginnings(rule, item) if rule.makes else []), *rows]


def _beginnings(rule: Rule, item: Item) -> list[tuple[None, int | None]]:
    """For which units the act may begin a row: those that have received, if it is a unit's."""
    if rule.machine == "change" and another_open(item):
        return []  # one change of an item waits for consent at a time
    if not hasattr(PARTS[rule.machine], "unit_id"):
        return [(None, None)]
    shares = db.session.execute(
        select(ItemUnit.unit_id, ItemUnit.role)
        .where(ItemUnit.item_id == item.id, ItemUnit.state == "received")
        .order_by(ItemUnit.id)
    )
    return [(None, row.unit_id) for row in shares if rule.unit in ("", row.role)]


def _narrowed(rule: Rule, item: Item) -> bool:
    if rule.only is None:
        return True
    return bool(db.session.scalar(select(rule.only(Item)).where(Item.id == item.id)))
