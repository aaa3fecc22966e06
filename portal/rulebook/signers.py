"""Who could sign a box on a day in the past: for signatures that come on paper (SPEC §8.4, §1.5).

The holder of the box's role on that day, and whoever stood in for the holder that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day, shanghai_instant
from portal.extensions import db
from portal.models import Appointment, Delegation, Item, ItemMember, Person, Portfolio
from portal.rulebook import knowledge
from portal.rulebook.roles import Moment, Role, holds_directly

DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Between them a typed day is a day of some calendar; beyond them clocks end, and nobody signed."""


class Asked(Protocol):
    """Whose hand is asked: a role, of a unit (None: the item's lead unit)."""

    @property
    def role(self) -> str:
        """The role's name."""

    @property
    def unit_id(self) -> int | None:
        """The unit."""


class HeadOf(NamedTuple):
    """The head of a unit, who answers for what it reports (第六条)."""

    unit_id: int | None
    role: str = Role.UNIT_HEAD.value


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


def signers_on(day: date, item: Item, slot: Asked) -> list[Signer]:
    """Who could sign this box on a Shanghai day, holders first; of a sensitive item only those on
    its list: a delegation does not widen it (SPEC §1.5)."""
    if not EARLIEST <= day <= LATEST:
        return []
    role = Role(slot.role)
    return _known(
        item,
        [*_holders(day, role, item, slot.unit_id), *_stand_ins(day, role, item, slot.unit_id)],
    )


def signers_between(first: date, last: date, item: Item, slot: Asked) -> list[Signer]:
    """Who could sign this box on some day of the span, each once."""
    days = sorted({first, last, *_turns(first, last, slot, item)})
    return list(dict.fromkeys(signer for day in days for signer in signers_on(day, item, slot)))


def reporters_on(day: date, item: Item, unit_id: int) -> list[Signer]:
    """Who could report for a unit on a Shanghai day: its head, or who stood in, and its 承办人."""
    return [*signers_on(day, item, HeadOf(unit_id)), *_handlers(item, unit_id)]


def reporters_between(first: date, last: date, item: Item, unit_id: int) -> list[Signer]:
    """Who could report for a unit on some day of the span, each once."""
    heads = signers_between(first, last, item, HeadOf(unit_id))
    return list(dict.fromkeys([*heads, *_handlers(item, unit_id)]))


def _handlers(item: Item, unit_id: int) -> list[Signer]:
    """Those named now; of a sensitive item they are on its list."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(ItemMember, ItemMember.person_id == Person.id)
        .where(
            ItemMember.item_id == item.id,
            ItemMember.unit_id == unit_id,
            ItemMember.role.in_(("handler", "co_handler")),
        )
        .order_by(Person.sort_no)
    )
    return _known(item, [Signer(row.id, None, row.name, "") for row in rows])


def _known(item: Item, found: list[Signer]) -> list[Signer]:
    if item.classification != "sensitive":
        return found
    listed = knowledge.listed(item)
    return [signer for signer in found if signer.person_id in listed]


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


def _turns(first: date, last: date, slot: Asked, item: Item) -> set[date]:
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
