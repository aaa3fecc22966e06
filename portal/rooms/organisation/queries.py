"""Units, persons and their posts as the system administrator's pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.passwords import UNUSABLE
from portal.accounts.queries import DISPLAY, post_labels
from portal.audit.words import Entry, entries, role_label
from portal.extensions import db
from portal.models import Account, AdminAct, Appointment, Person, Portfolio, Unit
from portal.rooms.organisation.posts import HEAD, ROLES
from portal.rulebook.roles import in_force

PER_PAGE = 50
MOST_ENTRIES = 20


class UnitLine(NamedTuple):
    """A unit in the list: who heads it (or acts) and who is in charge of it today."""

    unit: Unit
    heads: str
    leader: Person | None
    people: int


class PostLine(NamedTuple):
    """One appointment: who, where, as what, from when to when; `ends`: it may be ended here."""

    row: Appointment
    person: Person
    unit: str
    role: str
    ends: bool


class FieldLine(NamedTuple):
    """A unit in somebody's charge."""

    row: Portfolio
    unit: str
    leader: str


class PersonLine(NamedTuple):
    """A person in the list."""

    person: Person
    post: str


def units_left(day: date) -> Sequence[Unit]:
    """The units that are there today or will be, in official order."""
    return db.session.scalars(
        select(Unit)
        .where(or_(Unit.valid_to.is_(None), Unit.valid_to >= day))
        .order_by(Unit.sort_no, Unit.id)
    ).all()


def units_ended(day: date) -> Sequence[Unit]:
    """The units that are no more, the latest first."""
    return db.session.scalars(
        select(Unit).where(Unit.valid_to < day).order_by(Unit.valid_to.desc(), Unit.id)
    ).all()


def unit_lines(day: date) -> list[UnitLine]:
    """All units that are left, with who leads them."""
    heads: dict[int | None, list[str]] = {}
    for unit_id, name, acting in db.session.execute(
        select(Appointment.unit_id, Person.name, Appointment.acting_head)
        .join(Person, Person.id == Appointment.person_id)
        .where((Appointment.role == HEAD) | Appointment.acting_head, in_force(Appointment, day))
        .order_by(Appointment.acting_head)
    ):
        heads.setdefault(unit_id, []).append(name + ("（主持工作）" if acting else ""))
    leaders = dict(
        db.session.execute(
            select(Portfolio.unit_id, Person)
            .join(Person, Person.id == Portfolio.leader_id)
            .where(in_force(Portfolio, day))
        ).all()
    )
    people = dict(
        db.session.execute(
            select(Appointment.unit_id, func.count(Appointment.person_id.distinct()))
            .where(in_force(Appointment, day), Appointment.unit_id.is_not(None))
            .group_by(Appointment.unit_id)
        ).all()
    )
    return [
        UnitLine(
            unit,
            "、".join(heads.get(unit.id, [])),
            leaders.get(unit.id),
            people.get(unit.id, 0),
        )
        for unit in units_left(day)
    ]


def leaders() -> Sequence[Person]:
    """校领导 by rank."""
    return db.session.scalars(
        select(Person).where(Person.rank_no.is_not(None), Person.active).order_by(Person.rank_no)
    ).all()


def people(typed: str, unit: str, left: bool, page: int, day: date) -> tuple[list[PersonLine], int]:
    """A page of persons by name, 工号 or pinyin and by unit, and how many there are; `left`: those
    who are 停用."""
    wanted: list[ColumnElement[bool]] = [Person.active.is_(not left)]
    if typed:
        latin = typed.lower().replace(" ", "")
        wanted.append(
            or_(
                Person.name.contains(typed, autoescape=True),
                Person.emp_no == typed,
                func.replace(Person.pinyin, " ", "").contains(latin, autoescape=True),
                Person.initials.contains(latin, autoescape=True),
            )
        )
    if unit:
        wanted.append(
            Person.id.in_(
                select(Appointment.person_id)
                .join(Unit, Unit.id == Appointment.unit_id)
                .where(Unit.code == unit, in_force(Appointment, day))
            )
        )
    total = db.session.scalar(select(func.count(Person.id)).where(*wanted)) or 0
    rows = db.session.scalars(
        select(Person)
        .where(*wanted)
        .order_by(Person.rank_no.nulls_last(), Person.sort_no, Person.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    posts = post_labels([row.id for row in rows], day)
    return [PersonLine(row, posts.get(row.id, "")) for row in rows], total


def posts_of_person(person: Person, day: date) -> list[PostLine]:
    """All posts a person ever had, those that run or come first."""
    return _posts(Appointment.person_id == person.id, day)


def posts_of_unit(unit: Unit, day: date) -> list[PostLine]:
    """The posts of a unit that run or come, and its former heads."""
    runs = or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day)
    return _posts((Appointment.unit_id == unit.id) & (runs | (Appointment.role == HEAD)), day)


def _posts(wanted: ColumnElement[bool], day: date) -> list[PostLine]:
    rows = db.session.execute(
        select(Appointment, Person, Unit.short_name)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Unit, Unit.id == Appointment.unit_id)
        .where(wanted)
        .order_by(
            (func.coalesce(Appointment.valid_to, date.max) < day),
            Appointment.is_primary.desc(),
            Person.sort_no,
            Appointment.valid_from.desc(),
            Appointment.id,
        )
    )
    return [
        PostLine(
            row,
            person,
            unit or "",
            role_label(row.role),
            row.role in ROLES and (row.valid_to is None or row.valid_to >= day),
        )
        for row, person, unit in rows
    ]


def fields_of(whose: Unit | Person) -> list[FieldLine]:
    """Who was and is in charge of a unit, or of which units somebody was and is, newest first."""
    column = Portfolio.unit_id if isinstance(whose, Unit) else Portfolio.leader_id
    rows = db.session.execute(
        select(Portfolio, Unit.name, Person.name)
        .join(Unit, Unit.id == Portfolio.unit_id)
        .join(Person, Person.id == Portfolio.leader_id)
        .where(column == whose.id)
        .order_by(Portfolio.valid_from.desc(), Unit.sort_no)
    )
    return [FieldLine(row, unit_name, name) for row, unit_name, name in rows]


def account_state(person: Person) -> str:
    """How the person's own account stands, in words."""
    account = db.session.scalars(
        select(Account).where(Account.person_id == person.id, Account.kind == "person")
    ).first()
    return _state(account) if account is not None else ""


def displays_of(person: Person) -> list[tuple[str, str]]:
    """大屏账号 that the person keeps: the sign-in name, and how it stands."""
    kept = select(Account).where(Account.person_id == person.id, Account.kind == DISPLAY)
    rows = db.session.scalars(kept.order_by(Account.username))
    return [(account.username, _state(account)) for account in rows]


def _state(account: Account) -> str:
    if not account.active:
        return "已停用"
    if account.password_hash == UNUSABLE:
        return "已开通，待安全保密管理员发放初始口令"
    return "已开通，首次登录须修改口令" if account.must_change else "在用"


def log_of(*rows: tuple[str, int]) -> list[Entry]:
    """更改记录 of some rows, by table and id, newest first."""
    wanted = or_(
        *((AdminAct.subject == table) & (AdminAct.subject_id == one) for table, one in rows)
    )
    return entries(
        db.session.scalars(
            select(AdminAct).where(wanted).order_by(AdminAct.position.desc()).limit(MOST_ENTRIES)
        )
    )


def fields_planned(day: date) -> list[FieldLine]:
    """Who will be in charge of which unit, of what is entered already."""
    rows = db.session.execute(
        select(Portfolio, Unit.name, Person.name)
        .join(Unit, Unit.id == Portfolio.unit_id)
        .join(Person, Person.id == Portfolio.leader_id)
        .where(Portfolio.valid_from > day)
        .order_by(Portfolio.valid_from, Unit.sort_no)
    )
    return [FieldLine(row, unit_name, name) for row, unit_name, name in rows]
