"""Who may do what on a brief now, in which capacity; what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from portal.extensions import db
from portal.models import Brief, BriefBox, Unit
from portal.rulebook.briefs.table import (
    ACTS,
    BY_ACT,
    CIRCULAR,
    KINDS,
    WAITING,
    Act,
    states_read,
)
from portal.rulebook.keys import EVERYONES_BUSINESS, OFFICE_KEYS
from portal.rulebook.roles import Capacity, Moment, Role, delegated_from, holds_directly, in_force
from portal.rulebook.rule_shapes import OFFICE
from portal.rulebook.scope import Viewer, visible

SIGNERS: Final = frozenset(role for row in ACTS if row.signs for role in row.by)


class Turn(NamedTuple):
    """A capacity in which a person may do an act, and the box that it fills, if any."""

    capacity: Capacity
    box: BriefBox | None


class Offer(NamedTuple):
    """An act that this person may do now, and how."""

    act: Act
    turns: tuple[Turn, ...]


def readable(viewer: Viewer, kind: str = "") -> Select[Brief]:
    """The briefs that this person may read, of one kind or of both."""
    kinds = (kind,) if kind else tuple(KINDS)
    states = {one: states_read(viewer.roles, one) for one in kinds}
    return visible(viewer, Brief).where(
        or_(*((Brief.kind == one) & Brief.state.in_(states[one]) for one in kinds))
    )


def capacities(viewer: Viewer, roles: Iterable[Role]) -> list[Capacity]:
    """In which of these roles of the college the person may act, for himself or for another."""
    if viewer.person_id is None:
        return []
    found = []
    for role in roles:
        if role.value not in viewer.roles:
            continue
        if db.session.scalar(select(holds_directly(role, viewer.person_id, viewer.moment))):
            found.append(Capacity(role, None))
        elif viewer.lent:
            givers = delegated_from(role, viewer.person_id, viewer.moment)
            found += [Capacity(role, giver) for giver in db.session.scalars(givers.limit(1))]
    return found


def turns(viewer: Viewer, row: Act, brief: Brief) -> list[Turn]:
    """How the person may do the act on this brief; empty: not at all, or not now. What criticises
    by name is handed in and signed in person (decision 0168)."""
    if brief.kind not in row.kinds or (row.source and brief.state not in row.source):
        return []
    held = capacities(viewer, row.by)
    if brief.criticised_ids and (row.signs or row.act == "hand_in"):
        held = [capacity for capacity in held if capacity.on_behalf_of_id is None]
    if not row.signs and row.act != "send_back":
        return [Turn(capacity, None) for capacity in held]
    boxes = open_boxes(viewer, brief) if held else []
    return [
        Turn(capacity, box)
        for box in boxes
        for capacity in held
        if box.role == capacity.role and row.signs in ("", box.step)
    ]


def offered(viewer: Viewer, brief: Brief) -> dict[str, Offer]:
    """What the person may do on this brief now, by act."""
    found = {}
    for row in ACTS:
        if row.source and (ways := turns(viewer, row, brief)):
            found[row.act] = Offer(row, tuple(ways))
    return found


def may_draft(viewer: Viewer) -> bool:
    """Whether the person begins briefs."""
    return bool(capacities(viewer, BY_ACT["draft"].by))


def open_boxes(viewer: Viewer, brief: Brief) -> list[BriefBox]:
    """The boxes that wait for a signature now."""
    return list(
        db.session.scalars(
            visible(viewer, BriefBox)
            .where(BriefBox.brief_id == brief.id, BriefBox.state == "open")
            .order_by(BriefBox.id)
        )
    )


def waiting(viewer: Viewer) -> Select[Brief]:
    """The briefs that wait for this person's signature."""
    roles = [role.value for role in SIGNERS if role.value in viewer.roles]
    own = [role for role in roles if OFFICE_KEYS[role] in viewer.keys]
    held = case((func.cardinality(Brief.criticised_ids) > 0, _open_to(own)), else_=_open_to(roles))
    return visible(viewer, Brief).where(Brief.state.in_(WAITING), held)


def _open_to(roles: Collection[str]) -> ColumnElement[bool]:
    open_ = BriefBox.state == "open"
    return exists().where(BriefBox.brief_id == Brief.id, open_, BriefBox.role.in_(roles))


def count_waiting(viewer: Viewer) -> int:
    """How many do; nothing is asked of the database for those who sign none."""
    if not any(role.value in viewer.roles for role in SIGNERS):
        return 0
    found = waiting(viewer).with_only_columns(Brief.id).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def readers_of(brief: Brief, moment: Moment) -> list[int]:
    """The keys that meet a brief: 党政办's; once it is handed in everybody's business, which those
    have, too, to whom a signer lends his office; of a 通报 that was published all units'. Which of
    them read it at a state, `states_read` says; whom a brief once reached it goes on reaching, so
    that who sends it back can write what he does."""
    keys = {*(brief.readers or ()), *(OFFICE_KEYS[role.value] for role in OFFICE)}
    if brief.state not in ("draft", "discarded"):
        keys.add(EVERYONES_BUSINESS)
    if brief.kind == CIRCULAR and brief.state in ("released", "recalled"):
        keys.update(db.session.scalars(select(Unit.id).where(in_force(Unit, moment.day))))
    return sorted(keys)
