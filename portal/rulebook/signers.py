"""Who could sign a box on a day in the past: for signatures that come on paper (SPEC §8.4, §1.5).

The holder of the box's role on that day, and whoever stood in for the holder that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day, shanghai_instant
from portal.extensions import db
from portal.models import Appointment, ApprovalSlot, Delegation, Item, Person, Portfolio
from portal.rulebook import knowledge
from portal.rulebook.roles import Moment, Role, holds_directly

DAY = timedelta(days=1)


class Signer(NamedTuple):
    """A person who could sign, and for whom if by delegation."""

    person_id: int
    for_id: int | None
    name: str
    for_name: str

    @property
    def value(self) -> str:
        """How a form names it: "7", or "7:5" for person 5."""
        return str(self.person_id) + (f":{self.for_id}" if self.for_id else "")

    @property
    def label(self) -> str:
        """「陈𬭎（代解学农）」."""
        return self.name + (f"（代{self.for_name}）" if self.for_id else "")


def signers_on(day: date, item: Item, slot: ApprovalSlot) -> list[Signer]:
    """Who could sign this box on a Shanghai day, holders first; of a sensitive item only those on
    its list: a delegation does not widen it (SPEC §1.5)."""
    role = Role(slot.role)
    found = [*_holders(day, role, item, slot.unit_id), *_stand_ins(day, role, item, slot.unit_id)]
    if item.classification != "sensitive":
        return found
    listed = knowledge.listed(item)
    return [signer for signer in found if signer.person_id in listed]


def signers_between(first: date, last: date, item: Item, slot: ApprovalSlot) -> list[Signer]:
    """Who could sign this box on some day of the span, each once."""
    days = sorted({first, last, *_turns(first, last, slot, item)})
    return list(dict.fromkeys(signer for day in days for signer in signers_on(day, item, slot)))


def _holders(day: date, role: Role, item: Item, unit_id: int | None) -> Iterable[Signer]:
    moment = Moment(shanghai_instant(day), day)
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(holds_directly(role, Person.id, moment, item=item, unit=unit_id))
        .order_by(Person.sort_no)
    )
    return [Signer(row.id, None, row.name, "") for row in rows]


def _stand_ins(day: date, role: Role, item: Item, unit_id: int | None) -> Iterable[Signer]:
    """Delegates of that day; a delegation revoked later was in force until then."""
    begins, ends = shanghai_instant(day), shanghai_instant(day + DAY)
    moment = Moment(begins, day)
    taker, giver = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(taker.id, taker.name, giver.id.label("for_id"), giver.name.label("for_name"))
        .select_from(Delegation)
        .join(taker, taker.id == Delegation.to_id)
        .join(giver, giver.id == Delegation.from_id)
        .where(
            Delegation.roles.contains([role.value]),
            Delegation.starts_at < ends,
            Delegation.ends_at > begins,
            or_(Delegation.revoked_at.is_(None), Delegation.revoked_at > begins),
            holds_directly(role, Delegation.from_id, moment, item=item, unit=unit_id),
        )
        .order_by(taker.sort_no)
    )
    return [Signer(row.id, row.for_id, row.name, row.for_name) for row in rows]


def _turns(first: date, last: date, slot: ApprovalSlot, item: Item) -> set[date]:
    """The days of the span on which somebody else may have come to hold the role."""
    unit = slot.unit_id or item.lead_unit_id
    begun: list[date] = []
    if slot.role == Role.RESPONSIBLE_LEADER:
        begun += db.session.scalars(
            select(Portfolio.valid_from).where(
                Portfolio.unit_id == unit, Portfolio.valid_from.between(first, last)
            )
        )
    else:
        begun += db.session.scalars(
            select(Appointment.valid_from).where(Appointment.valid_from.between(first, last))
        )
    opened = db.session.scalars(
        select(Delegation.starts_at).where(
            Delegation.roles.contains([slot.role]),
            Delegation.starts_at.between(shanghai_instant(first), shanghai_instant(last + DAY)),
        )
    )
    return {*begun, *(shanghai_day(at) for at in opened)}
