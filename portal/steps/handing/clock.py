"""A change of a unit's head brings one 交接单 for the whole unit (SPEC §1.6).

The office itself changes hands by the posts; the list is what the two heads confirm to each other.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import NamedTuple

from flask import current_app
from sqlalchemy import Date, or_, select, type_coerce
from sqlalchemy.orm import aliased

from portal.clock import Clock
from portal.extensions import db
from portal.models import Appointment, Handover, HandoverList, Item, ItemUnit, Person, Unit
from portal.models.handover import OPEN
from portal.rulebook import workflow
from portal.rulebook.roles import Moment, Role, in_force
from portal.rulebook.scope import everything, moment_of, view_as_clock
from portal.rulebook.workflow import Intent
from portal.steps.handing import commands
from portal.steps.handing.commands import Line, Wanted

_KEYS = uuid.UUID("2f5b8a14-6d0e-4b7c-9a53-0e8c41d7b9f2")
REASON = "单位负责人调整"
Former, Next = aliased(Appointment), aliased(Appointment)


class Changed(NamedTuple):
    """A unit whose head is another one than before; the former one's `last_day`."""

    unit_id: int
    from_id: int
    to_id: int
    last_day: date


def begin_handovers() -> int:
    """Begin what is due; how many lists. One for a unit and two heads, so twice changes nothing."""
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="单位负责人调整后办理交接"):
        due = _changed(moment_of(clock))
        return sum(_begin(clock, changed) for changed in due)


def _changed(moment: Moment) -> list[Changed]:
    """Whose term has ended, and who follows him; nobody where a list was begun for the two."""
    begun = select(HandoverList.id).where(
        HandoverList.kind == "head",
        HandoverList.unit_id == Former.unit_id,
        HandoverList.from_id == Former.person_id,
        HandoverList.to_id == Next.person_id,
    )
    still = aliased(Appointment)
    holds_on = select(still.id).where(
        still.unit_id == Former.unit_id,
        still.person_id == Former.person_id,
        or_(still.role == Role.UNIT_HEAD.value, still.acting_head),
        in_force(still, moment.day),
    )
    rows = db.session.execute(
        select(Unit.id, Former.person_id, Next.person_id, type_coerce(Former.valid_to, Date))
        .join(Former, Former.unit_id == Unit.id)
        .join(Next, Next.unit_id == Former.unit_id)
        .join(Person, Person.id == Next.person_id)
        .where(
            Former.role == Role.UNIT_HEAD.value,
            Next.role == Role.UNIT_HEAD.value,
            Former.valid_to < moment.day,
            in_force(Next, moment.day),
            Next.valid_from > Former.valid_from,
            Next.person_id != Former.person_id,
            Person.active,
            ~begun.exists(),
            ~holds_on.exists(),
        )
        .order_by(Unit.id, Former.valid_to.desc(), Next.valid_from.desc())
    ).all()
    latest: dict[int, Changed] = {}
    for row in rows:  # of several heads one after the other only the last one hands over
        latest.setdefault(row[0], Changed(*row))
    return list(latest.values())


def _begin(clock: Clock, changed: Changed) -> int:
    handing = select(Handover.item_id).where(
        Handover.unit_id == changed.unit_id, Handover.state.in_(OPEN)
    )
    item_ids = db.session.scalars(
        select(Item.id)
        .join(ItemUnit, ItemUnit.item_id == Item.id)
        .where(
            ItemUnit.unit_id == changed.unit_id,
            ItemUnit.role != "former",
            Item.state.in_(workflow.states_during(commands.BEGIN)),
            # What came later was never his: a unit that had nothing open then has nothing to hand
            # over when something comes.
            Item.issued_on <= changed.last_day,
            Item.id.not_in(handing),
        )
        .order_by(Item.id)
    ).all()
    if not item_ids:
        return 0
    key = uuid.uuid5(_KEYS, f"{changed.unit_id} {changed.from_id} {changed.to_id}")
    wanted = Wanted("head", changed.unit_id, changed.from_id, changed.to_id, REASON)
    lines = [Line(item_id) for item_id in item_ids]
    commands.begin(view_as_clock(clock), wanted, lines, Intent(None, key), declared=True)
    return 1
