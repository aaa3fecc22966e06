"""The sample college's units and leaders as the reader of minutes needs them; ids as U10 → 10."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import portal.demo
from portal.rooms.batches.minutes.proposing import Leader, Reader
from portal.rooms.batches.minutes.units import Directory, Unit
from portal.rulebook import policy

DATA = Path(portal.demo.__file__).parent / "data"
SAMPLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "minutes_sample.json").read_text("utf-8")
)
COLLEGE = "阿坝职业学院"


def _read(name: str) -> Any:
    return json.loads((DATA / name).read_text("utf-8"))


def number(id_: str) -> int:
    """「U10」 is 10."""
    return int(id_[1:])


ORG = _read("org.json")
UNITS = [
    Unit(number(row["id"]), row["name"], row["short_name"], row["type"]) for row in ORG["units"]
]
NAMES = {row["id"]: row["name"] for row in _read("people.json")["people"]}
LEADERS = [
    Leader(number(row["person_id"]), NAMES[row["person_id"]], tuple(map(number, row["units"])))
    for row in ORG["leaders"]
]
DIRECTORY = Directory(UNITS)
READER = Reader(UNITS, LEADERS, policy.CURRENT, COLLEGE)
