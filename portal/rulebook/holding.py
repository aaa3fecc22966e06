"""Who holds a role on an item now (第三至八条), by the clauses of `roles`.

Every act asks this several times, to know who hears of it. So the statement is built once a role
and asks for those who hold it directly; to whom they lend it follows from their delegations.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ARRAY, BigInteger, Select, String, any_, bindparam, select

from portal.extensions import db
from portal.models import Delegation, Item, Person
from portal.rulebook.roles import ITEM, NOW, UNIT, Moment, Role, holds_directly


def holders(
    role: Role, moment: Moment, *, item: Item, unit: int | None = None, directly: bool = False
) -> list[int]:
    """The ids of the persons who hold `role` on `item`, for `unit` (default: its lead unit), in
    official order; without `directly` also those to whom one of them lends it (SPEC §1.5)."""
    asked = {
        "instant": moment.instant,
        "day": moment.day,
        "item": item.id,
        "drafter": item.drafter_id,
        "unit": unit or item.lead_unit_id,
    }
    own = db.session.execute(_direct(role), asked).all()
    found = {row.id: row.sort_no for row in own}
    if own and not directly:
        lent = {"givers": list(found), "role": role.value, "instant": moment.instant}
        found |= {row.id: row.sort_no for row in db.session.execute(_lent(), lent)}
    return sorted(found, key=found.__getitem__)


@cache
def _direct(role: Role) -> Select[int, int]:
    return select(Person.id, Person.sort_no).where(
        Person.active, holds_directly(role, Person.id, NOW, item=ITEM, unit=UNIT)
    )


@cache
def _lent() -> Select[int, int]:
    """To whom these persons lend a role. They hold it themselves: what somebody received is not
    passed on."""
    givers = bindparam("givers", type_=ARRAY(BigInteger))
    return (
        select(Person.id, Person.sort_no)
        .join(Delegation, Delegation.to_id == Person.id)
        .where(
            Person.active,
            Delegation.from_id == any_(givers),
            bindparam("role", type_=String) == any_(Delegation.roles),
            Delegation.starts_at <= NOW.instant,
            Delegation.ends_at > NOW.instant,
            Delegation.revoked_at.is_(None),
        )
    )
