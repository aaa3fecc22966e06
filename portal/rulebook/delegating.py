"""授权代办 (SPEC §1.5): who may let whom act for him, in what, and how that is printed.

One row a choice. What the giver does not hold himself he cannot give: what was received by a
delegation is not passed on. Acts that are never delegated say so in the table of acts
(`in_person`); a delegation lends no place on a need-to-know list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import literal, null, or_, select, union_all

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Appointment, Delegation, Item, Person, Portfolio
from portal.rulebook.roles import Moment, Role, holds_directly, in_force

LEADERS: Final = frozenset(
    {
        Role.SECRETARY.value,
        Role.PRESIDENT.value,
        Role.OFFICE_LEADER.value,
        Role.RESPONSIBLE_LEADER.value,
        "school_leader",
    }
)
"""As what a school leader is appointed, or leads by a portfolio."""
DEPUTIES: Final = frozenset({Role.UNIT_DEPUTY.value, "unit_head_party"})
"""Who may be in charge of a unit while its head is away (主持工作)."""
LIAISONS: Final = frozenset({Role.LIAISON.value})
HEADS: Final = frozenset({Role.UNIT_HEAD, Role.OFFICE_HEAD})


class Kind(NamedTuple):
    """A row: what is chosen, `lends` of it what the giver holds, to whom: `takers` are their roles,
    in a unit of the giver's if `within`. `limit` names the policy's longest period in days."""

    id: str
    kind: str
    scope: str
    gives: frozenset[Role]
    lends: frozenset[Role]
    takers: frozenset[str]
    within: bool
    limit: str
    article: str

    @property
    def label(self) -> str:
        """「AB角：审签」."""
        return f"{self.kind}：{self.scope}"


def _between_leaders(id_: str, scope: str, *roles: Role) -> Kind:
    held = frozenset(roles)
    return Kind(id_, "AB角", scope, held, held, LEADERS, False, "delegation", "4")


PRINCIPALS: Final = (Role.SECRETARY, Role.PRESIDENT)
KINDS: Final = (
    _between_leaders("sign", "审签", Role.RESPONSIBLE_LEADER),
    _between_leaders("review", "审核", Role.OFFICE_LEADER),
    _between_leaders("approve", "审定", *PRINCIPALS),
    _between_leaders("all", "全部", Role.RESPONSIBLE_LEADER, Role.OFFICE_LEADER, *PRINCIPALS),
    Kind(
        "acting", "主持工作", "单位负责人全部事项", frozenset({Role.UNIT_HEAD}), HEADS, DEPUTIES,
        True, "delegation_unit", "6",
    ),
    # The liaison signs for receipt in his own post; the delegation says by whose word.
    Kind(
        "receipt", "委托联络员", "签收、查看", frozenset({Role.UNIT_HEAD}),
        frozenset({Role.LIAISON}), LIAISONS, True, "delegation_unit", "6",
    ),
)  # fmt: skip
BY_ID: Final = {kind.id: kind for kind in KINDS}


class Offices(NamedTuple):
    """What a person holds himself on a day: roles, and the units he heads or serves by role."""

    roles: frozenset[str]
    units: frozenset[tuple[str, int]]

    def in_units(self, role: str) -> set[int]:
        """The units in which this role is held."""
        return {unit_id for held, unit_id in self.units if held == role}


def offices_of(person_id: int, day: date) -> Offices:
    """Appointments and portfolios of that day, nothing that was lent."""
    posts = select(Appointment.role, Appointment.unit_id, Appointment.acting_head).where(
        Appointment.person_id == person_id, in_force(Appointment, day)
    )
    fields = select(literal(Role.RESPONSIBLE_LEADER.value), null(), literal(False)).where(
        Portfolio.leader_id == person_id, in_force(Portfolio, day)
    )
    roles: set[str] = set()
    units: set[tuple[str, int]] = set()
    for row in db.session.execute(union_all(posts, fields)).mappings():
        held = {row["role"], *([Role.UNIT_HEAD.value] if row["acting_head"] else [])}
        roles |= held
        if row["unit_id"] is not None:
            units |= {(one, row["unit_id"]) for one in held}
    return Offices(frozenset(roles), frozenset(units))


def may_give(offices: Offices) -> tuple[Kind, ...]:
    """The rows somebody with these offices may choose, in their order."""
    return tuple(kind for kind in KINDS if offices.roles & {role.value for role in kind.gives})


def lent_by(kind: Kind, giver: Offices) -> list[str]:
    """Which roles the row lends of this giver; 委托联络员 names the liaison's own."""
    if kind.id == "receipt":
        return sorted(role.value for role in kind.lends)
    return sorted(role.value for role in kind.lends if role.value in giver.roles)


def may_take(kind: Kind, giver: Offices, taker: Offices) -> bool:
    """Whether the row may be given to somebody with these offices; 主持工作 to a deputy of every
    unit that the giver heads."""
    if not kind.within:
        return bool(taker.roles & kind.takers)
    mine = giver.in_units(Role.UNIT_HEAD.value)
    theirs = set[int]().union(*(taker.in_units(role) for role in kind.takers))
    # Who is in charge is so of all that the giver heads, of 党政办 with its office too: a deputy of
    # one unit does not become the head of another one.
    return bool(mine) and mine <= theirs if kind.lends & HEADS else bool(mine & theirs)


def is_there(person_id: int) -> bool:
    """Whether the person is one of the college still."""
    return bool(db.session.scalar(select(Person.active).where(Person.id == person_id)))


def in_the_name_of(acting_as: str | None, giver: str) -> str:
    """「（代解学农）」 of a leader's delegate, 「（主持工作）」 of who heads a unit for its head;
    empty if nobody lent anything."""
    if not giver:
        return ""
    return "（主持工作）" if acting_as in {role.value for role in HEADS} else f"（代{giver}）"


class Entrusted(NamedTuple):
    """By which delegation, whose, a person stood in for a head; `words` are printed after him."""

    delegation_id: int
    giver_id: int
    words: str


RECEIPT_WORDS: Final = "（受托签收）"
STOOD_IN: Final = {"主持工作": "（主持工作）", "委托联络员": RECEIPT_WORDS}


def entrusted(person_id: int, unit_id: int, at: datetime) -> Entrusted | None:
    """Who of a unit's heads had left the unit's work, or its receipts, to this person then; None:
    nobody had, or the person is not asked to stand in for anybody."""
    found = db.session.execute(
        select(Delegation.id, Delegation.from_id, Delegation.kind)
        .join(Appointment, Appointment.person_id == Delegation.from_id)
        .where(
            Delegation.to_id == person_id,
            Delegation.kind.in_(STOOD_IN),
            Delegation.starts_at <= at,
            Delegation.ends_at > at,
            or_(Delegation.revoked_at.is_(None), Delegation.revoked_at > at),
            Appointment.unit_id == unit_id,
            or_(Appointment.role == Role.UNIT_HEAD.value, Appointment.acting_head),
            in_force(Appointment, shanghai_day(at)),
        )
        .order_by(Delegation.kind != "主持工作", Delegation.id)
        .limit(1)
    ).first()
    return Entrusted(found.id, found.from_id, STOOD_IN[found.kind]) if found else None


def entrusted_words(person_id: int, unit_id: int, at: datetime) -> str:
    """「（受托签收）」, 「（主持工作）」, or nothing."""
    found = entrusted(person_id, unit_id, at)
    return found.words if found else ""


class Delegate(NamedTuple):
    """To whom a waiting box can be passed on, and until when he acts for the holder."""

    person_id: int
    name: str
    until: datetime


def delegates(
    person_id: int | None, item: Item, moment: Moment, boxes: Iterable[tuple[str, int | None]]
) -> list[Delegate]:
    """To whom this person lends, today, the office of one of these boxes of the item (role and
    unit) that is his to sign; in official order."""
    asked = sorted(set(boxes), key=str)
    if not asked:
        return []
    held = db.session.execute(
        select(
            *(
                holds_directly(Role(role), person_id, moment, item=item, unit=unit_id)
                for role, unit_id in asked
            )
        )
    ).one()
    mine = [role for (role, _unit_id), his in zip(asked, held, strict=True) if his]
    if not mine:
        return []
    rows = db.session.execute(
        select(Person.id, Person.name, Delegation.ends_at)
        .join(Delegation, Delegation.to_id == Person.id)
        .where(
            Person.active,
            Delegation.from_id == person_id,
            Delegation.roles.overlap(mine),
            Delegation.starts_at <= moment.instant,
            Delegation.ends_at > moment.instant,
            Delegation.revoked_at.is_(None),
        )
        .order_by(Person.sort_no, Delegation.ends_at)
    )
    return list({row.id: Delegate(*row) for row in rows}.values())
