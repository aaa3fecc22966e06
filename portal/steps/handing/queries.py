"""What can be handed over and by whom, and the 交接单 there are, as far as the viewer may know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    Appointment,
    Feedback,
    Handover,
    HandoverList,
    Item,
    ItemMember,
    ItemUnit,
    Person,
    Unit,
)
from portal.models.handover import OPEN
from portal.rulebook import workflow
from portal.rulebook.item_texts import number_of
from portal.rulebook.machines import state_word
from portal.rulebook.offers import offered
from portal.rulebook.roles import LABELS, Role, in_force
from portal.rulebook.scope import Viewer, visible
from portal.steps.handing import commands

OFFICE = frozenset({Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value})
SHOWN = 50


class Giver(NamedTuple):
    """Somebody whose items may be handed over: as who works on them, or as the unit's head."""

    kind: str
    unit_id: int
    person_id: int
    name: str
    unit: str

    @property
    def value(self) -> str:
        """How an address names it."""
        return f"{self.kind}-{self.unit_id}-{self.person_id}"

    @property
    def label(self) -> str:
        """「邓涛（保卫处，承办事项）」, 「坤建军（保卫处，单位全部事项）」."""
        what = "单位全部事项" if self.kind == "head" else "承办事项"
        return f"{self.name}（{self.unit}，{what}）"


class Candidate(NamedTuple):
    """An item that can go on a list; `progress` is what its last report said, which of a
    `sensitive` one is noted as a view of it."""

    item_id: int
    public_id: uuid.UUID
    number: str
    title: str
    due: date | None
    progress: str
    sensitive: bool


class Row(NamedTuple):
    """A line of a list, its item, its state in words; `waits`: this person confirms it now; `acts`:
    all that this person may do with it."""

    line: Handover
    item: Item
    number: str
    state: str
    waits: bool
    acts: frozenset[str]


class Listed(NamedTuple):
    """A 交接单 as it is named in a list of lists."""

    begun: HandoverList
    giver: str
    taker: str
    unit: str
    supervisor: str
    rows: int
    open_rows: int


def givers(viewer: Viewer) -> list[Giver]:
    """Whose items this person may hand over: one's own; a head those of his unit; 党政办 all."""
    units = {unit_id for role, unit_id in viewer.units if role == Role.UNIT_HEAD.value}
    office = bool(viewer.roles & OFFICE)
    named = (
        visible(viewer, ItemMember)
        .where(ItemMember.role.in_(commands.HANDLERS), ItemMember.item_id.in_(_open_items(viewer)))
        .with_only_columns(ItemMember.person_id, ItemMember.unit_id)
    )
    heads = (
        visible(viewer, ItemUnit)
        .join(Appointment, Appointment.unit_id == ItemUnit.unit_id)
        .where(
            ItemUnit.role != "former",
            ItemUnit.item_id.in_(_open_items(viewer)),
            or_(Appointment.role == Role.UNIT_HEAD.value, Appointment.acting_head),
            in_force(Appointment, viewer.moment.day),
        )
        .with_only_columns(Appointment.person_id, ItemUnit.unit_id)
    )
    if not office:
        mine = ItemMember.person_id == viewer.person_id
        named = named.where(or_(mine, ItemMember.unit_id.in_(units)))
        heads = heads.where(ItemUnit.unit_id.in_(units))
    return [*_givers("head", heads), *_givers("person", named)]


def _open_items(viewer: Viewer) -> Select[int]:
    during = workflow.states_during(commands.BEGIN)
    return visible(viewer, Item).where(Item.state.in_(during)).with_only_columns(Item.id)


def _givers(kind: str, pairs: Select[int, int]) -> list[Giver]:
    who = pairs.distinct().subquery()
    person_id, unit_id = who.c
    rows = db.session.execute(
        select(unit_id, person_id, Person.name, Unit.short_name)
        .join(Person, Person.id == person_id)
        .join(Unit, Unit.id == unit_id)
        .order_by(Unit.sort_no, Person.sort_no)
    )
    return [Giver(kind, *row) for row in rows]


def candidates(viewer: Viewer, giver: Giver) -> list[Candidate]:
    """The open items of this person in that unit, or all of the unit, that are not being handed
    over; by due day."""
    handing = select(Handover.item_id).where(
        Handover.unit_id == giver.unit_id, Handover.state.in_(OPEN)
    )
    if giver.kind == "head":
        part: type[ItemUnit] | type[ItemMember] = ItemUnit
        own = select(ItemUnit.item_id).where(ItemUnit.role != "former")
    else:
        part = ItemMember
        own = select(ItemMember.item_id).where(
            ItemMember.role.in_(commands.HANDLERS), ItemMember.person_id == giver.person_id
        )
    items = db.session.scalars(
        visible(viewer, Item)
        .where(
            Item.id.in_(_open_items(viewer)),
            Item.id.in_(own.where(part.unit_id == giver.unit_id)),
            Item.id.not_in(handing),
        )
        .order_by(Item.due.nulls_last(), Item.id)
    ).all()
    said = _progress(viewer, [item.id for item in items], giver.unit_id)
    return [
        Candidate(
            item.id,
            item.public_id,
            numbered(item),
            item.title,
            item.due,
            said.get(item.id, ""),
            item.classification == "sensitive",
        )
        for item in items
    ]


def _progress(viewer: Viewer, item_ids: Sequence[int], unit_id: int) -> dict[int, str]:
    """「最近一次反馈进度60%」 by item."""
    rows = db.session.execute(
        visible(viewer, Feedback)
        .where(
            Feedback.item_id.in_(item_ids), Feedback.unit_id == unit_id, Feedback.seq.is_not(None)
        )
        .order_by(Feedback.id)
        .with_only_columns(Feedback.item_id, Feedback.percent)
    )
    return {row.item_id: f"最近一次反馈进度{row.percent}%" for row in rows}


def numbered(item: Item) -> str:
    """「阿职督办〔2026〕7号」; empty before 编号备案."""
    number = number_of(item)
    return str(number) if number else ""


def list_of(viewer: Viewer, public_id: uuid.UUID) -> HandoverList:
    """The 交接单. NotFound unless this person may know of one of its items."""
    found = db.session.scalars(
        select(HandoverList).where(HandoverList.public_id == public_id)
    ).one_or_none()
    if found is None or not _known_lines(viewer, found.id):
        raise NotFound
    return found


def _known_lines(viewer: Viewer, list_id: int) -> bool:
    known = visible(viewer, Handover).where(Handover.list_id == list_id).limit(1)
    return db.session.scalar(known.with_only_columns(Handover.id)) is not None


def rows_of(viewer: Viewer, begun: HandoverList) -> list[Row]:
    """The lines this person may know of, in the order of the items."""
    found = db.session.execute(
        visible(viewer, Handover)
        .join(Item, Item.id == Handover.item_id)
        .add_columns(Item)
        .where(Handover.list_id == begun.id)
        .order_by(Item.due.nulls_last(), Item.id)
    ).all()
    # Persons, unit and 监交人 are the list's: what may be done with a line follows from how far it
    # and its item are, and is asked once for all that are equally far.
    acts: dict[tuple[str, str], frozenset[str]] = {}
    for row in found:
        how_far = (row.Handover.state, row.Item.state)
        if how_far not in acts:
            acts[how_far] = _acts(viewer, row.Handover, row.Item)
    return [_row(row.Handover, row.Item, acts[row.Handover.state, row.Item.state]) for row in found]


def _acts(viewer: Viewer, line: Handover, item: Item) -> frozenset[str]:
    asked = (*commands.CONFIRMING, "force_handover", *commands.ENDING)
    return frozenset(
        offer.act for offer in offered(viewer, item, among=asked) if offer.subject is line
    )


def _row(line: Handover, item: Item, acts: frozenset[str]) -> Row:
    return Row(
        line,
        item,
        numbered(item),
        state_word("handover", line.state),
        bool(acts & set(commands.CONFIRMING)),
        acts,
    )


def lists_of(viewer: Viewer) -> list[Listed]:
    """The latest lists with an item this person may know of, in which he has a part: as a party, as
    who sees to it, or as 党政办."""
    lines = visible(viewer, Handover).subquery()
    counted = (
        select(
            lines.c.list_id,
            func.count().label("rows"),
            func.count().filter(lines.c.state.in_(OPEN)).label("open_rows"),
        )
        .group_by(lines.c.list_id)
        .subquery()
    )
    giver, taker = aliased(Person), aliased(Person)
    query = (
        select(HandoverList, counted, giver.name, taker.name, Unit.short_name)
        .join(counted, counted.c.list_id == HandoverList.id)
        .join(giver, giver.id == HandoverList.from_id)
        .join(taker, taker.id == HandoverList.to_id)
        .join(Unit, Unit.id == HandoverList.unit_id)
        .order_by(counted.c.open_rows.desc(), HandoverList.id.desc())
        .limit(SHOWN)
    )
    if not viewer.roles & (OFFICE | {Role.OFFICE_LEADER.value}):
        units = [unit_id for role, unit_id in viewer.units if role == Role.UNIT_HEAD.value]
        mine = (HandoverList.from_id == viewer.person_id, HandoverList.to_id == viewer.person_id)
        query = query.where(or_(*mine, HandoverList.unit_id.in_(units)))
    return [
        Listed(
            row.HandoverList,
            row[-3],
            row[-2],
            row[-1],
            LABELS[Role(row.HandoverList.supervisor)],
            row.rows,
            row.open_rows,
        )
        for row in db.session.execute(query)
    ]
