"""第十二至十九条: which acts a person may do on an item now, in which capacities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, or_, select

from portal.extensions import db
from portal.models import ArchiveRecord, Attachment, Feedback, Item, ItemUnit, Unit
from portal.rulebook.approvals import open_slots
from portal.rulebook.roles import Capacity, Role, capacities, holds, in_force
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
