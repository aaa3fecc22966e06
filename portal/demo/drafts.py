"""The first instructions of the sample, as somebody of the office would type them (第十二条)."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.demo import sample

FIRST = ("A01", "A03")
"""Two 批示类 items, levels 1 and 2, each with co-units, none directly under a principal."""


def draft_inputs(ids: tuple[str, ...] = FIRST) -> list[dict[str, Any]]:
    """The named items as plain data for a draft, in the order asked for.

    Units are given by `code`, persons by `emp_no`; dates are `date`; the keys are the columns
    of Item, plus `lead_unit`, `co_units`, `responsible_leader`, `drafter`, `handler`,
    `co_handlers`. KeyError for an id that the sample does not hold.
    """
    given = {item["id"]: item for item in sample.items()}
    return [draft_of(given[wanted]) for wanted in ids]


def draft_of(item: dict[str, Any]) -> dict[str, Any]:
    """One item of the sample as such plain data."""
    units = {unit["id"]: unit["code"] for unit in sample.organisation()["units"]}
    emp_no = {person["id"]: person["emp_no"] for person in sample.people()}
    deadline, source = item["deadline"], item["source"]
    return {
        **{key: item[key] for key in ("title", "requirement", "category", "level", "method")},
        "classification": item["classification"],
        "source_type": source["type"],
        "source_ref": source["ref"],
        "source_date": date.fromisoformat(source["date"]),
        "deadline_kind": deadline["kind"],
        "deadline_days": deadline["days"],
        "deadline_date": date.fromisoformat(deadline["date"]) if deadline["date"] else None,
        "deadline_basis": deadline["basis"] or "",
        "principal": item["principal"],
        "responsible_leader": emp_no[item["responsible_leader_id"]],
        "lead_unit": units[item["lead_unit_id"]],
        "co_units": [units[unit] for unit in item["co_unit_ids"]],
        "drafter": emp_no[item["proposed_by"]],
        "handler": emp_no[item["handler_id"]],
        "co_handlers": [emp_no[person] for person in item["co_handler_ids"]],
    }
