"""What an item waits for, and whose turn it is: for those whose turn it is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, Person, Unit
from portal.rulebook import knowledge, offers
from portal.rulebook.holding import holders
from portal.rulebook.roles import IN_UNIT, Role
from portal.rulebook.scope import Viewer
from portal.rulebook.standing import Standing

NAMED_AT_MOST = 3
BY_OFFICE = "由党政办安排"
"""Said where whoever holds the office may not know of the item."""


class Turn(NamedTuple):
    """An act that waits under a word: of which roles, asked of which unit (None: the lead unit)."""

    rule: offers.Act
    word: str
    roles: list[Role]
    unit: int | None


def waits_for(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """Every word that is open with the names whose turn it is, in the order of the table; where a
    unit must act, after the unit: 「后勤国资处：王尔基」.

    Of a sensitive item only those are named who are on its list.
    """
    allowed = knowledge.listed(item) if item.classification == "sensitive" else None
    turns: dict[str, dict[int | None, list[int]]] = {}
    for turn in _open(viewer, item):
        found = _holders(viewer, item, turn.roles, turn.unit)
        if found:
            waiting = turns.setdefault(turn.word, {}).setdefault(_acting(item, turn), [])
            waiting.extend(id_ for id_ in found if id_ not in waiting)
    units = _units(item, {unit for waiting in turns.values() for unit in waiting})
    return [
        (
            word,
            "；".join(
                units[unit]
                + _names(ids if allowed is None else [id_ for id_ in ids if id_ in allowed])
                for unit, ids in sorted(waiting.items(), key=lambda row: list(units).index(row[0]))
            ),
        )
        for word, waiting in turns.items()
    ]


def _acting(item: Item, turn: Turn) -> int | None:
    """The unit whose people are asked; None: people of the school."""
    if set(turn.roles) <= IN_UNIT | {Role.HANDLER}:
        return turn.unit or item.lead_unit_id
    return None


def _units(item: Item, unit_ids: set[int | None]) -> dict[int | None, str]:
    """What is said before the names: of people of the school nothing, then of each unit its own,
    the lead unit first, the others in the official order."""
    rows = db.session.execute(
        select(Unit.id, Unit.short_name)
        .where(Unit.id.in_(unit_ids))
        .order_by(Unit.id != item.lead_unit_id, Unit.sort_no)
    )
    return {None: "", **{row.id: f"{row.short_name}：" for row in rows}}


def held_up(viewer: Viewer, item: Item) -> list[str]:
    """Of a sensitive item: whose turn it is while nobody who may act is on the list, by name."""
    allowed = knowledge.listed(item)
    missing: list[str] = []
    for rule, _word, roles, unit in _open(viewer, item):
        # Every open box needs its own signer; of an act that several may do one is enough.
        able = _holders(viewer, item, roles if rule.step or rule.instead else rule.by, unit)
        if able and not allowed & set(able):
            missing.append(_names(_holders(viewer, item, roles, unit, directly=True) or able))
    return list(dict.fromkeys(missing))


def _open(viewer: Viewer, item: Item) -> Iterator[Turn]:
    """The acts that wait now; of a signature each open box by itself."""
    standing = Standing(viewer, item)
    for rule in offers.table():
        if not rule.waits or (rule.during and item.state not in rule.during):
            continue
        for subject, unit in offers.subjects(standing, rule):
            for word in offers.words(viewer, rule, subject):
                yield from _turns(standing, rule, word, subject, unit)


def _turns(
    standing: Standing, rule: offers.Act, word: str, subject: Any, unit: int | None
) -> Iterator[Turn]:
    if rule.step:
        for slot in standing.boxes(rule, subject):
            yield Turn(rule, word, [Role(slot.role)], slot.unit_id)
    else:
        roles = list(rule.waits_for or rule.acting(subject, standing.viewer.moment.day))
        yield Turn(rule, word, roles, None if rule.by_lead else unit)


def _holders(
    viewer: Viewer,
    item: Item,
    roles: Iterable[Role],
    unit: int | None,
    *,
    directly: bool = False,
) -> list[int]:
    found: dict[int, None] = {}
    for role in roles:
        ids = holders(role, viewer.moment, item=item, unit=unit, directly=directly)
        found.update(dict.fromkeys(ids))
    return list(found)


def _names(person_ids: Collection[int]) -> str:
    if not person_ids:
        return BY_OFFICE
    names = list(
        db.session.scalars(
            select(Person.name).where(Person.id.in_(person_ids)).order_by(Person.sort_no)
        )
    )
    shown = "、".join(names[:NAMED_AT_MOST])
    return f"{shown}等" if len(names) > NAMED_AT_MOST else shown
