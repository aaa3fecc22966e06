"""The sample college as it lies in `data/*.json`; every person in it is fictitious."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

DEMO_PASSWORD = "aba-demo-2026"  # noqa: S105 - shown on the sign-in page of the demo on purpose

_DATA = Path(__file__).parent / "data"


@cache
def organisation() -> dict[str, Any]:
    """Units, leaders, portfolios, delegations, the three administrators, number_start."""
    found: dict[str, Any] = _read("org")
    return found


@cache
def people() -> list[dict[str, Any]]:
    """The 70 persons with their posts and roles."""
    found: list[dict[str, Any]] = _read("people")["people"]
    return found


@cache
def items() -> list[dict[str, Any]]:
    """The 40 items of the ledger."""
    found: list[dict[str, Any]] = _read("items")["items"]
    return found


@cache
def more_items() -> list[dict[str, Any]]:
    """Eight items of our own in the same shape: the states that the forty leave out."""
    found: list[dict[str, Any]] = _read("more_items")["items"]
    return found


@cache
def mends() -> list[dict[str, str]]:
    """Rows of the forty that a command refuses, each with what stands in its place and why."""
    found: list[dict[str, str]] = _read("mends")["mends"]
    return found


@cache
def urge_notices() -> list[dict[str, Any]]:
    """催办通知单 1 to 6 of the ledger, with what `mends` puts in the place of refused rows."""
    rows: list[dict[str, Any]] = _read("items")["urge_notices"]
    mended = {row["number"]: row["to"] for row in _read("mends")["notices"]}
    return [{**row, **mended.get(row["doc_seq"], {})} for row in rows]


@cache
def inspections() -> list[dict[str, Any]]:
    """实地督查 S01 to S04 with their points."""
    found: list[dict[str, Any]] = _read("items")["inspections"]
    return found


@cache
def accountability() -> list[dict[str, Any]]:
    """问责线索 Z01 to Z03."""
    rows: list[dict[str, Any]] = _read("items")["accountability"]
    return rows


@cache
def reports() -> list[dict[str, Any]]:
    """The ten reports that the sample has in full."""
    found: list[dict[str, Any]] = _read("feedbacks")["feedbacks"]
    return found


def usernames() -> list[str]:
    """Every sign-in name that the sample college brings along."""
    separate = [row["username"] for row in organisation()["separate_accounts"]]
    return [person["emp_no"] for person in people()] + separate


def _read(name: str) -> Any:
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
