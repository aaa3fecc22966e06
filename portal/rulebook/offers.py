"""第十二至十九条: which acts a person may do on an item now, in which capacities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, false, or_, select

from portal.extensions import db
from portal.models import ApprovalSlot, Item, Person, Unit
from portal.rulebook import urging
from portal.rulebook.guards import meets
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import LABELS, Capacity, Role, holds, in_force
from portal.rulebook.rule_shapes import Rule, in_source
from portal.rulebook.rules import BY_ACT, RULES
from portal.rulebook.scope import Viewer
from portal.rulebook.standing import Standing

Act = Rule
"""A row of the table of acts, for the pages that show it and may not import the table."""


BEGINNINGS = frozenset({"create", "enter_history"})
"""Acts that begin an item: on one that is there they are not offered."""
ENTERED = {
    "enter_report": "feedback", "enter_co_report": "feedback", "enter_close": "closing",
    "enter_extension": "extension",
}  # fmt: skip


class Position(NamedTuple):
    """A capacity as a form offers it: its value, its words 「党委书记（代向维岷）」, and the name
    as it will stand in the box 「陈𬭎（代向维岷）」."""

    value: str
    label: str
    prints: str


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


def positions(viewer: Viewer, act: str, item: Item, part: Any) -> tuple[Position, ...]:
    """「以何种身份办理？」: the capacities between which a signer chooses.

    Only a signature asks: there the capacity decides which box is filled, and for whom.
    """
    rule = BY_ACT[act]
    if not rule.step:
        return ()
    held = [held for _slot, held in turns_of(viewer, rule, item, part)]
    names = _names({viewer.person_id, *(held.on_behalf_of_id for held in held)})
    own = names.get(viewer.person_id or 0, "")
    behalf = [f"（代{names[one.on_behalf_of_id]}）" if one.on_behalf_of_id else "" for one in held]
    return tuple(
        Position(one.value, LABELS[one.role] + of_whom, own + of_whom)
        for one, of_whom in zip(held, behalf, strict=True)
    )


def _names(person_ids: set[int | None]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def decisions() -> frozenset[str]:
    """The acts that sign a box by agreeing: each is one matter of 待我签批."""
    return frozenset(rule.act for rule in RULES if rule.step and rule.step != "*")


def offered(viewer: Viewer, item: Item, *, among: Collection[str] = ()) -> list[Offer]:
    """The acts this person may do on this item now, in the order of the table; with `among` only
    these are asked for, which spares the questions about all others."""
    standing = Standing(viewer, item)
    return [
        Offer(rule, tuple(capacity for _slot, capacity in turns), subject, unit_id)
        for rule in RULES
        if rule.act not in BEGINNINGS and (not among or rule.act in among)
        if _concerns(viewer, rule, item)
        for subject, unit_id in subjects(standing, rule)
        if (turns := _turns(standing, rule, subject, unit_id))
    ]


def _concerns(viewer: Viewer, rule: Rule, item: Item) -> bool:
    """Whether the act is worth asking for: in this state of the item, of this person's roles."""
    whose = (*rule.by, *rule.instead)
    mine = viewer.person_id is None or not viewer.roles.isdisjoint(whose)
    return mine and (not rule.during or item.state in rule.during)


def is_offered(viewer: Viewer, act: str, item: Item, subject: Any) -> bool:
    """Whether the person may do this act on the item, or on this part of it, now."""
    found = offered(viewer, item, among=(act,))
    return any(offer.subject is subject for offer in found)


def turns_of(
    viewer: Viewer, rule: Rule, item: Item, subject: Any
) -> list[tuple[ApprovalSlot | None, Capacity]]:
    """In which capacities the person may do this act now, and which open box each of them signs."""
    return _turns(Standing(viewer, item, (*rule.by, *rule.instead)), rule, subject)


def _turns(
    standing: Standing, rule: Rule, subject: Any, unit_id: int | None = None
) -> list[tuple[ApprovalSlot | None, Capacity]]:
    """`unit_id` is the unit of a part that the act would begin."""
    by_clock = standing.viewer.person_id is None
    if by_clock or rule.by == (Role.SYSTEM,):
        acts = by_clock and Role.SYSTEM in rule.by
        return [(None, Capacity(Role.SYSTEM, None))] if acts else []
    if not rule.step:
        own = getattr(subject, "unit_id", None) or unit_id
        whose = rule.acting(subject, standing.viewer.moment.day)
        return [
            (None, held)
            for held in standing.held(whose, None if rule.by_lead else own)
            if not (rule.in_person and held.on_behalf_of_id)
        ]
    return [
        (slot, held)
        for slot in standing.boxes(rule, subject)
        for held in standing.held((Role(slot.role),), slot.unit_id)
        if not (rule.in_person and held.on_behalf_of_id)
    ]


def may_report(offered_now: Iterable[Offer]) -> bool:
    """第十六条（五）: whether the person may begin a report of the own unit."""
    return any(
        offer.rule.machine == "feedback" and offer.rule.makes and offer.subject is None
        for offer in offered_now
        if offer.act not in ENTERED
    )


def may_enter(offered_now: Iterable[Offer]) -> frozenset[str]:
    """What the person may type in for a unit: a report (feedback), an application for 办结
    (closing), a request for more time (extension)."""
    return frozenset(ENTERED[offer.act] for offer in offered_now if offer.act in ENTERED)


def acts_on(document: str) -> list[str]:
    """The acts that change what a document prints; a paper's only on the form it was signed on."""
    return [rule.act for rule in RULES if rule.document == document]


def document_of(act: str) -> str:
    """The document that an act prints on; empty: on none."""
    return BY_ACT[act].document


def acts_opening(chain: str) -> list[str]:
    """The acts that open an approval, whose empty boxes its form prints."""
    return [rule.act for rule in RULES if rule.chain == chain and rule.decides == "agree"]


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


def subjects(standing: Standing, rule: Rule) -> list[tuple[Any, int | None]]:
    """The rows the act can be done on now, each with its unit; no row: the item itself, or one
    that the act begins. An act that makes rows and starts from no state touches none there is."""
    if rule.machine == "item":
        item = standing.item
        starts = in_source(rule, item.state, beside=standing.beside(rule))
        return [(None, None)] if starts and narrowed(rule, item, standing.viewer.moment.day) else []
    if rule.makes and not rule.source:
        return _beginnings(standing, rule)
    rows = [(row, getattr(row, "unit_id", None)) for row in standing.rows(rule)]
    return [*(_beginnings(standing, rule) if rule.makes else []), *rows]


def _beginnings(standing: Standing, rule: Rule) -> list[tuple[None, int | None]]:
    """For which units the act may begin a row: those that have received, if it is a unit's."""
    part = PARTS.get(rule.machine)
    if part is None:
        return []
    if rule.machine == "change" and standing.changing():
        return []
    if not begins(rule, standing.item):
        return []
    if not hasattr(part, "unit_id"):
        return [(None, None)]
    if rule.machine == "urge":
        today = standing.viewer.moment.day
        return [(None, unit_id) for unit_id in urging.urgeable(standing.item, today)]
    # Who has handed in may still be inspected: 办结 is not decided yet.
    at_work = ("received", "handed_in") if rule.machine == "inspection" else ("received",)
    return [
        (None, share.unit_id)
        for share in standing.parts("item_unit")
        if share.state in at_work and rule.unit in ("", share.role) and share.role != "former"
    ]


def begins(rule: Rule, item: Item) -> bool:
    """Whether the item meets the act's condition for beginning a row of its machine."""
    if rule.begins_if is None:
        return True
    return bool(db.session.scalar(select(rule.begins_if(Item)).where(Item.id == item.id)))


def words(viewer: Viewer, rule: Rule, row: Any) -> list[str]:
    """The words under which 待办 shows the act today for this row (None: the item, a new row)."""
    found = [rule.waits] if rule.waits_on(row) else []
    if rule.reminds and meets(rule.reminds_only, row, day=viewer.moment.day):
        found.append(rule.reminds)
    return found


def calls(offer: Offer) -> bool:
    """Whether it is this person's turn; a reminder (催请补签) leaves the turn to the signers."""
    return offer.rule.waits_on(offer.subject)


def narrowed(rule: Rule, row: Any, day: date) -> bool:
    """Whether the item, or the part, meets the act's own condition on this Shanghai day."""
    return meets(rule.only, row, day=day)
