"""Who is told (SPEC §8.15): the roles of a rule on many items at once.

Offices are asked for once a unit, handlers and need-to-know lists once for all items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.extensions import db
from portal.models import Delegation, Item, ItemMember, NeedToKnow, Person
from portal.reminders.occasions import Occasion
from portal.rulebook.roles import SCHOOL_WIDE, Moment, Role, holds

NOTHING: Mapping[str, Any] = {}


class Audience:
    """The persons of one round's occasions, with delegates, as an act would tell them."""

    def __init__(self, occasions: Collection[Occasion], moment: Moment) -> None:
        self._moment = moment
        self._offices: dict[tuple[Role, int | None], frozenset[int]] = {}
        items = {one.item_id: one for one in occasions if one.item_id is not None}
        self._handlers = self._handlers_of(items)
        self._listed = _listed([id_ for id_, one in items.items() if one.sensitive])

    def told(self, occasion: Occasion) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """Who is told of it, with facts of the person's own; of a sensitive item only those
        listed."""
        if occasion.persons:
            return occasion.persons.items()
        return ((person_id, NOTHING) for person_id in self._of(occasion))

    def _of(self, occasion: Occasion) -> frozenset[int]:
        found = frozenset[int]().union(*(self._held(role, occasion) for role in occasion.roles))
        return found & self._listed[occasion.item_id] if occasion.sensitive else found

    def _held(self, role: Role, occasion: Occasion) -> Iterable[int]:
        if role is Role.HANDLER:
            return self._handlers.get(occasion.item_id or 0, ())
        unit = None if role in SCHOOL_WIDE else occasion.unit_id
        if (role, unit) not in self._offices:
            found = select(Person.id).where(
                Person.active, holds(role, Person.id, self._moment, unit=unit)
            )
            self._offices[role, unit] = frozenset(db.session.scalars(found))
        return self._offices[role, unit]

    def _handlers_of(self, items: Mapping[int, Occasion]) -> dict[int, set[int]]:
        """承办人 of each item's lead unit, and who acts for them."""
        rows = db.session.execute(
            select(ItemMember.item_id, ItemMember.person_id)
            .join(Item, Item.id == ItemMember.item_id)
            .join(Person, Person.id == ItemMember.person_id)
            .where(
                ItemMember.item_id == _any(items),
                ItemMember.unit_id == Item.lead_unit_id,
                ItemMember.role.in_(("handler", "co_handler")),
                Person.active,
            )
        )
        lent = self._lent()
        found: dict[int, set[int]] = defaultdict(set)
        for item_id, person_id in rows:
            found[item_id] |= {person_id, *lent.get(person_id, ())}
        return found

    def _lent(self) -> dict[int, set[int]]:
        now = self._moment.instant
        given = select(Delegation.from_id, Delegation.to_id).where(
            Delegation.roles.contains([Role.HANDLER.value]),
            Delegation.starts_at <= now,
            Delegation.ends_at > now,
            Delegation.revoked_at.is_(None),
        )
        found: dict[int, set[int]] = defaultdict(set)
        for from_id, to_id in db.session.execute(given):
            found[from_id].add(to_id)
        return found


def _listed(items: Collection[int]) -> defaultdict[int | None, set[int]]:
    """知悉范围 of each sensitive item; nobody of one without a list."""
    rows = select(NeedToKnow.item_id, NeedToKnow.person_id).where(
        NeedToKnow.item_id == _any(items), NeedToKnow.to_at.is_(None)
    )
    found: defaultdict[int | None, set[int]] = defaultdict(set)
    for item_id, person_id in db.session.execute(rows):
        found[item_id].add(person_id)
    return found


def _any(ids: Collection[int]) -> Any:
    """One parameter, however many ids."""
    return literal(sorted(ids), ARRAY(BigInteger)).any_()
