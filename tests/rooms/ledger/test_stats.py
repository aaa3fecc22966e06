"""统计分析: the number on each bar and in each cell is that of the rows its link leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from portal.embedded import Servers
from portal.rooms.ledger import queries
from portal.rooms.ledger.filters import Filters, read
from portal.rooms.ledger.periods import Days
from portal.rooms.ledger.stats import bars, counting
from portal.rulebook.scope import Viewer
from portal.steps.registration import commands as registration
from tests.conftest import ANCHOR
from tests.pages import Page, get
from tests.rooms.ledger.plain import AUTUMN, DAY, ITEMS, SUMMER, _lit, _number, fill
from tests.shaping import read_as, shape
from tests.stages import intent
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
WORDS = {"阿职督办"}
KNOWS, DOES_NOT, UNIT = "何玉萍", "黄素芬", "坤建军"
"""On the list of the sensitive item; with 「全部」 and not on it; a unit's head who is on it."""
PERIODS = (
    "", "?term=previous", "?term=year", "?since=2025-11-01&until=2026-10-31", "?until=2026-06-30",
)  # fmt: skip


def _settle(app: Flask, servers: Servers) -> None:
    """The plain ledger, a sensitive item that is late, and one that was voided."""
    fill(app, servers)
    with sensitive(app, title="敏感") as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        secret = actor.public_id
    shape(app, secret, **_lit(-2), **_number(90, AUTUMN))
    with sensitive(app, title="敏感销号") as actor:
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        done = actor.public_id
    ended = _lit(-30, state="closed", lit=False, closed_on=AUTUMN + 5 * DAY)
    shape(app, done, **ended, **_number(91, SUMMER))


def _rows(viewer: Viewer, href: str) -> int:
    parts = urlsplit(href)
    assert parts.path == "/ledger"
    return queries.how_many(viewer, read(dict(parse_qsl(parts.query))), WORDS)


def _said(link: Tag) -> int:
    """The number of a link: of a tile, a cell, a bar (in its title)."""
    count = link.select_one(".db-queue-count")
    title = link.find("title")
    words = (count or title or link).get_text()
    number = words.split("，")[-1] if title else words.split("项")[0]
    return int("".join(sign for sign in number if sign.isdigit()))


def _links(page: Page) -> list[Tag]:
    return page.soup.select("main svg a, main .db-num a, main .db-queue")


def test_each_number_is_the_rows_of_its_link(college: Flask, as_: As, database: Servers) -> None:
    """For who knows of sensitive items and who does not; their numbers differ by just those."""
    _settle(college, database)
    tiles = {}
    for who in (KNOWS, DOES_NOT, UNIT):
        client = as_(who)
        for period in PERIODS if who == KNOWS else PERIODS[:2]:
            page = get(client, f"/stats{period}")
            assert page.status == 200, (who, period)
            links = _links(page)
            with college.app_context():
                viewer = read_as(college, who)
                for link in links:
                    href = str(link["href"])
                    assert _rows(viewer, href) == _said(link), (who, period, href)
            tiles[who, period] = [_said(link) for link in page.soup.select(".db-queue")]
    # Filed, in work, late and closed this term: one more that is late, one more that is closed.
    assert tiles[KNOWS, ""] == [4, 4, 2, 2]
    assert tiles[DOES_NOT, ""] == [3, 3, 1, 1]


def test_bars_and_tables_say_the_same(college: Flask, as_: As, database: Servers) -> None:
    """Every bar's address stands in a table with its number, and nothing there is missing above."""
    _settle(college, database)
    page = get(as_(KNOWS), "/stats?term=year")
    cells = {str(link["href"]): _said(link) for link in page.soup.select(".db-num a")}
    drawn = {str(link["href"]): _said(link) for link in page.soup.select("svg a")}
    assert drawn
    assert drawn.items() <= cells.items()
    assert all(link["tabindex"] == "-1" for link in page.soup.select("svg a"))
    assert not page.soup.select("svg [style]")
    whole = [card for card in page.soup.select(".db-card") if "按灯号" in card.get_text()]
    assert sum(_said(link) for link in whole[0].select("svg a")) == _all_of(college, "year")


def _all_of(app: Flask, term: str) -> int:
    with app.app_context():
        return queries.how_many(read_as(app, KNOWS), Filters(term=term), WORDS)


def test_filed_and_closed_as_plain_python_counts(college: Flask, database: Servers) -> None:
    """By the day of the number, and by that of 销号; what was voided was not filed."""
    made = fill(college, database)
    shape(college, made["乙"], state="void", lit=False)
    with college.app_context():
        viewer = read_as(college, KNOWS)
        for first, last in ((AUTUMN, AUTUMN), (SUMMER, AUTUMN), (None, None), (ANCHOR, None)):
            days = Days(first, last)
            low, high = first or date.min, last or date.max
            filed = [
                item.title for item in ITEMS
                if item.filed_on and low <= item.filed_on <= high and item.title != "乙"
            ]  # fmt: skip
            closed = [
                item.title for item in ITEMS if item.closed_on and low <= item.closed_on <= high
            ]
            course = counting.course(viewer, days, ANCHOR)
            assert course.filed.n == len(filed), days
            assert course.closed.n == len(closed), days


def test_units_stand_in_the_official_order(college: Flask, as_: As, database: Servers) -> None:
    """No ranking: 保卫处 has the most and stands where it always stands (SPEC §6.2)."""
    _settle(college, database)
    page = get(as_(KNOWS), "/stats")
    names = [tag.get_text() for tag in page.soup.select("table:has(caption) th[scope=row]")]
    with college.app_context():
        read_as(college, KNOWS)
        order = [name for _code, name in counting.units({"BWC", "JWC", "XGB", "HQC", "ZSJYC"})]
    shown = [name for name in names if name in order]
    assert shown == [name for name in order if name in shown]
    assert "%" not in page.soup.select_one("main").get_text()  # type: ignore[union-attr]  # every page has one


def test_days_to_come_and_empty_periods(college: Flask, as_: As, database: Servers) -> None:
    """「—」 for months to come, 0 for those without any, words for a period without items."""
    fill(college, database)
    page = get(as_(KNOWS), "/stats")
    rows = {
        row.th.get_text(): [cell.get_text(strip=True) for cell in row.select("td")]  # type: ignore[union-attr]  # a row has one
        for row in page.soup.select(".db-stats-beside tbody tr")
    }
    assert next(iter(rows)) == "2026年8月"
    assert rows["2026年9月"] == ["0", "0"]
    assert rows["2026年12月"] == ["—", "—"]
    assert list(rows)[-1] == "2027年1月"
    empty = get(as_(KNOWS), "/stats?since=2020-01-01&until=2020-02-01")
    assert "本期没有您可以查阅的事项" in empty.text
    assert not empty.soup.select("svg.db-chart")


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends", "months"),
    [
        ("2026-08-01", "2027-01-31", "2026-08-01", "2027-01-31", 6),
        ("2026-08-15", "2026-09-02", "2026-08-15", "2026-09-02", 2),
        ("2026-12-31", "2027-01-01", "2026-12-31", "2027-01-01", 2),
        ("2020-01-01", "2026-11-30", "2024-12-01", "2026-11-30", 24),
        (None, "2026-02-10", "2024-03-01", "2026-02-10", 24),
        ("2026-11-01", None, "2026-11-01", "2026-11-23", 1),
        ("0001-01-01", "0001-01-31", "0001-01-01", "0001-01-31", 1),
        ("9999-12-01", "9999-12-31", None, None, 0),
        ("2026-11-02", "2026-11-01", None, None, 0),
    ],
)
def test_months_of_a_period(
    first: str | None, last: str | None, begins: str | None, ends: str | None, months: int
) -> None:
    """Cut to the period, the last two years of it, never beyond next year."""
    asked = Days(*(date.fromisoformat(day) if day else None for day in (first, last)))
    found = counting.months_of(asked, ANCHOR)
    assert len(found) == months
    assert (found[0].first.isoformat() if found else None) == begins
    assert (found[-1].last.isoformat() if found else None) == ends
    assert all(one.last + DAY == two.first for one, two in pairwise(found))


@pytest.mark.parametrize(
    ("most", "scale"),
    [
        (0, [0, 1]), (1, [0, 1]), (6, [*range(7)]), (7, [0, 2, 4, 6, 8]),
        (11, [*range(0, 13, 2)]), (13, [0, 5, 10, 15]), (600, [*range(0, 601, 100)]),
    ],
)  # fmt: skip
def test_the_scale_is_round(most: int, scale: list[int]) -> None:
    assert bars.ticks(most) == scale


def test_bars_are_as_long_as_their_numbers() -> None:
    """On one scale, one after the other, inside the picture; a 0 has no bar."""
    parts = [("red", "逾期", 1), ("yellow", "临期", 0), ("green", "正常", 3)]
    numbers = [(kind, word, counting.Number(n, "/ledger")) for kind, word, n in parts]
    rows = bars.rows_of([bars.Given("甲", numbers), bars.Given("乙", numbers[:1])])
    assert [one.kind for one in rows[0].segments] == ["red", "green"]
    red, green = rows[0].segments
    assert green.width == pytest.approx(3 * red.width)
    assert green.x == pytest.approx(red.x + red.width)
    assert rows[0].end == pytest.approx(bars.LABEL + bars.LONGEST)
    assert rows[1].segments[0].width == pytest.approx(red.width)
    assert [row.total for row in rows] == [4, 1]
