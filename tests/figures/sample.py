"""The forty items of the sample data as plain items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from portal.rulebook import policy
from tests.figures.plain import Plain

DONE = ("closed", "archived")


def sample(units: Mapping[str, int], people: Mapping[str, int]) -> list[Plain]:
    """The items; `units` and `people` are ids by the data's own codes."""
    text = files("portal.demo").joinpath("data/items.json").read_text(encoding="utf-8")
    data = json.loads(text)
    notices: dict[str, list[Any]] = {}
    for row in data["urge_notices"]:
        if row["doc_seq"]:
            notices.setdefault(row["item_id"], []).append(row)
    return [_plain(row, notices.get(row["id"], []), units, people) for row in data["items"]]


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


def _plain(
    row: dict[str, Any], notices: list[Any], units: Mapping[str, int], people: Mapping[str, int]
) -> Plain:
    closure = row.get("closure") or {}
    handed_in = _day(closure.get("submitted_on"))
    lead = units[row["lead_unit_id"]]
    done = row["status"] in DONE
    lit = policy.CURRENT.state(row["status"]).lit
    return Plain(
        name=row["id"],
        state=row["status"],
        level=row["level"],
        unit=lead,
        filed=_day(row["filed_on"]),
        issued=_day(row["issued_on"]),
        original=_day(row["due_original"]),
        due=_day(row["due_effective"]),
        closed=_day(closure.get("closed_on")),
        light=row["light_at_anchor"] if lit else "",
        sensitive=row["classification"] == "sensitive",
        reports=[
            (
                date.fromisoformat(point),
                [
                    date.fromisoformat(report["submitted_on"])
                    for report in row["feedbacks"]
                    if report["point"] == point
                ],
            )
            for point in row["feedback_points"]
        ],
        notices=[
            (units.get(one.get("urged_unit_id"), lead), date.fromisoformat(one["on"]),
             one["status"])
            for one in notices
        ],
        extensions=[
            (one["kind"], one["status"], date.fromisoformat(one["approved_on"]))
            for one in row["extensions"]
            if one["status"] == "approved"
        ],
        closures=[("accepted", handed_in)] if done else [],
        handed_in=handed_in if closure and not done else None,
        knows=[(people[one], None) for one in row["need_to_know"]],
    )  # fmt: skip
