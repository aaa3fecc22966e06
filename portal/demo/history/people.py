"""Who acts where the sample names nobody: always the holder of the role (SPEC §9)."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from portal.demo import sample

OFFICE, OFFICE_HEAD, OFFICE_LEADER = "P03", "P01", "L03"
SECRETARY, PRESIDENT = "L01", "L02"
ARCHIVIST, DISCIPLINE, HR = "P06", "P09", "P12"
PRINCIPALS = {
    "secretary": (SECRETARY,),
    "president": (PRESIDENT,),
    "both": (SECRETARY, PRESIDENT),
}
SIGN_LATER = (SECRETARY, PRESIDENT, OFFICE_LEADER)
"""Leaders in charge whose later signature fills the box of 审签 too (SPEC §1.4)."""


def head_of(unit: str, day: date) -> str:
    """The head of a unit on a day, or who acts as head by 主持工作."""
    head = str(_units()[unit]["head_id"])
    for lent in sample.organisation()["delegations"]:
        first, last = (date.fromisoformat(lent[end][:10]) for end in ("valid_from", "valid_to"))
        if lent["kind"] == "主持工作" and lent["from_person"] == head and first <= day <= last:
            return str(lent["to_person"])
    return head


def liaison_of(unit: str) -> str:
    """督办联络员 of a unit."""
    return str(_units()[unit]["liaison_id"])


def unit_of(person: str) -> str:
    """The unit a person belongs to; KeyError for a school leader without one."""
    return str(_people()[person]["unit_id"])


@cache
def _units() -> dict[str, Any]:
    return {unit["id"]: unit for unit in sample.organisation()["units"]}


@cache
def _people() -> dict[str, Any]:
    return {person["id"]: person for person in sample.people()}
