"""第二十一条, SPEC §7.3: who is on the need-to-know list of a sensitive item, and why.

Persons, not roles: the list is written out when the item is submitted, issued or given to a
handler, and changed by 党政办主任 or the 机要保密员 with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from portal.extensions import db
from portal.models import Item, ItemMember, ItemUnit, NeedToKnow
from portal.rulebook.holding import holders
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Moment, Role

ALWAYS = (
    Role.SECRETARY,
    Role.PRESIDENT,
    Role.RESPONSIBLE_LEADER,
    Role.OFFICE_LEADER,
    Role.OFFICE_HEAD,
)
Needed = dict[int, tuple[str, int | None]]
"""Persons by id, each with the reason and the co-unit whose part alone it is, if any."""


def listed(item: Item) -> set[int]:
    """The persons who may know of the item now."""
    return set(
        db.session.scalars(
            select(NeedToKnow.person_id).where(
                NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None)
            )
        )
    )


def begun(item: Item) -> bool:
    """Whether a list was ever written: the item went out as a sensitive one."""
    entry = select(NeedToKnow.id).where(NeedToKnow.item_id == item.id).limit(1)
    return db.session.scalar(entry) is not None


def part_of(item: Item, person_id: int | None) -> int | None:
    """The co-unit whose part alone this person may know of; None: everything of the item."""
    return db.session.scalar(
        select(NeedToKnow.unit_id).where(
            NeedToKnow.item_id == item.id,
            NeedToKnow.person_id == person_id,
            NeedToKnow.to_at.is_(None),
        )
    )


def extend(
    item: Item, moment: Moment, by_id: int | None, *, unit_id: int | None = None
) -> dict[int, str]:
    """Put those on the list whom the rule-book needs there (SPEC §7.3); who is new, and why.

    With `unit_id` only that unit's people. Nobody is taken off, and whoever was taken off by hand
    is not put back.
    """
    db.session.flush()
    needed = _of_units(item, moment, unit_id) if unit_id else _needed(item, moment)
    kept_off = db.session.scalars(
        select(NeedToKnow.person_id).where(
            NeedToKnow.item_id == item.id, NeedToKnow.removed_by_id.is_not(None)
        )
    )
    there = listed(item) | set(kept_off)
    new = {person_id: entry for person_id, entry in needed.items() if person_id not in there}
    add(item, new, moment, by_id)
    return {person_id: reason for person_id, (reason, _unit) in new.items()}


def enlist(
    item: Item,
    person_id: int,
    entry: tuple[str, int | None],
    moment: Moment,
    by_id: int | None,
) -> list[int]:
    """List one person whom an act asks, by (reason, part); who is new, for the facts of the act.

    Raises Unmet for whom somebody took off by hand: only 党政办主任 puts that person back.
    """
    if person_id in listed(item):
        return []
    taken_off = select(NeedToKnow.id).where(
        NeedToKnow.item_id == item.id,
        NeedToKnow.person_id == person_id,
        NeedToKnow.removed_by_id.is_not(None),
    )
    if db.session.scalar(taken_off.limit(1)) is not None:
        raise Unmet(
            "须签批的分管校领导已被移出知悉范围，请先由党政办主任增加知悉人。", article="21"
        )
    add(item, {person_id: entry}, moment, by_id)
    return [person_id]


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


def remove(entry: NeedToKnow, moment: Moment, by_id: int | None) -> None:
    """Take one person off by hand."""
    entry.to_at, entry.removed_by_id = moment.instant, by_id
    db.session.flush()


def end_all(item: Item, moment: Moment) -> None:
    """The item is not sensitive any more: the list is history."""
    db.session.execute(
        update(NeedToKnow)
        .where(NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None))
        .values(to_at=moment.instant),
        execution_options={"synchronize_session": False},
    )


def _needed(item: Item, moment: Moment) -> Needed:
    """Drafter, leaders who sign, one of the office, heads and handlers of the units."""
    needed: Needed = {item.drafter_id: (LABELS[Role.PROPOSER], None)}
    for role in ALWAYS:
        for person_id in holders(role, moment, item=item, directly=True):
            needed.setdefault(person_id, (LABELS[role], None))
    staff = holders(Role.OFFICE_STAFF, moment, item=item, directly=True)
    if staff and item.drafter_id not in staff:
        needed.setdefault(staff[0], (LABELS[Role.OFFICE_STAFF], None))
    for person_id, entry in _of_units(item, moment, None).items():
        needed.setdefault(person_id, entry)
    return needed


def _of_units(item: Item, moment: Moment, only: int | None) -> Needed:
    """Heads and handlers, of all units or of one; of a co-unit they know that unit's part."""
    needed: Needed = {}
    shares = select(ItemUnit.unit_id, ItemUnit.role).where(
        ItemUnit.item_id == item.id, ItemUnit.role != "former"
    )
    members = select(ItemMember.person_id, ItemMember.unit_id).where(
        ItemMember.item_id == item.id, ItemMember.role != "former"
    )
    if only is not None:
        shares = shares.where(ItemUnit.unit_id == only)
        members = members.where(ItemMember.unit_id == only)
    own: dict[int, int | None] = {
        unit_id: unit_id if part == "co" else None for unit_id, part in db.session.execute(shares)
    }
    for unit_id, part in own.items():
        for person_id in holders(Role.UNIT_HEAD, moment, item=item, unit=unit_id, directly=True):
            needed.setdefault(person_id, (LABELS[Role.UNIT_HEAD], part))
    for person_id, unit_id in db.session.execute(members):
        needed.setdefault(person_id, (LABELS[Role.HANDLER], own.get(unit_id)))
    return needed
