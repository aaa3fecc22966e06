"""What each filter means, beside plain Python over the same rows; counts and rows never differ."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from portal.embedded import Servers, connect
from portal.item.lights import ORDER
from portal.rooms.ledger import columns, periods, queries
from portal.rooms.ledger.exports import commands
from portal.rooms.ledger.filters import SORTS, Filters, read
from portal.rooms.ledger.orders import light_slices
from portal.rulebook import workdays
from portal.rulebook.scope import Viewer
from tests.pages import Page, get
from tests.rooms.ledger.plain import FILTERS, ITEMS, fill
from tests.shaping import read_as

As = Callable[[str], FlaskClient]
WORDS = {"阿职督办"}
OFFICE = "何玉萍"
STORED = (
    "SELECT title, category, level::text, method, source_type, classification, unit.code,"
    " person.emp_no, ARRAY(SELECT co.code FROM item_unit JOIN unit co ON co.id = unit_id"
    " WHERE item_id = item.id AND role = 'co') FROM item JOIN unit ON unit.id = lead_unit_id"
    " JOIN person ON person.id = responsible_leader_id"
)
PLAIN_COLUMNS = ("category", "level", "method", "source", "classification", "unit", "leader")


@contextmanager
def _reading(app: Flask) -> Iterator[Viewer]:
    with app.app_context():
        yield read_as(app, OFFICE)


def _read(query: str) -> Filters:
    return read(dict(parse_qsl(query)))


def _titles(viewer: Viewer, wanted: Filters) -> list[str]:
    return [told.item.title for told in queries.find(viewer, wanted, WORDS).rows]


def test_each_filter_means_what_plain_python_says(college: Flask, database: Servers) -> None:
    fill(college, database)
    with _reading(college) as viewer:
        for query, means in FILTERS.items():
            found = queries.find(viewer, _read(query), WORDS)
            expected = {item.title for item in ITEMS if means(item)}
            assert {told.item.title for told in found.rows} == expected, query
            assert found.total == len(expected), query


def test_filters_of_columns_beside_the_rows_as_stored(college: Flask, database: Servers) -> None:
    """Every value that occurs, and no item for one that does not; co-units too."""
    fill(college, database)
    with connect(database.owner_url) as raw:
        rows = raw.execute(STORED.encode()).fetchall()
    with _reading(college) as viewer:
        for place, name in enumerate(PLAIN_COLUMNS, 1):
            for value in {row[place] for row in rows}:
                expected = {row[0] for row in rows if row[place] == value}
                assert set(_titles(viewer, _read(f"{name}={value}"))) == expected, (name, value)
        for code in set(itertools.chain.from_iterable(row[-1] for row in rows)):  # type: ignore[arg-type]  # an array
            expected = {row[0] for row in rows if code in row[-1]}  # type: ignore[operator]
            assert set(_titles(viewer, _read(f"co={code}"))) == expected, code
        assert _titles(viewer, _read("co=NOWHERE")) == []
        assert _titles(viewer, _read("handler=20100013")) == []


def test_every_number_above_the_table_is_the_rows_of_its_link(
    college: Flask, as_: As, database: Servers
) -> None:
    """Tabs, lights, terms and chips: the count beside a link is that of the page it leads to."""
    fill(college, database)
    client = as_(OFFICE)
    for address in ("/ledger?state=running&term=current", "/ledger?light=red"):
        page = get(client, address)
        for link in page.soup.select(".db-tab, .db-light-row a:has(.db-light), .db-pill"):
            said = link.get_text()
            count = int("".join(sign for sign in said.split("级")[-1] if sign.isdigit()) or 0)
            chosen = link.has_attr("aria-current") and "db-tab" not in link.get("class", [])
            there = get(client, address if chosen else str(link["href"]))
            rows = there.soup.select(".db-ledger .db-cell-title a")
            assert len(rows) == count, (address, said)


def test_chips_take_their_filter_away(college: Flask, as_: As, database: Servers) -> None:
    fill(college, database)
    client = as_(OFFICE)
    days = "term=custom&since=2026-10-01&until=2026-10-31"
    page = get(client, f"/ledger?light=red&{days}&level=1&sort=-number")
    assert _chips(page) == {
        "灯号：逾期": f"/ledger?level=1&{days}&sort=-number",
        "立项日期：2026年10月1日至2026年10月31日": "/ledger?level=1&light=red&sort=-number",
        "等级：一级": f"/ledger?light=red&{days}&sort=-number",
    }
    others = get(client, "/ledger?unit=BWC&leader=20100006&owed=1&mark=follow&urged=2&co=NONE")
    assert list(_chips(others)) == [
        "牵头单位：保卫处", "协办单位：NONE", "责任校领导：坤清祥", "催办：催办2次以上",
        "反馈：欠报反馈", "标记：关注",
    ]  # fmt: skip


def _chips(page: Page) -> dict[str, str]:
    """The chips in words, and where each leads."""
    return {
        chip.get_text().split("，")[0].strip(): str(chip["href"])
        for chip in page.soup.select(".db-chip")
    }


@pytest.mark.parametrize(
    ("given", "read_as_"),
    [
        ("due_from=2026-11-31", ""),
        ("due=week&due_from=2026-11-01", "due=week"),
        ("term=custom", ""),
        ("since=2026-1-1", ""),
        ("until=2026-11-30", "term=custom&until=2026-11-30"),
        ("closed_to=2026-11-30&closed=month", "closed=custom&closed_to=2026-11-30"),
        ("filed=custom&filed_to=2026-02-30", ""),
        ("columns=number,nonsense,number", "columns=title%2Cnumber"),
        ("columns=" + ",".join(columns.DEFAULT), ""),
        ("columns=" + ",".join(columns.BY_KEY), "columns=all"),
        ("urged=3&extended=2&owed=0&mark=x&source=x&classification=secret", ""),
        ("sort=-leader&page=4", "sort=-leader"),
    ],
)
def test_addresses_are_read_kindly_and_written_one_way(given: str, read_as_: str) -> None:
    assert _read(given).query == read_as_
    assert _read(_read(given).query) == _read(read_as_)


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("current", "2026-11-23", "2026-08-01", "2027-01-31"),
        ("previous", "2026-11-23", "2026-02-01", "2026-07-31"),
        ("current", "2026-02-01", "2026-02-01", "2026-07-31"),
        ("previous", "2026-02-01", "2025-08-01", "2026-01-31"),
        ("current", "2030-01-31", "2029-08-01", "2030-01-31"),
        ("previous", "2030-08-01", "2030-02-01", "2030-07-31"),
        ("year", "2026-01-01", "2026-01-01", "2026-12-31"),
    ],
)
def test_terms_tile_the_year(name: str, today: str, first: str, last: str) -> None:
    """第二十条: the 督办期 of the calendar, and beyond its tables the same halves of the year."""
    day = date.fromisoformat(today)
    found = periods.term_days(name, day, workdays.built_in(), "", "")
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("week", "2026-11-23", "2026-11-23", "2026-11-29"),
        ("week", "2026-11-29", "2026-11-23", "2026-11-29"),
        ("next_week", "2026-12-31", "2027-01-04", "2027-01-10"),
        ("month", "2028-02-29", "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_spans_of_due_days(name: str, today: str, first: str, last: str) -> None:
    found = periods.due_days(name, date.fromisoformat(today), "", "")
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


def test_orders_with_their_ties(college: Flask, database: Servers) -> None:
    """Numbers as numbers, units and leaders in the official order, what has no value last in both
    directions; equal ones by due day, then the newest first."""
    fill(college, database)
    with _reading(college) as viewer:
        assert "".join(_titles(viewer, Filters(sort="number"))) == "辛己甲乙丁丙庚戊"
        assert _titles(viewer, Filters(sort="-number"))[:6] == list("丙丁乙甲己辛")
        assert _titles(viewer, Filters(sort="-urged"))[:3] == ["甲", "乙", "己"]
        assert _titles(viewer, Filters(sort="-extended"))[:2] == ["丙", "乙"]
        assert _titles(viewer, Filters(sort="due"))[:6] == list("己甲乙丁辛丙")
        ranks = [
            (told.item.level, told.item.due_reset or told.item.due_effective or date.max)
            for told in queries.find(viewer, Filters(sort="level"), WORDS).rows
        ]
        assert ranks == sorted(ranks)
        for sort in (*SORTS, *(f"-{name}" for name in SORTS)):
            assert sorted(_titles(viewer, Filters(sort=sort))) == sorted(
                item.title for item in ITEMS
            ), sort


def test_pages_of_slices_are_pages_of_the_whole() -> None:
    """However many rows each light has, and wherever a page begins."""
    chance = random.Random(7)  # noqa: S311 - cases, no secret
    for _ in range(300):
        held = {light: chance.choice((0, 1, 2, 5)) for light in ORDER}
        rows = [(light, place) for light in ORDER for place in range(held[light])]
        first, size = chance.randrange(0, 20), chance.randrange(1, 8)
        got = [
            (one.light, one.offset + step)
            for one in light_slices(held, ORDER, first, size)
            for step in range(one.limit)
        ]
        assert got == rows[first : first + size]


def test_pages_by_light_are_those_of_one_order(
    college: Flask, database: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, with filters and downwards, the ids are those of all pages in one."""
    fill(college, database)
    monkeypatch.setattr(queries, "PAGE", 3)
    with _reading(college) as viewer:
        for query in ("", "sort=-light", "state=running", "light=grey", "term=current&sort=-light"):
            wanted = _read(query)
            whole = queries.matching(viewer, wanted, WORDS).ids
            pages = queries.find(viewer, wanted, WORDS).pages
            got, places = list[int](), list[int]()
            for page in range(1, pages + 1):
                found = queries.find(viewer, _read(f"{query}&page={page}"), WORDS)
                got += [told.item.id for told in found.rows]
                places += [told.place for told in found.rows]
            assert places == list(range(1, len(whole) + 1))
            assert got == whole, query


def test_an_export_is_what_is_on_the_screen(college: Flask, as_: As, database: Servers) -> None:
    """For filters, orders and columns at random: the same rows in the same order, the same columns
    in the same order, the same words."""
    fill(college, database)
    client, chance = as_(OFFICE), random.Random(11)  # noqa: S311 - cases, no secret
    for _ in range(8):
        keys = chance.sample(list(columns.BY_KEY), chance.randrange(1, 12))
        query = "&".join(
            (
                chance.choice(("", *FILTERS)),
                f"sort={chance.choice(('', '-'))}{chance.choice(SORTS)}",
                f"columns={','.join(keys)}",
            )
        )
        page = get(client, f"/ledger?{query}")
        with client.get(f"/ledger.xlsx?{query}") as answer:
            assert answer.status_code == 200, query
            sheet = openpyxl.load_workbook(BytesIO(answer.data))["督办台账"]
        head, *rows = sheet.iter_rows(values_only=True)
        shown = columns.shown(_read(query).columns)
        assert list(head) == [column.label for column in shown]
        screen = [_cells(row, shown) for row in page.soup.select(".db-ledger tbody tr")]
        assert [_plain(row, shown) for row in rows] == screen, query


def _cells(row: Any, shown: tuple[columns.Column, ...]) -> list[str]:
    """What the cells say, days as ISO and numbers whole, as they stand behind the words."""
    said = []
    for cell, column in zip(
        row.select("td"), shown, strict=False
    ):  # the last one is the quick look
        time, whole = cell.find("time"), cell.find(title=True)
        for mark in cell.select(".db-mark"):
            mark.extract()
        quiet = column.key == "due" and cell.select_one(".db-quiet")
        text = time["datetime"] if time else whole["title"] if whole else cell.get_text().strip()
        said.append("" if quiet else str(text))
    return said


def _plain(row: tuple[Any, ...], shown: tuple[columns.Column, ...]) -> list[str]:
    said = []
    for value, column in zip(row, shown, strict=True):
        if value is None:
            said.append("")
        elif hasattr(value, "date"):
            said.append(value.date().isoformat())
        else:
            said.append(f"{value:.0%}" if column.key == "percent" else str(value))
    return said


def test_the_ledger_asks_few_questions_however_many_rows(college: Flask, database: Servers) -> None:
    """No statement a row: eight items take as many as one, all columns no more than a dozen."""
    fill(college, database)
    with _reading(college) as viewer:
        queries.find(viewer, Filters(), WORDS)  # the calendar and names are read once
        one = _asked(viewer, Filters(q="甲"))
        assert _asked(viewer, Filters(sort="number")) <= one + 1
        assert _asked(viewer, Filters()) <= one + len(ORDER) + 1
        assert one <= 10


def _asked(viewer: Viewer, wanted: Filters) -> int:
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        queries.find(viewer, wanted, WORDS)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(found)


def test_the_file_of_the_plain_address_has_every_column(
    college: Flask, as_: As, database: Servers
) -> None:
    """SPEC §6.5 names 27; design §9 names /ledger.xlsx."""
    fill(college, database)
    with as_(OFFICE).get("/ledger.xlsx") as answer:
        book = openpyxl.load_workbook(BytesIO(answer.data))
    assert [cell.value for cell in book["督办台账"][1]] == [one.label for one in columns.COLUMNS]
    assert len(columns.COLUMNS) == 27
    assert commands.wanted_of("columns=all").columns == columns.ALL
