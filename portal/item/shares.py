"""Who works on an item: units, heads, handlers, receipt (第六、八条、第十六条（三）)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.filters import as_day, short_date
from portal.item.people import Named, named
from portal.models import Delegation, Item, ItemMember, ItemUnit, Person, Unit
from portal.rulebook.delegating import entrusted_words
from portal.rulebook.holding import holders
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

RECEIVED = ("received", "handed_in")
"""States of a share whose unit knows of its task."""


class Share(NamedTuple):
    """A unit's part of an item; `stand_in` says who 主持工作 and until when."""

    unit: str
    short: str
    lead: bool
    heads: list[Named]
    handlers: list[Named]
    received: bool
    received_by: str
    received_at: datetime | None
    inner_due: date | None
    stand_in: str


def shares_of(viewer: Viewer, item: Item) -> list[Share]:
    """The units of an item, lead first, then in the official order."""
    part = (
        visible(viewer, ItemUnit)
        .where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
        .subquery()
    )
    rows = db.session.execute(
        select(
            part.c.unit_id,
            part.c.role,
            part.c.state,
            part.c.received_by_id,
            part.c.received_at,
            part.c.deemed,
            part.c.inner_due,
            Unit.name,
            Unit.short_name,
        )
        .join(Unit, Unit.id == part.c.unit_id)
        .order_by(part.c.role.desc(), Unit.sort_no)
    ).all()
    members = _members(viewer, item)
    heads = {row.unit_id: heads_of(viewer, item, row.unit_id) for row in rows}
    wanted = {row.received_by_id for row in rows}
    wanted.update(*heads.values(), *members.values())
    names = named(wanted, viewer.moment.day)
    return [
        Share(
            unit=row.name,
            short=row.short_name,
            lead=row.role == "lead",
            heads=[names[id_] for id_ in heads[row.unit_id]],
            handlers=[names[id_] for id_ in members.get(row.unit_id, [])],
            received=row.state in RECEIVED,
            received_by=_received_by(row, names),
            received_at=row.received_at,
            inner_due=row.inner_due,
            stand_in=_stand_in(viewer, heads[row.unit_id]),
        )
        for row in rows
    ]


def _received_by(row: Any, names: Mapping[int, Named]) -> str:
    """「邓涛」, 「杨初（受托签收）」, 「王尔基（主持工作）」 (SPEC §1.5)."""
    if not row.received_by_id:
        return _unsigned(row)
    name = names[row.received_by_id].name
    return name + entrusted_words(row.received_by_id, row.unit_id, row.received_at)


def _unsigned(row: Any) -> str:
    """How a unit has received for which nobody signed; empty while it has not."""
    if row.state not in RECEIVED:
        return ""
    if row.received_at is None:  # a matter of the paper years: nobody knows here when
        return "见纸质材料"
    return "视同签收" if row.deemed else "先交办后补签"


def _members(viewer: Viewer, item: Item) -> dict[int, list[int]]:
    part = visible(viewer, ItemMember).where(ItemMember.item_id == item.id).subquery()
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(part.c.unit_id, part.c.person_id)
        .join(Person, Person.id == part.c.person_id)
        .where(part.c.role.in_(("handler", "co_handler")))
        .order_by(Person.sort_no)
    )
    for unit_id, person_id in rows:
        found.setdefault(unit_id, []).append(person_id)
    return found


def heads_of(viewer: Viewer, item: Item, unit_id: int) -> list[int]:
    """The heads of a unit now, by person's id, in the official order."""
    return holders(Role.UNIT_HEAD, viewer.moment, item=item, unit=unit_id, directly=True)


def _stand_in(viewer: Viewer, heads: list[int]) -> str:
    """「王尔基主持工作至12月4日」 while a head's work is delegated (SPEC §1.5)."""
    instant = viewer.moment.instant
    found = db.session.execute(
        select(Person.name, Delegation.ends_at)
        .join(Person, Person.id == Delegation.to_id)
        .where(
            Delegation.from_id.in_(heads),
            Delegation.kind == "主持工作",
            Delegation.starts_at <= instant,
            Delegation.ends_at > instant,
            Delegation.revoked_at.is_(None),
        )
    ).first()
    if found is None:
        return ""
    return f"{found.name}主持工作至{short_date(as_day(found.ends_at), viewer.moment.day)}"
