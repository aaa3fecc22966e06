"""The main pages, and who opens them: measured at the server (`bench.rooms`) and in a browser
(`bench.browser`)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from portal.rooms.ledger.filters import SORTS

OFFICE, OFFICE_HEAD, LEADER, PRESIDENT = "何玉萍", "杨思源", "坤清祥", "三郎泽里"
UNIT_HEAD, HANDLER, ARCHIVIST, DISCIPLINE = "坤建军", "邓涛", "黄素芬", "冉静"
ITEM, SIGNATURE, GLANCE = "(item)", "(signature)", "(quick look)"
"""Addresses that are asked for in the ledger and the list of signatures first."""


FOUND: Final = {
    ITEM: ("/ledger?state=running", re.compile(r'href="(/items/[0-9a-f-]{36})"')),
    GLANCE: ("/ledger?state=running", re.compile(r'"(/ledger/items/[0-9a-f-]{36})')),
    SIGNATURE: ("/todo", re.compile(r'href="(/items/[0-9a-f-]{36}/signature)')),
}
"""Where an address of this kind stands."""


class Address(NamedTuple):
    """A page: its name, the person who opens it, its address."""

    name: str
    who: str
    at: str


DESKS: Final = tuple(
    Address(f"desk of {role}", who, "/")
    for role, who in {
        "党政办": OFFICE, "党政办主任": OFFICE_HEAD, "分管校领导": LEADER, "主要领导": PRESIDENT,
        "单位负责人": UNIT_HEAD, "承办人": HANDLER, "档案员": ARCHIVIST, "纪委": DISCIPLINE,
    }.items()
)  # fmt: skip
MAIN: Final = (
    *DESKS,
    *(Address("待办", who, "/todo") for who in (OFFICE, PRESIDENT, UNIT_HEAD)),
    *(Address("ledger", who, "/ledger") for who in (OFFICE, LEADER, UNIT_HEAD, HANDLER)),
    Address("quick look", OFFICE, GLANCE),
    *(Address("item", who, ITEM) for who in (OFFICE, LEADER, UNIT_HEAD)),
    Address("signature", PRESIDENT, SIGNATURE),
    Address("search dialog", OFFICE, "/search/suggestions?q=安全"),
    *(Address("search", who, "/search?q=安全") for who in (OFFICE, LEADER, UNIT_HEAD)),
    *(Address("month", who, "/month") for who in (OFFICE, LEADER, UNIT_HEAD)),
    *(Address("stats, year", who, "/stats?term=year") for who in (OFFICE, LEADER, UNIT_HEAD)),
    Address("stats, all years", OFFICE, "/stats?term=all"),
    *(Address("messages", who, "/messages") for who in (OFFICE, LEADER, UNIT_HEAD)),
    Address("messages, all", OFFICE, "/messages?view=all"),
    Address("messages, page 1000", OFFICE, "/messages?view=all&page=1000"),
    Address("reports due", HANDLER, "/queues/reports"),
    Address("list: this week", OFFICE, "/queues/due"),
)
"""What people open every day."""
BESIDE: Final = (
    *(Address(name, OFFICE, at) for name, at in {
        "list: unreceived": "/queues/unreceived", "list: unsigned": "/queues/unsigned",
        "urging": "/urges", "waiting": "/waiting",
        "number register": "/numbers", "marks": "/marks", "batches": "/batches", "scans": "/scans",
        "templates": "/templates", "delegations": "/delegations",
        "new item": "/items/new?secret=no", "group notices": "/group-notices?unit=BWC",
        "ledger views": "/ledger/views",
    }.items()),
    Address("archive room", ARCHIVIST, "/archives"),
    Address("batch signing", PRESIDENT, "/todo/signing"),
    Address("batch reading", OFFICE, "/todo/reading"),
    Address("list: owing", UNIT_HEAD, "/queues/owing"),
    Address("instructions", LEADER, "/instructions"),
    Address("my people", UNIT_HEAD, "/people/20100049/items"),
)  # fmt: skip
"""Rooms that are opened now and then."""
QUERIES: Final = (
    "page=20", "page=1000", *(f"sort={name}" for name in SORTS), "sort=-number",
    "state=running&level=2", "state=in_progress", "light=red", "light=yellow", "light=grey",
    "level=1", "category=decision", "method=written", "source=president_meeting",
    "classification=sensitive", "unit=BWC", "co=BWC", "leader=20100006", "handler=20100049",
    "term=current", "term=year", "due=week", "filed_from=2022-01-01&filed_to=2022-12-31",
    "closed_from=2022-01-01&closed_to=2022-12-31", "urged=1", "extended=1", "owed=1", "q=安全",
    "q=zrwm", "q=保卫处", "q=〔2024〕118号", "mark=star", "columns=all",
    "q=安全&state=running&level=2&sort=due",
)  # fmt: skip
LEDGERS: Final = tuple(
    Address(f"ledger?{query}", who, f"/ledger?{query}")
    for who in (OFFICE, LEADER, UNIT_HEAD)
    for query in QUERIES
)
"""The ledger's first and deep pages, in each order and under each filter."""
