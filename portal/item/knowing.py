"""知悉范围 and 查阅记录 on the item's page, for those who keep the list (SPEC §7.3, §7.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.act_pages import Shown
from portal.extensions import db
from portal.item.awaited import held_up
from portal.item.people import Named, named
from portal.models import Item, NeedToKnow, Unit
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import sees_list


class Entry(NamedTuple):
    """A person of the list, or a former one: since when, why, by whom; `part` is the co-unit whose
    part alone it is; `removal` the act offered on it."""

    who: Named
    part: str
    since: datetime
    why: str
    by: str
    until: datetime | None
    ended_by: str
    removal: Shown | None


class Card(NamedTuple):
    """知悉范围: who is on it, who was, and whose absence holds the item up."""

    entries: list[Entry]
    former: list[Entry]
    held_up: list[str]


def card_of(viewer: Viewer, item: Item, apart: Iterable[Shown]) -> Card | None:
    """The card of a sensitive item; `apart` are the panels that do not stand among the others."""
    if item.classification != "sensitive" or not sees_list(viewer, item):
        return None
    removals = {shown.part.id: shown for shown in apart if isinstance(shown.part, NeedToKnow)}
    rows = db.session.scalars(
        visible(viewer, NeedToKnow).where(NeedToKnow.item_id == item.id).order_by(NeedToKnow.id)
    ).all()
    people: set[int | None] = set()
    for row in rows:
        people.update((row.person_id, row.added_by_id, row.removed_by_id))
    names = named(people, viewer.moment.day)
    units = _units(rows)
    entries = [
        Entry(
            who=names[row.person_id],
            part=units.get(row.unit_id or 0, ""),
            since=row.from_at,
            why=row.reason,
            by=_name(names, row.added_by_id),
            until=row.to_at,
            ended_by=_name(names, row.removed_by_id),
            removal=removals.get(row.id),
        )
        for row in rows
    ]
    return Card(
        [entry for entry in entries if entry.until is None],
        [entry for entry in entries if entry.until is not None],
        held_up(viewer, item),
    )


def _name(names: dict[int, Named], person_id: int | None) -> str:
    return "" if person_id is None else names[person_id].name


def _units(rows: Iterable[NeedToKnow]) -> dict[int, str]:
    wanted = {row.unit_id for row in rows if row.unit_id is not None}
    found = db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(wanted)))
    return {row.id: row.short_name for row in found}
