"""/ledger: filters, order, totals over what the viewer may know of; nothing typed breaks it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench.filling.kept import fill_database
from portal.embedded import Servers
from portal.rooms.ledger.filters import Filters, read
from tests.pages import Page, get

As = Callable[[str], FlaskClient]
Draft = Callable[..., uuid.UUID]
DAY = timedelta(days=1)


def _names(page: Page, ledger: dict[str, str]) -> list[str]:
    return [ledger[str(link["href"])] for link in page.soup.select(".db-ledger .db-cell-title a")]


FILTERS: tuple[tuple[str, set[str]], ...] = (
    ("", {"red", "yellow", "green", "blue", "signing", "closed", "draft"}),
    ("state=running", {"red", "yellow", "green", "blue"}),
    ("state=starting", {"signing", "draft"}),
    ("state=ended", {"closed"}),
    ("state=in_progress", {"red", "yellow"}),
    ("light=red", {"red"}),
    ("light=yellow", {"yellow"}),
    ("light=blue", {"blue"}),
    ("light=green", {"green"}),
    ("light=unissued", {"signing", "draft"}),
    ("light=grey", {"closed"}),
    ("level=1", {"red", "closed"}),
    ("level=2&unit=HGC", {"yellow", "signing"}),
    ("category=decision", {"green", "draft"}),
    ("unit=JWC", {"blue"}),
    ("q=阿职督办〔2026〕18号", {"yellow"}),
    ("q=阿职督办[2026]018", {"yellow"}),
    ("q=〔2026〕18号", {"yellow"}),
    ("q=18号", {"yellow"}),
    ("q=7", {"red", "blue"}),
    ("q=消防", {"red"}),
    ("q=后勤", {"yellow", "signing"}),
    ("q=kun+qing+xiang", {"red", "yellow", "signing", "closed"}),
    ("q=kqx", {"red", "yellow", "signing", "closed"}),
    ("q=%25", set()),
    ("q=_", set()),
    ("q=没有这样的事项", set()),
    ("method=written&q=消防&light=red", {"red"}),
    ("unit=NOWHERE", set()),
    ("leader=20100006", {"red", "yellow", "signing", "closed"}),
)
ADDRESSES = (
    "q=%00",
    "q=a%00b",
    "q=%ff%fe",
    "q=" + "督" * 3000,
    "q='%3B--",
    "q=99999999999999999999号",
    "q=阿职督办〔2026〕99999999999999号",
    "page=0",
    "page=-1",
    "page=99999999999999999999",
    "page=1e9",
    "page=abc",
    "state=nonsense",
    "state=%00",
    "category='",
    "level=9",
    "level=%00",
    "unit=%00",
    "unit=../../etc",
    "light=purple",
    "sort=readers",
    "sort=--due",
    "sort=due;drop",
    "q=1&q=2&state=a&state=b",
)


@pytest.mark.long
def test_filters(as_: As, ledger: dict[str, str]) -> None:
    """Each filter shows its rows, and the totals count the same rows."""
    client = as_("何玉萍")
    for query, expected in FILTERS:
        page = get(client, f"/ledger?{query}")
        assert set(_names(page, ledger)) == expected, query
        if expected:
            said = page.soup.select_one(".db-pager-said").get_text()
            assert said.endswith(f"共{len(expected)}项"), query
        else:
            assert "没有符合条件的事项" in page.text, query


def test_nothing_in_the_address_breaks_it(as_: As) -> None:
    """What cannot be meant is left out; never an error."""
    client = as_("何玉萍")
    answers = {query: client.get(f"/ledger?{query}").status_code for query in ADDRESSES}
    assert {query: status for query, status in answers.items() if status != 200} == {}


def test_what_is_late_comes_first(as_: As, ledger: dict[str, str]) -> None:
    """The default order: red, yellow, blue, green, then what is not issued and what is done."""
    names = _names(get(as_("何玉萍"), "/ledger"), ledger)
    assert names[:4] == ["red", "yellow", "blue", "green"]
    assert names[-1] == "closed"


def test_totals_count_only_what_the_viewer_may_know(as_: As, ledger: dict[str, str]) -> None:
    """SPEC §7.5 rules 4, 7: a leader sees no draft of others, a unit only its own."""
    leader = get(as_("单晓燕"), "/ledger")
    assert "draft" not in _names(leader, ledger)
    assert leader.soup.select_one(".db-tab").get_text() == f"全部{len(_names(leader, ledger))}"
    unit = get(as_("覃燚"), "/ledger")
    assert {"yellow", "signing"} <= set(_names(unit, ledger))
    assert unit.soup.select_one(".db-tab").get_text() == f"全部{len(_names(unit, ledger))}"
    lights = [tag.get_text() for tag in unit.soup.select(".db-light-row .db-light")]
    shown = sum(int(text.split(" ")[1]) for text in lights)
    assert shown == len(_names(unit, ledger))


def test_drafts_of_colleagues_are_not_listed(as_: As, ledger: dict[str, str]) -> None:
    """一 form still with its drafter is listed for that drafter alone, also within the unit."""
    assert "draft" not in _names(get(as_("泽仁旺姆"), "/ledger"), ledger)
    assert "draft" in _names(get(as_("何玉萍"), "/ledger"), ledger)


def test_addresses_of_filters() -> None:
    """Only what differs from the plain ledger stands in the address; a new filter begins anew."""
    assert Filters().href() == "/ledger?all=1"
    assert Filters(q="消 防", page=3).href(light="red") == "/ledger?q=%E6%B6%88+%E9%98%B2&light=red"
    assert Filters(light="red").href(light="", page=2) == "/ledger?page=2"
    assert read({"q": " 消防\x00 ", "page": "07"}) == Filters(q="消防", page=7)


def test_a_full_page_stays_light(college: Flask, database: Servers, as_: As) -> None:
    """Fifty rows, or twenty of all columns: less than 100 KB of HTML (docs/performance.md)."""
    fill_database(college, database, 200)
    client = as_("何玉萍")
    for address, rows in (("/ledger", 50), ("/ledger?columns=all", 20)):
        answer = client.get(address)
        page = Page(answer.status_code, answer.get_data(as_text=True))
        assert len(page.soup.select(".db-ledger tbody tr")) == rows, address
        assert len(answer.data) < 100_000, (address, len(answer.data))


def test_a_column_left_out_where_it_is_narrow_goes_with_its_heading(
    as_: As, draft_item: Draft
) -> None:
    """Else every heading behind it would stand above the column before."""
    draft_item()
    soup = get(as_("何玉萍"), "/ledger").soup
    spare = [
        ["db-cell-spare" in (cell.get("class") or ()) for cell in soup.select(cells)]
        for cells in ("table.db-ledger thead th", "table.db-ledger tbody tr:first-child td")
    ]
    assert spare[0] == spare[1]
    assert spare[0].count(True) == 1
