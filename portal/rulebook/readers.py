"""第二十一条: who may know of an item. Stored with it as `readers`, and copied to its parts by the
database; `scope` reads by them.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select, union_all

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import (
    Appointment,
    ApprovalSlot,
    Change,
    Event,
    Handover,
    Inspection,
    InspectionMember,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Rectification,
)
from portal.models.inspection import PLANNED
from portal.rulebook.keys import EVERYONES_BUSINESS
from portal.rulebook.roles import Role, in_force

DRAFTING = frozenset({"draft", "returned", "pending_unit"})
"""While a form is with its drafters nobody else knows of it, but 党政办 of one that came back."""


def readers_of(item: Item) -> list[int]:
    """Who may know of an item, from its classification, state, units, members and signers.

    Sensitive: the persons of its need-to-know list and nobody else (SPEC §7.3). Reported as
    疑似涉密: nobody (SPEC §7.2).
    """
    if item.held:
        return []
    if item.classification == "sensitive":
        return sorted(-person_id for person_id in _listed(item))
    if item.state in DRAFTING:
        own = {-item.drafter_id, *(-person_id for person_id in _taken_part(item))}
        if item.drafter_unit_id is not None:
            own.add(item.drafter_unit_id)
        if _came_back(item):
            own.update(_of_office(item).keys)
        return sorted(own)
    units = db.session.scalars(
        select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
    )
    members = db.session.scalars(select(ItemMember.person_id).where(ItemMember.item_id == item.id))
    keys = {EVERYONES_BUSINESS, item.lead_unit_id, -item.drafter_id, *units}
    keys.update(-person_id for person_id in members)
    keys.update(-person_id for person_id in _handing_over(item))
    keys.update(-person_id for person_id in _inspecting(item))
    keys.update(_of_other_units(item))
    return sorted(keys)


def _inspecting(item: Item) -> set[int]:
    """实地督查: the team, once its plan is approved, and whoever answers for a point (责任人) read
    what they inspected or have to put right, whichever unit they are of."""
    team = (
        select(InspectionMember.person_id)
        .join(Inspection, Inspection.id == InspectionMember.inspection_id)
        .where(InspectionMember.item_id == item.id, Inspection.state.not_in(PLANNED))
    )
    owners = select(Rectification.owner_id.label("person_id")).where(
        Rectification.item_id == item.id
    )
    return {row.person_id for row in db.session.execute(union_all(team, owners))}


def _handing_over(item: Item) -> set[int]:
    """岗位交接: who hands the item over and who takes it over read what they signed, whichever unit
    they are in by then. Of a 交接 that was taken back the taker has signed nothing."""
    rows = db.session.execute(
        select(Handover.from_id, Handover.to_id, Handover.state).where(Handover.item_id == item.id)
    ).all()
    takers = {row.to_id for row in rows if row.state != "withdrawn"}
    return takers | {row.from_id for row in rows}


def _came_back(item: Item) -> bool:
    """Whether the form was ever sent back to its drafters by somebody beyond their unit: 党政办 had
    it then, and is asked about it (请向党政办核对) while it is being corrected. What its drafter
    took back (撤回) was in nobody's hands."""
    returned = select(Event.id).where(
        Event.item_id == item.id,
        Event.item_from.not_in(DRAFTING),
        Event.item_to.in_(DRAFTING),
        Event.act != "withdraw",
    )
    return db.session.scalar(returned.limit(1)) is not None


class Office(NamedTuple):
    """党政办: the keys of its units, and its people (ids)."""

    keys: set[int]
    people: set[int]


def _of_office(item: Item) -> Office:
    """党政办 as it stood when the item took its state."""
    rows = db.session.execute(
        select(Appointment.unit_id, Appointment.person_id).where(
            Appointment.role.in_((Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value)),
            in_force(Appointment, shanghai_day(item.state_since)),
        )
    ).all()
    people = {row.person_id for row in rows}
    return Office({row.unit_id for row in rows if row.unit_id}, people)


def _of_other_units(item: Item) -> set[int]:
    """调整承办单位: the units it is proposed for, whose leader must agree; and of those that were
    relieved, the persons who took part or were told."""
    rows = db.session.execute(
        select(Change.state, Change.values).where(
            Change.item_id == item.id, Change.kind == "reassign"
        )
    ).all()
    if not rows:
        return set()
    told = db.session.scalars(
        select(func.unnest(Event.tells)).where(
            Event.item_id == item.id, Event.act.in_(("issue", "agree_reassign"))
        )
    )
    keys = {-person_id for person_id in (*_taken_part(item), *told)}
    for state, values in rows:
        if state == "open":
            keys.update((values["lead_unit_id"], *values["co_unit_ids"]))
    return keys


def _listed(item: Item) -> set[int]:
    """Who is on the list of a sensitive item; of a form still with its drafters only they."""
    listed = set(
        db.session.scalars(
            select(NeedToKnow.person_id).where(
                NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None)
            )
        )
    )
    own = {item.drafter_id, *_taken_part(item)}
    if item.state in ("draft", "returned"):
        if listed and _came_back(item):
            own |= _of_office(item).people
        return own & listed if listed else own
    return listed


def _taken_part(item: Item) -> set[int]:
    """Who has acted on the item or signed in it: they may see what became of it (退回修改)."""
    acted = select(Event.actor_id).where(Event.item_id == item.id, Event.actor_id.is_not(None))
    signed = select(ApprovalSlot.person_id).where(
        ApprovalSlot.item_id == item.id, ApprovalSlot.person_id.is_not(None)
    )
    return {row.actor_id for row in db.session.execute(union_all(acted, signed))}
