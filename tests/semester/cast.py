"""Who is who in the term: the seventy persons of the sample and their posts, read from its files.

Persons and units are named by the sample's ids (P03, U11), never by those of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from portal.demo import sample
from tests.semester.almanac import SHANGHAI

OFFICE_HEAD, OFFICE_LEADER, SECRETARY, PRESIDENT, ARCHIVIST = "P01", "L03", "L01", "L02", "P06"
PRINCIPALS = {"secretary": ("L01",), "president": ("L02",), "both": ("L01", "L02")}
ROLE_OF = {"L01": "secretary", "L02": "president"}


class Lent(NamedTuple):
    """授权: who may act for whom in which role, from when to when; the reason in words."""

    giver: str
    taker: str
    role: str
    kind: str
    starts: datetime
    ends: datetime


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


FURTHER = (
    Lent("P19", "P20", "unit_head", "主持工作",
         _moment("2026-10-12T00:00:00+08:00"), _moment("2026-10-17T00:00:00+08:00")),
    Lent("L06", "L05", "responsible_leader", "AB角",
         _moment("2026-12-07T00:00:00+08:00"), _moment("2026-12-12T00:00:00+08:00")),
)  # fmt: skip
"""Beside those of the sample; one of its own lasts through the days the machine is off."""


@cache
def lent() -> tuple[Lent, ...]:
    """Every delegation of the term."""
    roles = {"审签": "responsible_leader", "单位负责人全部事项": "unit_head"}
    given = (
        Lent(row["from_person"], row["to_person"], roles[row["scope"]], row["kind"],
             _moment(row["valid_from"]), _moment(row["valid_to"]))
        for row in sample.organisation()["delegations"]
    )  # fmt: skip
    return (*given, *FURTHER)


@cache
def people() -> dict[str, dict[str, Any]]:
    """The persons by id."""
    return {row["id"]: row for row in sample.people()}


@cache
def units() -> tuple[str, ...]:
    """The units that lead items: all but 党政办 itself."""
    return tuple(row["id"] for row in sample.organisation()["units"] if row["id"] != "U01")


@cache
def _with(role: str, unit: str | None) -> tuple[str, ...]:
    return tuple(
        id_ for id_, row in people().items()
        if role in row["roles"] and unit in (None, row["unit_id"])
    )  # fmt: skip


def head(unit: str) -> str:
    """The head of a unit."""
    return _with("unit_head", unit)[0]


def liaison(unit: str) -> str:
    """督办联络员 of a unit."""
    return _with("liaison", unit)[0]


@cache
def staff(unit: str) -> tuple[str, ...]:
    """Who of a unit may be named as 承办人: anybody but its head."""
    return tuple(id_ for id_, row in people().items()
                 if row["unit_id"] == unit and id_ != head(unit))  # fmt: skip


def leader(unit: str, day: date) -> str:
    """The school leader in charge of a unit."""
    return next(
        str(row["leader_id"])
        for row in sample.organisation()["portfolios"]
        if row["unit_id"] == unit
        and date.fromisoformat(row["valid_from"]) <= day
        and (row["valid_to"] is None or day <= date.fromisoformat(row["valid_to"]))
    )


@cache
def portfolio(person: str, day: date) -> frozenset[str]:
    """The units a school leader is in charge of."""
    every = (row["id"] for row in sample.organisation()["units"])
    return frozenset(unit for unit in every if leader(unit, day) == person)


def holders(role: str, unit: str | None, now: datetime) -> set[str]:
    """Who may act in a role now, delegates too; `unit` of heads, liaisons and leaders in charge."""
    if role == "responsible_leader":
        found = {leader(str(unit), now.date())}
    else:
        found = set(_with(role, unit if role in ("unit_head", "liaison") else None))
    return found | stand_ins(role, found, now)


def stand_ins(role: str, whom: Iterable[str], now: datetime) -> set[str]:
    """Who acts for any of them now."""
    return {
        one.taker for one in lent()
        if one.role == role and one.giver in whom and one.starts <= now < one.ends
    }  # fmt: skip
