"""Loads units, persons, posts, portfolios, delegations and accounts (SPEC §1.2-1.5).

Every row has a natural key; a row that is there already is left as it is, so that loading
again changes nothing and overwrites nobody's password.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from portal.accounts.passwords import hash_password
from portal.accounts.pinyin import normalise_name
from portal.demo import sample
from portal.models import (
    Account,
    Appointment,
    Delegation,
    NumberSequence,
    Person,
    Portfolio,
    Unit,
)
from portal.models.base import Base

SINCE = date(2024, 9, 1)
"""First day of units and appointments for which the sample gives none."""

DELEGATED_ROLES = {"审签": ["responsible_leader"], "单位负责人全部事项": ["unit_head"]}

Ids = dict[str, int]
Row = dict[str, Any]


def load_organisation(session: Session) -> None:
    """Insert what is missing of the sample organisation. The caller commits."""
    units = _load_units(session)
    people = _load_people(session)
    _load_appointments(session, people, units)
    _load_portfolios(session, people, units)
    _load_delegations(session, people)
    _load_accounts(session, people)
    _load_number_start(session)


def _load_units(session: Session) -> Ids:
    """Units by their id in the sample (U01 ...)."""
    given = sample.organisation()["units"]
    rows = [
        {
            "code": unit["code"],
            "name": unit["name"],
            "short_name": unit["short_name"],
            "kind": unit["type"],
            "sort_no": unit["sort_no"],
            "pinyin": unit["pinyin"],
            "valid_from": SINCE,
        }
        for unit in given
    ]
    _insert_missing(session, Unit, rows, ["code"])
    ids = _ids(session, select(Unit.code, Unit.id))
    return {unit["id"]: ids[unit["code"]] for unit in given}


def _load_people(session: Session) -> Ids:
    """Persons by their id in the sample (L01 ..., P01 ...)."""
    ranks = {leader["person_id"]: leader["rank"] for leader in sample.organisation()["leaders"]}
    copied = ("emp_no", "pinyin", "initials", "sort_no", "phone", "email", "wecom_userid", "active")
    rows = [
        {key: person[key] for key in copied}
        | {"name": normalise_name(person["name"]), "rank_no": ranks.get(person["id"])}
        for person in sample.people()
    ]
    _insert_missing(session, Person, rows, ["emp_no"])
    ids = _ids(session, select(Person.emp_no, Person.id))
    return {person["id"]: ids[person["emp_no"]] for person in sample.people()}


def _load_appointments(session: Session, people: Ids, units: Ids) -> None:
    """One row a role; the role named first is the primary one."""
    rows = [
        {
            "person_id": people[person["id"]],
            "unit_id": units.get(person["unit_id"]),
            "post": person["post"],
            "role": role,
            "is_primary": position == 0,
            "valid_from": SINCE,
        }
        for person in sample.people()
        for position, role in enumerate(person["roles"])
    ]
    _insert_missing(session, Appointment, rows, ["person_id", "unit_id", "role", "valid_from"])


def _load_portfolios(session: Session, people: Ids, units: Ids) -> None:
    rows = [
        {
            "leader_id": people[row["leader_id"]],
            "unit_id": units[row["unit_id"]],
            "kind": row["kind"],
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        }
        for row in sample.organisation()["portfolios"]
    ]
    _insert_missing(session, Portfolio, rows, ["unit_id", "valid_from"])


def _load_delegations(session: Session, people: Ids) -> None:
    rows = [
        {
            "from_id": people[row["from_person"]],
            "to_id": people[row["to_person"]],
            "kind": row["kind"],
            "scope": row["scope"],
            "roles": DELEGATED_ROLES[row["scope"]],
            "starts_at": _instant(row["valid_from"]),
            "ends_at": _instant(row["valid_to"]),
            "reason": row["reason"],
            "created_by_id": people[row["created_by"]],
        }
        for row in sample.organisation()["delegations"]
    ]
    _insert_missing(session, Delegation, rows, ["from_id", "to_id", "starts_at"])


def _load_accounts(session: Session, people: Ids) -> None:
    """An account for everyone, and the three administrators' own (三员分立).

    One digest serves them all: argon2 is slow on purpose, and the password is no secret.
    """
    wanted = [(person["emp_no"], "person", people[person["id"]]) for person in sample.people()]
    wanted += [
        (row["username"], row["role"], people[row["holder"]])
        for row in sample.organisation()["separate_accounts"]
    ]
    known = set(session.scalars(select(Account.username)))
    missing = [row for row in wanted if row[0] not in known]
    if not missing:
        return
    shared = {
        "password_hash": hash_password(sample.DEMO_PASSWORD),
        "password_changed_at": datetime.now(UTC),
    }
    session.execute(
        insert(Account),
        [
            {"username": username, "kind": kind, "person_id": person_id, **shared}
            for username, kind, person_id in missing
        ],
    )


def _load_number_start(session: Session) -> None:
    """The last numbers given out on paper: the first one here follows them (SPEC §4)."""
    starts = {
        (word, int(year)): first
        for word, years in sample.organisation()["number_start"].items()
        if isinstance(years, dict)
        for year, first in years.items()
    }
    for (word, year), first in starts.items():
        row = {"word": word, "year": year, "start": first, "value": first - 1}
        session.execute(upsert(NumberSequence).values(row).on_conflict_do_nothing())


def _ids(session: Session, pairs: Select[str, int]) -> Ids:
    return dict(session.execute(pairs).all())


def _insert_missing(
    session: Session, model: type[Base], rows: Iterable[Row], key: list[str]
) -> None:
    """Insert the rows whose key the table does not hold yet."""
    columns = [model.__table__.c[name] for name in key]
    known = {tuple(row) for row in session.execute(select(*columns))}
    missing = [row for row in rows if tuple(row[name] for name in key) not in known]
    if missing:
        session.execute(insert(model), missing)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
