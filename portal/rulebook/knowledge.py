"""第二十一条, SPEC §7.3: who is on the need-to-know list of a sensitive item, and why.

Persons, not roles: the list is written out when the item is submitted, issued or given to a
handler, and changed by 党政办主任 or the 机要保密员 with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from portal.extensions import db
from portal.models import Item, ItemMember, ItemUnit, NeedToKnow
from portal.rulebook.roles import LABELS, Moment, Role, holders

ALWAYS = (
    Role.SECRETARY,
    Role.PRESIDENT,
    Role.RESPONSIBLE_LEADER,
    Role.OFFICE_LEADER,
    Role.OFFICE_HEAD,
)


def listed(item: Item) -> set[int]:
    """The persons who may know of the item now."""
    return set(
        db.session.scalars(
            select(NeedToKnow.person_id).where(
                NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None)
            )
        )
    )


def extend(item: Item, moment: Moment, by_id: int | None) -> dict[int, str]:
    """Put those on the list whom the rule-book needs there (SPEC §7.3); who is new, and why.

    Nobody is taken off, and who was taken off by hand is not put back.
    """
    db.session.flush()
    ever = set(
        db.session.scalars(select(NeedToKnow.person_id).where(NeedToKnow.item_id == item.id))
    )
    new = {
        person_id: entry
        for person_id, entry in _needed(item, moment).items()
        if person_id not in ever
    }
    add(item, new, moment, by_id)
    return {person_id: reason for person_id, (reason, _unit) in new.items()}


def add(
    item: Item, entries: Mapping[int, tuple[str, int | None]], moment: Moment, by_id: int | None
) -> None:
    """List persons: the reason, and the co-unit whose part alone they may know of, if any."""
    db.session.add_all(
        NeedToKnow(
            item_id=item.id,
            person_id=person_id,
            unit_id=unit_id,
            added_by_id=by_id,
            reason=reason,
            from_at=moment.instant,
        )
        for person_id, (reason, unit_id) in entries.items()
    )
    db.session.flush()


def end_all(item: Item, moment: Moment) -> None:
    """The item is not sensitive any more: the list is history."""
    db.session.execute(
        update(NeedToKnow)
        .where(NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None))
        .values(to_at=moment.instant),
        execution_options={"synchronize_session": False},
    )


def _needed(item: Item, moment: Moment) -> dict[int, tuple[str, int | None]]:
    """Drafter, leaders who sign, one of the office, heads and handlers of the units."""
    needed: dict[int, tuple[str, int | None]] = {item.drafter_id: (LABELS[Role.PROPOSER], None)}
    for role in ALWAYS:
        for person_id in db.session.scalars(holders(role, moment, item=item, directly=True)):
            needed.setdefault(person_id, (LABELS[role], None))
    staff = list(db.session.scalars(holders(Role.OFFICE_STAFF, moment, item=item, directly=True)))
    if staff and item.drafter_id not in staff:
        needed.setdefault(staff[0], (LABELS[Role.OFFICE_STAFF], None))
    shares = db.session.execute(
        select(ItemUnit.unit_id, ItemUnit.role).where(ItemUnit.item_id == item.id)
    ).all()
    for unit_id, part in shares:
        own = unit_id if part == "co" else None
        for person_id in db.session.scalars(
            holders(Role.UNIT_HEAD, moment, item=item, unit=unit_id, directly=True)
        ):
            needed.setdefault(person_id, (LABELS[Role.UNIT_HEAD], own))
    members = db.session.execute(
        select(ItemMember.person_id, ItemMember.unit_id).where(ItemMember.item_id == item.id)
    )
    co_units = {unit_id for unit_id, part in shares if part == "co"}
    for person_id, unit_id in members:
        own = unit_id if unit_id in co_units else None
        needed.setdefault(person_id, (LABELS[Role.HANDLER], own))
    return needed
