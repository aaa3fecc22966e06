"""第二十一条: the one gate. Who may know of an item, and reading as that person.

`readers` is stored with the item and copied to its parts by the database; a person's
keys follow from the appointments, portfolios and delegations of the day. Row-level
security compares the two under the web role, so that a forgotten scope shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Date,
    DateTime,
    Engine,
    Select,
    Table,
    bindparam,
    case,
    event,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import Integer

from portal.clock import Clock, shanghai_day
from portal.extensions import db
from portal.models import (
    Appointment,
    ApprovalSlot,
    Change,
    Delegation,
    Event,
    Guarded,
    Handover,
    Inspection,
    InspectionMember,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Person,
    Portfolio,
    Rectification,
)
from portal.models.base import Base
from portal.models.inspection import PLANNED
from portal.rulebook.identity import ScopeError, array_of, say
from portal.rulebook.roles import APPOINTED, Moment, Role, in_force

EVERYONES_BUSINESS = 0
SEES_EVERYTHING_OPEN = frozenset(
    {
        Role.OFFICE_STAFF.value,
        Role.OFFICE_HEAD.value,
        Role.OFFICE_LEADER.value,
        Role.SECRETARY.value,
        Role.PRESIDENT.value,
        Role.DISCIPLINE.value,
        Role.HR.value,
        Role.ARCHIVIST.value,
        "school_leader_viewer",
    }
)
"""Roles with 查看台账 「A」 in SPEC §1.3."""
SEES_OWN_UNIT = frozenset(
    {
        Role.UNIT_HEAD.value,
        Role.UNIT_DEPUTY.value,
        Role.LIAISON.value,
        "unit_head_party",
        Role.OFFICE_STAFF.value,
        Role.OFFICE_HEAD.value,
        Role.RESPONSIBLE_LEADER.value,
    }
)
OFFICE_KEYS = {
    role.value: 1_000_000_000 + place
    for place, role in enumerate(
        (
            Role.OFFICE_HEAD,
            Role.OFFICE_LEADER,
            Role.SECRETARY,
            Role.PRESIDENT,
            Role.DISCIPLINE,
            Role.HR,
            Role.OFFICE_STAFF,
            Role.ARCHIVIST,
        ),
        start=1,
    )
}
"""Keys of offices, for rows whose readers follow from an office, not from an item (问责, 移交
清单): held by whoever is appointed to it today, never by a delegate (SPEC §1.5). No unit has such
an id."""
PLAN_KEYS = {
    role.value: 1_000_000_100 + place
    for place, role in enumerate(
        (
            Role.OFFICE_STAFF,
            Role.OFFICE_HEAD,
            Role.OFFICE_LEADER,
            Role.SECRETARY,
            Role.PRESIDENT,
        ),
        start=1,
    )
}
"""Keys of who drafts and approves 督查方案, also by delegation: who may sign a plan must read it.
Until it is approved the database asks for one of them, or for the person's own (decision 0182)."""
HEADS_KEYS = 1_100_000_000
"""The head of a unit, or who is in charge of it, has this key and the unit's id added to it."""
DRAFTING = frozenset({"draft", "returned", "pending_unit"})
"""While a form is with its drafters nobody else knows of it, but 党政办 of one that came back."""

G = TypeVar("G", bound=Guarded)


@dataclass(frozen=True)
class Viewer:
    """A person at a moment, with the keys and the roles that person holds.

    Without a person it is the clock, which acts inside `everything(because=…)` only. `address` is
    the network address that the person acts from, as far as it is known. `units` are roles with
    the units they are held in; `lent` tells whether somebody's delegation reaches this person.
    """

    person_id: int | None
    keys: frozenset[int]
    moment: Moment
    roles: frozenset[str]
    address: str = ""
    units: frozenset[tuple[str, int]] = frozenset()
    lent: bool = False


def moment_of(clock: Clock) -> Moment:
    """The clock's instant and Shanghai day, read once."""
    instant = clock.now()
    return Moment(instant, shanghai_day(instant))


class Held(NamedTuple):
    """What follows from the appointments of a day: keys, roles held on anything at all and the
    units they are held in, and whether anything is lent by a delegation."""

    keys: frozenset[int]
    roles: frozenset[str]
    units: frozenset[tuple[str, int]]
    lent: bool


LENT = "lent"
"""In the place of a role: a delegation reaches the person."""
ANYBODY = frozenset(
    {
        Role.PROPOSER.value,
        Role.HANDLER.value,
        Role.SIGNER.value,
        Role.SIGNATORY.value,
        Role.HANDING_OVER.value,
        Role.TAKING_OVER.value,
        Role.BORROWER.value,
        Role.INSPECTOR.value,
        Role.CHIEF_INSPECTOR.value,
    }
)
"""Roles that an item alone gives."""


def held_by(person_id: int, moment: Moment) -> Held:
    """The keys a person holds (0, units, the negative of the own id), and the roles.

    The roles only say which questions are worth asking; whether one is held on an item, the
    clauses of `roles` decide.
    """
    keys, roles, units, lent = {-person_id}, set(ANYBODY), set(), False
    for row in db.session.execute(_holdings(), _at(person_id, moment)).mappings():
        role, unit_id = row["role"], row["unit_id"]
        if role == LENT:
            lent = True
            continue
        held = {role, *(own.value for own, name in APPOINTED.items() if name == role)}
        if row["acting_head"]:
            held.add(Role.UNIT_HEAD.value)
        roles |= held
        if unit_id is not None:
            units |= {(one, unit_id) for one in held}
            if Role.UNIT_HEAD.value in held:
                keys.add(HEADS_KEYS + unit_id)
        if row["own"] and role in OFFICE_KEYS:
            keys.add(OFFICE_KEYS[role])
        if role in PLAN_KEYS:
            keys.add(PLAN_KEYS[role])
        if role in SEES_EVERYTHING_OPEN:
            keys.add(EVERYONES_BUSINESS)
        if unit_id is not None and (role in SEES_OWN_UNIT or row["acting_head"]):
            keys.add(unit_id)
    return Held(frozenset(keys), frozenset(roles), frozenset(units), lent)


def _at(person_id: int, moment: Moment) -> dict[str, object]:
    return {"person": person_id, "instant": moment.instant, "day": moment.day}


@cache
def _holdings() -> CompoundSelect[str, int, bool, bool]:
    """Appointments and portfolios, the person's own and those lent by a delegation; and a row LENT
    for each delegation, whether its giver holds anything or not."""
    person = bindparam("person", type_=Integer)
    instant = bindparam("instant", type_=DateTime(timezone=True))
    day: Any = bindparam("day", type_=Date)
    given = (
        select(Delegation.from_id, Delegation.roles)
        .join(Person, (Person.id == Delegation.from_id) & Person.active)
        .where(
            Delegation.to_id == person,
            Delegation.starts_at <= instant,
            Delegation.ends_at > instant,
            Delegation.revoked_at.is_(None),
        )
        .subquery()
    )
    leads = Role.RESPONSIBLE_LEADER.value
    posts = select(
        Appointment.role,
        Appointment.unit_id,
        Appointment.acting_head,
        (Appointment.person_id == person).label("own"),
    ).where(in_force(Appointment, day))
    fields = select(
        literal(leads).label("role"),
        Portfolio.unit_id,
        false().label("acting_head"),
        (Portfolio.leader_id == person).label("own"),
    ).where(in_force(Portfolio, day))
    return union_all(
        posts.where(Appointment.person_id == person),
        posts.join(given, given.c.from_id == Appointment.person_id).where(
            Appointment.role == given.c.roles.any_()
        ),
        fields.where(Portfolio.leader_id == person),
        fields.join(given, given.c.from_id == Portfolio.leader_id).where(
            literal(leads) == given.c.roles.any_()
        ),
        select(literal(LENT), null(), false(), false()).select_from(given),
    )


def view_as(person_id: int, clock: Clock, address: str = "") -> Viewer:
    """Read as this person from now on in this session; returns the viewer to pass along."""
    moment = moment_of(clock)
    held = held_by(person_id, moment)
    viewer = Viewer(
        person_id, held.keys, moment, held.roles, address, units=held.units, lent=held.lent
    )
    _identify(keys=viewer.keys, day=moment.day.isoformat())
    return viewer


def view_as_clock(clock: Clock) -> Viewer:
    """Act as the clock (视同签收 …), inside `everything(because=…)`; ScopeError outside."""
    if not db.session.info.get("because"):
        raise ScopeError("the clock acts with a written reason")
    return Viewer(None, frozenset(), moment_of(clock), frozenset({Role.SYSTEM.value}))


ADMINISTRATORS_KEYS = {"sys_admin": -(2**31) + 2, "sec_admin": -(2**31) + 1, "auditor": -(2**31)}
"""The one key of each administrator. No row has it among its readers; functions of the database
that count, or that read the log, ask for it (decision 0111)."""


def view_as_administrator(kind: str, clock: Clock) -> None:
    """Read as an administrator from now on: no guarded row. KeyError for a kind that is none."""
    keys = frozenset({ADMINISTRATORS_KEYS[kind]})
    _identify(keys=keys, day=moment_of(clock).day.isoformat())


def view_as_display(clock: Clock) -> Viewer:
    """Read as a screen on a wall: what is everyone's business, so nothing sensitive and no draft
    (第二十一条, decision 0164)."""
    moment, keys = moment_of(clock), frozenset({EVERYONES_BUSINESS})
    _identify(keys=keys, day=moment.day.isoformat())
    return Viewer(None, keys, moment, frozenset())


def view_as_nobody() -> None:
    """Forget as whom the session reads; guarded tables are empty again."""
    _identify(keys=frozenset())


@contextmanager
def everything(because: str) -> Iterator[None]:
    """Read without a person, for the clock and the archive, under the worker's role only.

    `because` is the written reason; the database refuses the web role all the same.
    """
    if not because.strip():
        raise ScopeError("reading everything needs a written reason")
    before = dict(db.session.info)
    _identify(keys=frozenset(), because=because)
    try:
        yield
    finally:
        _identify(
            keys=before.get("keys", frozenset()),
            day=before.get("day", ""),
            because=before.get("because", ""),
        )


def visible(viewer: Viewer, model: type[G]) -> Select[G]:
    """The rows of `model` that this viewer may know of.

    Row-level security narrows the rows by index; the CASE repeats the comparison for every row
    that is left, in a form the planner gives a fixed estimate (writing && twice misleads it).
    """
    if db.session.info.get("keys") != viewer.keys:
        raise ScopeError("the session reads as somebody else")
    if not viewer.keys:  # the clock, which reads with a written reason
        return select(model)
    mine = literal(sorted(viewer.keys), ARRAY(Integer))
    return select(model).where(case((model.readers.op("&&")(mine), True), else_=False))


def readers_of(item: Item) -> list[int]:
    """Who may know of an item, from its classification, state, units, members and signers.

    Sensitive: the persons of its need-to-know list and nobody else (SPEC §7.3).
    """
    if item.classification == "sensitive":
        return sorted(-person_id for person_id in _listed(item))
    if item.state in DRAFTING:
        own = {-item.drafter_id, *(-person_id for person_id in _taken_part(item))}
        if item.drafter_unit_id is not None:
            own.add(item.drafter_unit_id)
        if _came_back(item):
            own.update(_of_office(item).keys)
        return sorted(own)
    units = db.session.scalars(
        select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role != "former")
    )
    members = db.session.scalars(select(ItemMember.person_id).where(ItemMember.item_id == item.id))
    keys = {EVERYONES_BUSINESS, item.lead_unit_id, -item.drafter_id, *units}
    keys.update(-person_id for person_id in members)
    keys.update(-person_id for person_id in _handing_over(item))
    keys.update(-person_id for person_id in _inspecting(item))
    keys.update(_of_other_units(item))
    return sorted(keys)


def _inspecting(item: Item) -> set[int]:
    """实地督查: the team, once its plan is approved, and whoever answers for a point (责任人) read
    what they inspected or have to put right, whichever unit they are of."""
    team = (
        select(InspectionMember.person_id)
        .join(Inspection, Inspection.id == InspectionMember.inspection_id)
        .where(InspectionMember.item_id == item.id, Inspection.state.not_in(PLANNED))
    )
    owners = select(Rectification.owner_id.label("person_id")).where(
        Rectification.item_id == item.id
    )
    return {row.person_id for row in db.session.execute(union_all(team, owners))}


def _handing_over(item: Item) -> set[int]:
    """岗位交接: who hands the item over and who takes it over read what they signed, whichever unit
    they are in by then. Of a 交接 that was taken back the taker has signed nothing."""
    rows = db.session.execute(
        select(Handover.from_id, Handover.to_id, Handover.state).where(Handover.item_id == item.id)
    ).all()
    takers = {row.to_id for row in rows if row.state != "withdrawn"}
    return takers | {row.from_id for row in rows}


def _came_back(item: Item) -> bool:
    """Whether the form was ever sent back to its drafters by somebody beyond their unit: 党政办 had
    it then, and is asked about it (请向党政办核对) while it is being corrected. What its drafter
    took back (撤回) was in nobody's hands."""
    returned = select(Event.id).where(
        Event.item_id == item.id,
        Event.item_from.not_in(DRAFTING),
        Event.item_to.in_(DRAFTING),
        Event.act != "withdraw",
    )
    return db.session.scalar(returned.limit(1)) is not None


class Office(NamedTuple):
    """党政办: the keys of its units, and its people (ids)."""

    keys: set[int]
    people: set[int]


def _of_office(item: Item) -> Office:
    """党政办 as it stood when the item took its state."""
    rows = db.session.execute(
        select(Appointment.unit_id, Appointment.person_id).where(
            Appointment.role.in_((Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value)),
            in_force(Appointment, shanghai_day(item.state_since)),
        )
    ).all()
    people = {row.person_id for row in rows}
    return Office({row.unit_id for row in rows if row.unit_id}, people)


def _of_other_units(item: Item) -> set[int]:
    """调整承办单位: the units it is proposed for, whose leader must agree; and of those that were
    relieved, the persons who took part or were told."""
    rows = db.session.execute(
        select(Change.state, Change.values).where(
            Change.item_id == item.id, Change.kind == "reassign"
        )
    ).all()
    if not rows:
        return set()
    told = db.session.scalars(
        select(func.unnest(Event.tells)).where(
            Event.item_id == item.id, Event.act.in_(("issue", "agree_reassign"))
        )
    )
    keys = {-person_id for person_id in (*_taken_part(item), *told)}
    for state, values in rows:
        if state == "open":
            keys.update((values["lead_unit_id"], *values["co_unit_ids"]))
    return keys


def _listed(item: Item) -> set[int]:
    """Who is on the list of a sensitive item; of a form still with its drafters only they."""
    listed = set(
        db.session.scalars(
            select(NeedToKnow.person_id).where(
                NeedToKnow.item_id == item.id, NeedToKnow.to_at.is_(None)
            )
        )
    )
    own = {item.drafter_id, *_taken_part(item)}
    if item.state in ("draft", "returned"):
        if listed and _came_back(item):
            own |= _of_office(item).people
        return own & listed if listed else own
    return listed


def _taken_part(item: Item) -> set[int]:
    """Who has acted on the item or signed in it: they may see what became of it (退回修改)."""
    acted = select(Event.actor_id).where(Event.item_id == item.id, Event.actor_id.is_not(None))
    signed = select(ApprovalSlot.person_id).where(
        ApprovalSlot.item_id == item.id, ApprovalSlot.person_id.is_not(None)
    )
    return {row.actor_id for row in db.session.execute(union_all(acted, signed))}


def _identify(*, keys: frozenset[int], day: str = "", because: str = "") -> None:
    session = db.session()
    session.info["keys"] = keys
    session.info["day"] = day
    session.info["array"] = array_of(keys)
    session.info["because"] = because
    session.expire_all()
    if session.in_transaction():
        _set_identity(session.connection(), session)


def _set_identity(connection: Connection, session: Session) -> None:
    keys, because = session.info.get("array", ""), session.info.get("because", "")
    connection.info["reads_as"] = bool(keys or because)
    if not say(connection, keys, because, day=session.info.get("day", "")):
        raise ScopeError(
            "the database does not believe this application: another PORTAL_SECRET_KEY, or clocks"
            " minutes apart; `portal doctor` tells which"
        )


@event.listens_for(Session, "after_begin")
def _begin_as(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    _set_identity(connection, session)


@lru_cache(maxsize=2048)
def _touches_guarded(statement: str) -> bool:
    tables = "|".join(
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Guarded) and isinstance(mapper.local_table, Table)
    )
    return bool(re.search(rf'\b(?:FROM|JOIN|INTO|UPDATE|,)\s+"?(?:{tables})\b', statement, re.I))


@event.listens_for(Engine, "before_cursor_execute")
def _warn_early(connection: Connection, _cursor: object, statement: str, *_args: object) -> None:
    """A guarded table asked for as nobody is a mistake in the program: say so at once.

    The database would answer with no rows; this makes a forgotten viewer loud, not silent.
    """
    if connection.info.get("reads_as") is False and _touches_guarded(statement):
        raise ScopeError("a guarded table was asked for without saying as whom")


@event.listens_for(Engine, "checkin")
def _forget(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info.pop("reads_as", None)


__all__ = [
    "EVERYONES_BUSINESS",
    "ScopeError",
    "Viewer",
    "everything",
    "held_by",
    "moment_of",
    "readers_of",
    "view_as",
    "view_as_administrator",
    "view_as_display",
    "view_as_nobody",
    "visible",
]
