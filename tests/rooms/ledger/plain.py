"""A ledger in plain Python: items of every sort, and what each filter means of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from portal.embedded import Servers, connect
from tests.conftest import ANCHOR
from tests.people import draft
from tests.shaping import shape

DAY = timedelta(days=1)
STARTING = {"draft", "pending_unit", "pending_sign", "pending_filing", "filed", "returned"}
ENDED = {"closed", "archived", "void", "rejected", "exempted"}


@dataclass(frozen=True)
class Plain:
    """An item by hand: the sample it is made from, its columns, and what hangs off it."""

    title: str
    sample: str
    columns: Mapping[str, Any]
    urged: int = 0
    extended: int = 0

    def __getattr__(self, name: str) -> Any:
        return self.columns.get(name)

    @property
    def due_now(self) -> date | None:
        """现行时限."""
        found: date | None = self.columns.get("due_reset") or self.columns.get("due_effective")
        return found

    @property
    def light(self) -> str:
        """By the stored dates, as SPEC §3.5 orders the tests."""
        state = self.columns.get("state", "draft")
        if not self.columns.get("lit"):
            return "grey" if state in ENDED else "unissued"
        if self.columns.get("blue"):
            return "blue"
        if self.columns["red_from"] <= ANCHOR:
            return "red"
        return "yellow" if self.columns["yellow_from"] <= ANCHOR else "green"

    @property
    def group(self) -> str:
        """starting, running or ended."""
        state = self.columns.get("state", "draft")
        return "ended" if state in ENDED else "starting" if state in STARTING else "running"


def _lit(due: int, **more: Any) -> dict[str, Any]:
    day = ANCHOR + due * DAY
    return {
        "state": "in_progress",
        "issued_on": ANCHOR - 20 * DAY,
        "due": day,
        "due_original": day,
        "due_effective": day,
        "yellow_from": day - 3 * DAY,
        "red_from": day + DAY,
        "lit": True,
        **more,
    }


def _number(seq: int, filed: date, year: int = 2026) -> dict[str, Any]:
    return {"doc_word": "阿职督办", "doc_year": year, "doc_seq": seq, "filed_on": filed}


AUTUMN, SUMMER = date(2026, 10, 9), date(2026, 5, 20)
ITEMS: tuple[Plain, ...] = (
    Plain("甲", "A01", {**_lit(-3), **_number(7, AUTUMN)}, urged=2),
    Plain("乙", "A03", {**_lit(2), **_number(18, AUTUMN)}, urged=1, extended=1),
    Plain("丙", "B02", {**_lit(20), **_number(100, SUMMER)}, extended=2),
    Plain("丁", "A05", {**_lit(5, state="closing_sign", blue=True), **_number(21, AUTUMN)}),
    Plain("戊", "A04", {"state": "pending_sign"}),
    Plain("己", "A08", {**_lit(-9, state="closed", lit=False, closed_on=ANCHOR - 10 * DAY),
                       **_number(3, SUMMER)}),
    Plain("庚", "B01", {}),
    Plain("辛", "A01", {**_lit(6, due_reset=ANCHOR + 9 * DAY),
                       **_number(41, date(2025, 12, 1), year=2025)}),
)  # fmt: skip


def fill(app: Flask, servers: Servers) -> dict[str, uuid.UUID]:
    """The items in the database, by their titles."""
    made = {}
    for item in ITEMS:
        public_id = draft(app, item.sample, title=item.title)
        if item.columns:
            shape(app, public_id, **item.columns)
        made[item.title] = public_id
    with connect(servers.owner_url) as raw:
        for item in ITEMS:
            for nth in range(1, item.urged + 1):
                raw.execute(URGE.encode(), {"item": made[item.title], "nth": nth})
            for seq in range(1, item.extended + 1):
                raw.execute(EXTENSION.encode(), {"item": made[item.title], "seq": seq})
            # What does not count: a notice that was never issued, a request refused.
            raw.execute(DRAFTED.encode(), {"item": made[item.title]})
            raw.execute(REFUSED.encode(), {"item": made[item.title]})
    return made


OF_ONE = "FROM item WHERE public_id = %(item)s"
URGE = (
    "INSERT INTO urge (item_id, public_id, unit_id, state, nth, ground, missed_on, subject,"
    " limit_days, fast, deemed, drafted_by_id, drafted_at, doc_word, doc_year, doc_seq, issued_on,"
    " limit_on, receipt_by) SELECT id, gen_random_uuid(), lead_unit_id, 'ug_met', %(nth)s,"
    " 'overdue', current_date, '', 3, false, false, drafter_id, now(), '阿职督催', 2026,"
    f" id * 10 + %(nth)s, current_date, current_date, now() {OF_ONE}"
)
DRAFTED = (
    "INSERT INTO urge (item_id, public_id, unit_id, state, nth, ground, missed_on, subject,"
    " limit_days, fast, deemed, drafted_by_id, drafted_at) SELECT id, gen_random_uuid(),"
    " lead_unit_id, 'ug_draft', 9, 'overdue', current_date, '', 3, false, false, drafter_id, now()"
    f" {OF_ONE}"
)
EXTENSION = (
    "INSERT INTO extension (item_id, public_id, seq, kind, state, reason, progress, salt,"
    " late_ground, of_superior, granted, applied_by_id, applied_at, timely, asked_due) SELECT id,"
    " gen_random_uuid(), %(seq)s, 'extend', 'approved', '', '', '', false, false, 0, drafter_id,"
    f" now(), true, current_date {OF_ONE}"
)
REFUSED = (
    "INSERT INTO extension (item_id, public_id, seq, kind, state, reason, progress, salt,"
    " late_ground, of_superior, granted, applied_by_id, applied_at, timely, asked_due) SELECT id,"
    " gen_random_uuid(), 9, 'extend', 'rejected', '', '', '', false, false, 0, drafter_id,"
    f" now(), true, current_date {OF_ONE}"
)

Means = Callable[[Plain], bool]


def _between(first: date, last: date) -> Means:
    return lambda item: item.due_now is not None and first <= item.due_now <= last


def _in_term(first: date, last: date) -> Means:
    """What has no number yet was begun today."""
    return lambda item: first <= (item.filed_on or ANCHOR) <= last


FILTERS: Mapping[str, Means] = {
    **{f"light={one}": (lambda item, one=one: item.light == one)
       for one in ("red", "yellow", "blue", "green", "unissued", "grey")},
    **{f"state={one}": (lambda item, one=one: item.group == one)
       for one in ("starting", "running", "ended")},
    "state=in_progress": lambda item: item.state == "in_progress",
    "urged=0": lambda item: item.urged == 0,
    "urged=1": lambda item: item.urged >= 1,
    "urged=2": lambda item: item.urged >= 2,
    "extended=0": lambda item: item.extended == 0,
    "extended=1": lambda item: item.extended >= 1,
    "term=current": _in_term(date(2026, 8, 1), date(2027, 1, 31)),
    "term=previous": _in_term(date(2026, 2, 1), date(2026, 7, 31)),
    "term=year": _in_term(date(2026, 1, 1), date(2026, 12, 31)),
    "since=2026-05-20&until=2026-10-09": _in_term(date(2026, 5, 20), date(2026, 10, 9)),
    "term=custom&until=2025-12-31": _in_term(date(2000, 1, 1), date(2025, 12, 31)),
    "due=week": _between(ANCHOR, ANCHOR + 6 * DAY),
    "due=next_week": _between(ANCHOR + 7 * DAY, ANCHOR + 13 * DAY),
    "due=month": _between(date(2026, 11, 1), date(2026, 11, 30)),
    "due_from=2026-11-20&due_to=2026-11-25": _between(date(2026, 11, 20), date(2026, 11, 25)),
    "due=custom&due_from=2026-12-01": _between(date(2026, 12, 1), date(9999, 1, 1)),
    "filed_from=2026-05-20&filed_to=2026-10-08": lambda item: item.filed_on == SUMMER,
    "filed=custom&filed_to=2025-12-31": lambda item: item.title == "辛",
    "closed_from=2026-11-13&closed_to=2026-11-13": lambda item: item.title == "己",
    "closed_from=2026-11-14": lambda _item: False,
    "light=red&term=current": lambda item: item.light == "red" and item.filed_on == AUTUMN,
    "state=running&urged=1&extended=1": lambda item: item.title == "乙",
    "classification=sensitive": lambda _item: False,
    "mark=star": lambda _item: False,
}  # fmt: skip
"""What an address asks for, and which items it means."""
