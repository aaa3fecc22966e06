"""The whole history of the sample: every act of every item, in the order of time."""

from __future__ import annotations

import hashlib
from collections import Counter
from copy import deepcopy
from typing import Any

from portal.demo import sample
from portal.demo.history.act import Act, Course
from portal.demo.history.blaming import hold
from portal.demo.history.ending import end_item
from portal.demo.history.lending import lend
from portal.demo.history.opening import Row, open_item
from portal.demo.history.urging import urge
from portal.demo.history.working import work_on


def history() -> list[Act]:
    """The acts in the order in which they are done."""
    rows = [*mended_items(), *sample.more_items()]
    places = _places(rows)
    acts = [act for row in rows for act in course_of(row, places.get(row["id"], 0)).acts]
    return sorted(acts, key=lambda act: (act.at, act.item, act.number))


def course_of(row: Row, place: int) -> Course:
    """The acts of one item; `place` counts the numbers taken on its filing day from 0."""
    course = Course(row["id"])
    open_item(course, row, place)
    work_on(course, row)
    urge(course, row)
    hold(course, row)
    end_item(course, row)
    lend(course, row)
    return course


def mended_items() -> list[Row]:
    """The forty items with what `mends` puts in the place of refused rows."""
    rows = {row["id"]: deepcopy(row) for row in sample.items()}
    for mend in sample.mends():
        if "to" in mend:
            _put(rows[mend["item"]], mend["at"].split("."), mend["to"])
    return list(rows.values())


def digest_of(acts: list[Act]) -> str:
    """Tells one edition of the history from another."""
    lines = "\n".join(f"{act.at.isoformat()} {act.key} {act.who} {act.kind}" for act in acts)
    return hashlib.sha256(lines.encode()).hexdigest()


def _put(where: Any, path: list[str], value: str) -> None:
    *way, last = path
    for step in way:
        where = where[int(step)] if isinstance(where, list) else where[step]
    where[last] = value


def _places(rows: list[Row]) -> dict[str, int]:
    """Of each numbered item, how many numbers its filing day gave out before it."""
    numbered = sorted(
        (row for row in rows if row.get("doc_seq")),
        key=lambda row: (row["doc_year"], row["doc_seq"]),
    )
    taken: Counter[str] = Counter()
    places = {}
    for row in numbered:
        places[row["id"]] = taken[row["filed_on"]]
        taken[row["filed_on"]] += 1
    return places
