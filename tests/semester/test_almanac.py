"""The second count of dates agrees with every worked case of SPEC that it has a word for."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.semester import almanac

CASES = json.loads(
    (Path(__file__).parents[1] / "data/deadline_cases.json").read_text(encoding="utf-8")
)["cases"]


def _of(op: str) -> list[Any]:
    """The cases but refusals and the settings of other colleges: the term has none of these."""
    return [
        pytest.param(case, id=case["id"]) for case in CASES
        if case["op"] == op and "error" not in case["expect"]
        and case["input"].get("mode") != "workday" and not case["input"].get("local_holidays")
    ]  # fmt: skip


@pytest.mark.parametrize("case", _of("due"))
def test_due_days_and_plans(case: dict[str, Any]) -> None:
    given, wanted = case["input"], case["expect"]
    level, base = given["level"], date.fromisoformat(given["base"])
    if given.get("explicit"):
        raw = due = date.fromisoformat(given["explicit"])
    else:
        raw, due = almanac.last_day(level, base, given.get("days") or {1: 3, 2: 15, 3: 30}[level])
    assert (raw.isoformat(), due.isoformat()) == (wanted["raw"], wanted["due"])
    points = sorted(set(almanac.instalments(level, base, raw, due).values()))
    assert [day.isoformat() for day in points] == wanted["feedback"]
    assert almanac.yellow_from(base, due).isoformat() == wanted["yellow_from"]


@pytest.mark.parametrize("case", _of("extension"))
def test_requests_for_more_time(case: dict[str, Any]) -> None:
    given, wanted = case["input"], case["expect"]
    due = date.fromisoformat(given["due"])
    cutoff = almanac.cutoff(date.fromisoformat(given["base"]), due)
    applied = datetime.fromisoformat(given["applied_at"])
    if applied.tzinfo is None:
        applied = applied.replace(tzinfo=almanac.SHANGHAI)
    assert f"{cutoff:%Y-%m-%d %H:%M:%S}" == wanted["cutoff"]
    assert (applied.replace(microsecond=0) <= cutoff) == wanted["timely"]
    if "extend_days" in given:
        level, days = given.get("level", 3), given["extend_days"]
        assert almanac.last_day(level, due, days)[1].isoformat() == wanted["new_due"]
