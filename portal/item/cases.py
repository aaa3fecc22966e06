"""问责线索 of an item, for the few who may know of one: on the item's page and in the frame."""

from __future__ import annotations

import uuid
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func

from portal.extensions import db
from portal.models import Case, Item, Unit
from portal.rulebook import cases
from portal.rulebook.keys import HEADS_KEYS, OFFICE_KEYS
from portal.rulebook.machines import state_word
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

HANDLING: Final = frozenset(
    {Role.OFFICE_HEAD, Role.OFFICE_LEADER, Role.SECRETARY, Role.PRESIDENT, Role.DISCIPLINE, Role.HR}
)
ENTERING: Final = ("raise_clue", "report_clue")


UNHEARD: Final = ("clue", "checking")
"""States in which the unit concerned knows of nothing yet."""


class CaseLine(NamedTuple):
    """A case as the item's page names it."""

    public_id: uuid.UUID
    unit: str
    state: str


class OfItem(NamedTuple):
    """The cases of an item that a person may know of; `enters`: this person may enter a clue."""

    lines: list[CaseLine]
    enters: bool


def handles(viewer: Viewer) -> bool:
    """Whether the person holds one of the offices that cases are handled by."""
    return bool(viewer.keys & {OFFICE_KEYS[role.value] for role in HANDLING})


def own_units(viewer: Viewer) -> frozenset[int]:
    """The units that the person is of; a unit in one's charge (分管) is none."""
    charge = (Role.RESPONSIBLE_LEADER.value, Role.OFFICE_LEADER.value)
    return frozenset(unit for role, unit in viewer.units if role not in charge)


def is_concerned(viewer: Viewer, case: Case) -> bool:
    """Whether the case is against a unit of the person's own: whatever office he holds besides, he
    reads of it what the unit reads (decision 0168)."""
    return case.unit_id in own_units(viewer)


def known(viewer: Viewer) -> Select[Any]:
    """The cases that the person may know of: of the own unit's from 陈述申辩 on, but what he
    entered himself."""
    early = Case.unit_id.in_(own_units(viewer)) & Case.state.in_(UNHEARD)
    mine = func.coalesce(Case.raised_by_id, 0) == viewer.person_id
    return visible(viewer, Case).where(~early | mine)


def has_a_part(viewer: Viewer) -> bool:
    """Whether the room of 问责 is there for this person: who handles cases, or knows of one."""
    if handles(viewer):
        return True
    heads = any(key > HEADS_KEYS for key in viewer.keys)
    # Of one who heads no unit only a case about himself is left; it is asked where it is opened.
    return heads and _knows_one(viewer)


def knows_one(viewer: Viewer) -> bool:
    """Whether the person may open the room: as `has_a_part`, and who a case is about."""
    return handles(viewer) or _knows_one(viewer)


def entering(viewer: Viewer) -> str:
    """By which act this person enters a clue; empty: by none."""
    return next((act for act in ENTERING if cases.may_enter(viewer, act)), "")


def of_item(viewer: Viewer, item: Item) -> OfItem:
    """What the item's page says of 问责; nothing to whom it is nothing."""
    if not (handles(viewer) or any(key > HEADS_KEYS for key in viewer.keys)):
        return OfItem([], enters=False)
    rows = db.session.execute(
        known(viewer)
        .join(Unit, Unit.id == Case.unit_id)
        .add_columns(Unit.short_name)
        .where(Case.item_id == item.id)
        .order_by(Case.id)
    ).all()
    lines = [
        CaseLine(row.Case.public_id, row.short_name, state_word("accountability", row.Case.state))
        for row in rows
    ]
    return OfItem(lines, enters=item.issued_on is not None and bool(entering(viewer)))


def _knows_one(viewer: Viewer) -> bool:
    return db.session.scalar(known(viewer).with_only_columns(Case.id).limit(1)) is not None
