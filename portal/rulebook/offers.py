"""第十二至十九条: which acts a person may do on an item now, in which capacities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import ArchiveRecord, Attachment, Feedback, Item, ItemUnit, Person
from portal.rulebook.approvals import open_slots
from portal.rulebook.roles import LABELS, Capacity, Role, capacities
from portal.rulebook.rules import BY_ACT, RULES, Rule
from portal.rulebook.scope import Viewer

Act = Rule
"""A row of the table of acts, for the pages that show it and may not import the table."""
PARTS: dict[str, Any] = {
    "item_unit": ItemUnit,
    "feedback": Feedback,
    "archive_record": ArchiveRecord,
    "attachment": Attachment,
}


class Position(NamedTuple):
    """A capacity as a form offers it: its value, and its words 「党委书记（代向维岷）」."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """An act this person may do now, in which capacities, and on which part."""

    rule: Rule
    capacities: tuple[Capacity, ...]
    subject: Any = None

    @property
    def act(self) -> str:
        """The act's identifier in the table."""
        return self.rule.act


def capacities_of(viewer: Viewer, by: tuple[Role, ...], item: Item, unit: Any) -> list[Capacity]:
    """The capacities among `by`, direct ones first."""
    asked = [role for role in by if role in viewer.roles]
    if not asked:
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
    held = [held for offer in _offer(viewer, rule, item, part) for held in offer.capacities]
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


def offered(viewer: Viewer, item: Item) -> list[Offer]:
    """The acts this person may do on this item now, in the order of the table."""
    offers: list[Offer] = []
    for rule in RULES:
        if rule.act == "create" or (rule.during and item.state not in rule.during):
            continue
        if rule.machine == "item":
            if item.state in rule.source and _narrowed(rule, item):
                offers.extend(_offer(viewer, rule, item, None))
        else:
            for subject in _subjects(rule, item):
                offers.extend(_offer(viewer, rule, item, subject))
    return offers


def acts_on(document: str) -> list[str]:
    """The acts that change what a document prints."""
    return [rule.act for rule in RULES if rule.document == document]


def may_begin(viewer: Viewer, item: Item, *acts: str) -> bool:
    """Whether the person may begin a part (a report) on which one of these acts is done."""
    rules = [BY_ACT[act] for act in acts]
    return any(
        item.state in rule.during and bool(capacities_of(viewer, rule.by, item, None))
        for rule in rules
    )


def table() -> tuple[Rule, ...]:
    """The table of acts, for the page that shows it to people."""
    return RULES


def _narrowed(rule: Rule, item: Item) -> bool:
    if rule.only is None:
        return True
    return bool(db.session.scalar(select(rule.only(Item)).where(Item.id == item.id)))


def _subjects(rule: Rule, item: Item) -> list[Any]:
    part = PARTS[rule.machine]
    query = select(part).where(part.item_id == item.id).order_by(part.id)
    if rule.source:
        query = query.where(part.state.in_(rule.source))
    if rule.only is not None:
        query = query.where(rule.only(part))
    return list(db.session.scalars(query))


def _offer(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> list[Offer]:
    held = capacities_of(viewer, rule.by, item, getattr(subject, "unit_id", None))
    if rule.step:
        open_roles = {slot.role for slot in open_slots(item, rule.step)}
        held = [capacity for capacity in held if capacity.role.value in open_roles]
    return [Offer(rule, tuple(held), subject)] if held else []
