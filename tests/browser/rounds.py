"""A person's round of the portal: every page that links lead to from the desk, each kind once.

What is found depends on nothing but the links, so that a new room is met as soon as somebody can
go there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.browser.seat import Seat

OFFICES = {
    "何玉萍": "党政办督办专员",
    "杨思源": "党政办主任",
    "余茂春": "党政办分管领导",
    "向维岷": "党委书记",
    "三郎泽里": "院长",
    "坤清祥": "分管校领导",
    "毛明军": "校领导兼部门负责人",
    "坤建军": "单位负责人",
    "王尔基": "单位副职",
    "杨初": "督办联络员",
    "邓涛": "承办人",
    "冉静": "纪委办",
    "周慎之": "机要保密员",
    "黄素芬": "档案员",
    "sysadmin01": "系统管理员",
    "secadmin01": "安全保密管理员",
    "auditor01": "安全审计员",
    "daping01": "大屏",
}
"""One person of every office that has pages of its own."""

TELLING = frozenset({"name", "kind", "purpose"})
"""Parts of an address that make another page, not the same page of another thing."""
SAVED = ("/file", "/attachments/<uuid:attachment_id>")
"""Addresses of files beside those whose name has an ending."""
MOST = 150  # pages of one person
HREFS = "links => links.map(link => link.getAttribute('href'))"

Visit = Callable[[Page, str], None]
"""What is done at a page: the page, and what it is called."""


def go_round(seat: Seat, places: Map, visit: Visit, *, every_state: bool = False) -> int:
    """Visit one page of each kind, nearest first; of an item one for every state if asked.

    Returns how many pages were visited.
    """
    seen = {_name(places, "/")}
    states: set[str] = set()
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        seat.page.goto(address)
        name = _name(places, address)
        if name == "item.page" and every_state:
            state = seat.page.get_by_label("事项概况").locator("dd").first.inner_text()
            if state in states:
                continue
            states.add(state)
            name = f"{name}-{state}"
        visit(seat.page, name)
        for further in _links(seat.page):
            kind = _name(places, further)
            if kind == "item.page" and every_state:
                kind = further
            if kind and kind not in seen and len(seen) < MOST:
                seen.add(kind)
                waiting.append(further)
    return len(seen)


def _links(page: Page) -> Iterator[str]:
    for href in page.eval_on_selector_all("a[href]", HREFS):
        parts = urlsplit(href)
        if not parts.netloc and parts.path.startswith("/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _name(places: Map, address: str) -> str:
    """The kind of page an address leads to; empty for files and what is none of the portal's."""
    try:
        rule, given = places.bind("").match(urlsplit(address).path, "GET", return_rule=True)
    except HTTPException:
        return ""
    if "." in rule.rule.rpartition("/")[2] or rule.rule.endswith(SAVED):
        return ""
    telling = (str(text) for part, text in given.items() if part in TELLING)
    return "-".join([rule.endpoint, *telling])
